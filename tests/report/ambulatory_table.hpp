// The report's tables of made ambulatory records.
#pragma once
#include <cstdio>

namespace report {

// Every kind of difficulty, by both leads and by each alone; then mixtures of three kinds, by rate. Takes the better part of a minute.
void ambulatory_tables(FILE* out);

}  // namespace report
