#include "ambulatory_table.hpp"

#include <utility>

#include "analysis/ecg/detector.hpp"
#include "tests/lib/ambulatory.hpp"

namespace report {
namespace {

using namespace caukham;
using tests::Score;

enum Leads { both, first, second };

void add(Score& to, tests::AmbulatoryCase c, Leads leads) {
  if (leads == second) std::swap(c.ecg.uv[0], c.ecg.uv[1]), std::swap(c.ecg.leads[0], c.ecg.leads[1]);
  if (leads != both) c.ecg.uv.resize(1), c.ecg.leads.resize(1);
  const auto got = tests::compare(c, analysis::ecg::detect_beats(c.ecg.view()));
  to.truth += got.truth, to.matched += got.matched, to.missed += got.missed, to.extra += got.extra;
}

void row(FILE* out, const char* name, const Score (&of)[3]) {
  std::fprintf(out, "| %s | %zu |", name, of[both].truth);
  for (const auto& s : of) std::fprintf(out, " %zu | %zu | %.2f | %.2f |", s.missed, s.extra, s.se(), s.pp());
  std::fprintf(out, "\n");
}

void head(FILE* out, const char* what) {
  std::fprintf(out, "| %s | beats | FN | FP | Se %% | +P %% | first lead: FN | FP | Se %% | +P %% | second lead: FN | FP | Se %% | +P %% |\n"
                    "|---|---|---|---|---|---|---|---|---|---|---|---|---|---|\n", what);
}

}  // namespace

void ambulatory_tables(FILE* out) {
  constexpr std::uint64_t held_out = 990001;  // below 1500 and at 700000 are seeds that had a part in making the detector
  std::fprintf(out, "## Beats: made ambulatory records\n\nMLII and V1 or V5 at 360 Hz, 11 bits; patients drawn by lot, seeds that had no part in making "
                    "the detector. By two leads, and by each alone: where one is lost or useless, one alone cannot tell.\n\n");
  head(out, "kind");
  Score all[3];
  for (int k = 0; k < tests::ambulatory_count; ++k) {
    const auto kind = static_cast<tests::Ambulatory>(k);
    Score of[3];
    for (std::uint64_t seed = held_out; seed < held_out + 2; ++seed)
      for (const auto leads : {both, first, second}) add(of[leads], tests::ambulatory(kind, 300, seed), leads);
    row(out, name(kind), of);
    for (int l = 0; l < 3; ++l)
      all[l].truth += of[l].truth, all[l].matched += of[l].matched, all[l].missed += of[l].missed, all[l].extra += of[l].extra;
  }
  row(out, "**all**", all);
  std::fprintf(out, "\nMixtures: one kind's rhythm in another's shape of beats under a third's disturbance, 60 of them, 2 minutes each.\n\n");
  head(out, "rate Hz");
  for (const double rate : {128.0, 360.0, 1000.0}) {
    Score of[3];
    for (std::uint64_t seed = held_out; seed < held_out + 60; ++seed)
      for (const auto leads : {both, first, second}) add(of[leads], tests::ambulatory(tests::mixture(seed), 120, seed, rate), leads);
    row(out, std::to_string(static_cast<int>(rate)).c_str(), of);
  }
  std::fprintf(out, "\n");
  std::fflush(out);
}

}  // namespace report
