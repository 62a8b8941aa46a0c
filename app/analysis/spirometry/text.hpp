// Small bounded pieces for reading text files that somebody else may have made.
#pragma once
#include <optional>
#include <string_view>
#include <vector>

namespace caukham::analysis::spirometry {

std::string_view trimmed(std::string_view text);  // blanks, tabs and carriage returns off both ends
std::string_view next_line(std::string_view& text);           // takes one line off, trimmed
std::vector<std::string_view> split_words(std::string_view line);
std::vector<std::string_view> split_cells(std::string_view line,
                                          char separator);    // trimmed, quotes taken off
std::optional<double> to_number(std::string_view text);       // decimal point, finite, the whole text

}  // namespace caukham::analysis::spirometry
