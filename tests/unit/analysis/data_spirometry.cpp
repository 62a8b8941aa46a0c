// Spirometry against public data: the 24 ATS standard curves and the computed cases of the GLI reference
// values. argv[1]: the reference tables; argv[2] or CAUKHAM_TEST_DATA: the folder. Exit 77 (skipped) when it
// is not there.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "analysis/spirometry/reference.hpp"
#include "analysis/spirometry/session.hpp"
#include "analysis/spirometry/text.hpp"
#include "devices/signals/files.hpp"

using namespace caukham;
using namespace caukham::analysis::spirometry;

namespace {

int failures = 0;

void must(bool good, const char* what, double worst, double limit) {
  std::printf("%s %s: worst %.4f, limit %.4f\n", good ? "ok  " : "FAIL", what, worst, limit);
  failures += good ? 0 : 1;
}

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void curves(const std::string& folder) {
  double fvc = 0, fev1 = 0, pef = 0, fef = 0, other_way = 0;
  std::size_t lost = 0, coughs = 0;
  const auto all = devices::load_wf_curves(folder);
  for (const auto& curve : all) {
    // As in life: quiet breaths, the manoeuvre, quiet breaths, found in the stream.
    auto stream = devices::tidal_breath(100);
    const auto m = devices::manoeuvre_from_curve(curve, 100);
    stream.insert(stream.end(), m.flow_lps.begin(), m.flow_lps.end());
    const auto after = devices::tidal_breath(100);
    stream.insert(stream.end(), after.begin(), after.end());
    const auto blows = find_blows(stream, 100);
    const auto n = blows.size() == 1 ? assess(blows[0].blow, blows[0].after_lps, 100) : std::nullopt;
    // And as a file that holds nothing but the curve.
    const auto alone = assess(whole_blow(formats::wf_flow_lps(curve), 100), {}, 100);
    if (!n || !alone) {
      ++lost;
      std::printf("curve %s: %zu blows found\n", curve.name.c_str(), blows.size());
      continue;
    }
    // The header of 2403 says FVC 3.489 for a curve that ends at 3.498, and its FEF25-75 is computed from the
    // slip.
    const bool slip = curve.name == "03";
    fvc = std::max(fvc, std::abs(n->numbers.fvc_l - (slip ? 3.498 : curve.fvc_l)));
    fev1 = std::max(fev1, std::abs(n->numbers.fev1_l - curve.fev1_l));
    pef = std::max(pef, std::abs(n->numbers.pef_lps - curve.pef_lps));
    if (!slip) fef = std::max(fef, std::abs(n->numbers.fef2575_lps - curve.fef2575_lps));
    other_way = std::max({other_way, std::abs(n->numbers.fvc_l - alone->numbers.fvc_l),
                          std::abs(n->numbers.fev1_l - alone->numbers.fev1_l)});
    coughs += n->events.cough_s.has_value();
    std::printf("curve %s: BEV %.3f L (%.1f %%), FET %.2f s, last second %.3f L%s%s%s\n", curve.name.c_str(),
                n->numbers.bev_l, n->bev_percent(), n->numbers.fet_s, n->events.end_volume_l,
                n->events.cough_s ? ", cough" : "", n->events.closure_s ? ", closure" : "",
                n->events.endless_flow ? ", endless flow" : "");
    if (n->events.endless_flow || !n->measured() || !alone->measured()) ++lost;
  }
  // The standard allows 0.05 L, 0.3 L/s, 0.2 L/s; ours are what was measured, so that a step back shows.
  must(lost == 0 && all.size() >= 24, "every ATS curve is found as one sound blow", static_cast<double>(lost),
       0);
  must(fvc <= 0.005, "FVC of the ATS curves, L", fvc, 0.005);
  must(fev1 <= 0.005, "FEV1 of the ATS curves, L", fev1, 0.005);
  must(pef <= 0.13, "PEF of the ATS curves, L/s", pef, 0.13);
  must(fef <= 0.005, "FEF25-75 of the ATS curves, L/s", fef, 0.005);
  must(other_way <= 0.005, "file alone against stream, L", other_way, 0.005);
  must(coughs <= 3, "flow that breaks off in the first second", static_cast<double>(coughs), 3);
}

void vectors(const std::string& file, const std::string& tables_folder) {
  ReferenceTables tables;
  for (const char* name : {"gli2012.txt", "gli2022.txt", "nhanes3.txt"})
    tables.add(text_of(std::filesystem::path(tables_folder) / name));
  const auto text = text_of(file);
  std::string_view rest = text;
  next_line(rest);
  double lms = 0, limits = 0, percent = 0, z = 0;
  std::size_t count = 0;
  while (!rest.empty()) {
    const auto cells = split_cells(next_line(rest), ',');
    if (cells.size() < 14) continue;
    const auto number = [&](std::size_t i) { return to_number(cells[i]).value_or(0); };
    const Subject subject{number(2) > 0 ? Sex::male : Sex::female, number(3), number(4),
                          static_cast<int>(number(5))};
    const auto r =
        tables.of(cells[0], cells[6], subject, cells[1] == "round" ? AgeMode::round : AgeMode::interpolate);
    lms = std::max({lms, std::abs(r.l - number(7)), std::abs(r.m - number(8)), std::abs(r.s - number(9))});
    limits = std::max({limits, std::abs(r.lln() - number(10)), std::abs(r.uln() - number(11))});
    percent = std::max(percent, std::abs(r.percent(number(12)) - number(13)));
    z = std::max(z, std::abs(r.z(number(12)) - number(14)));
    ++count;
  }
  must(count == 287, "all cases were computed", static_cast<double>(count), 287);
  must(lms <= 0.000051, "L, M, S", lms, 0.000051);
  must(limits <= 0.000051, "limits of normal", limits, 0.000051);
  must(percent <= 0.00051, "percent of predicted", percent, 0.00051);
  must(z <= 0.000051, "z-scores", z, 0.000051);
}

}  // namespace

int main(int argc, char** argv) {
  const char* given = std::getenv("CAUKHAM_TEST_DATA");
  const std::string folder = given ? given : argc > 2 ? argv[2] : "";
  if (argc < 2 || !std::filesystem::is_directory(folder + "/spirometry_ats24") ||
      !std::filesystem::exists(folder + "/gli/vectors.csv")) {
    std::printf("skipped: no curves in \"%s\"; set CAUKHAM_TEST_DATA to the folder that holds them\n",
                folder.c_str());
    return 77;
  }
  try {
    curves(folder + "/spirometry_ats24");
    vectors(folder + "/gli/vectors.csv", argv[1]);
  } catch (const std::exception& e) {
    std::printf("FAIL %s\n", e.what());
    return 1;
  }
  return failures ? 1 : 0;
}
