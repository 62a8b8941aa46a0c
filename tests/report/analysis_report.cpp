// What the analysis does, as a report to read: argv = where to write, the reference tables, the folder of recordings
// (or CAUKHAM_TEST_DATA). Tables and pictures; parts without data say so. Numbers come from this run.
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <map>
#include <zlib.h>

#include "analysis/ecg/analysis.hpp"
#include "analysis/ecg/detector.hpp"
#include "analysis/score/beats.hpp"
#include "analysis/spirometry/reference.hpp"
#include "analysis/spirometry/session.hpp"
#include "analysis/spirometry/text.hpp"
#include "ambulatory_table.hpp"
#include "cli/ecg_file.hpp"
#include "devices/signals/files.hpp"
#include "plots.hpp"
#include "tests/lib/ecg_cases.hpp"

using namespace caukham;
namespace ecg = analysis::ecg;
namespace fs = std::filesystem;
namespace spirometry = analysis::spirometry;

namespace {

FILE* out = nullptr;
fs::path place;

analysis::score::Result score(const std::vector<ecg::Beat>& truth, const std::vector<ecg::Beat>& found, double fs_hz, double window_s) {
  const auto marks = [](const std::vector<ecg::Beat>& beats) {
    std::vector<analysis::score::Mark> m;
    for (const auto& b : beats) m.push_back({b.sample, static_cast<char>(b.type)});
    return m;
  };
  return analysis::score::compare(marks(truth), marks(found), fs_hz, {.window_s = window_s});
}

std::string percent(double v) {
  char text[32] = "–";
  if (std::isfinite(v)) std::snprintf(text, sizeof text, "%.2f", v);
  return text;
}

void beat_row(const std::string& name, const tests::EcgCase& c) {
  const auto found = ecg::detect_beats(c.view());
  const auto wide = score(c.truth, found, c.fs_hz, 0.150), narrow = score(c.truth, found, c.fs_hz, 0.050);
  const auto s = analysis::score::spread(wide.errors_s);
  using analysis::score::percent;
  const auto& n = wide.count;
  std::fprintf(out, "| %s | %llu | %llu | %llu | %s | %s | %s | %s | %.1f | %.1f | %s | %s |\n", name.c_str(),
               static_cast<unsigned long long>(n.reference), static_cast<unsigned long long>(n.missed),
               static_cast<unsigned long long>(n.extra), ::percent(percent(n.found, n.missed)).c_str(),
               ::percent(percent(n.found, n.extra)).c_str(), ::percent(percent(narrow.count.found, narrow.count.missed)).c_str(),
               ::percent(percent(narrow.count.found, narrow.count.extra)).c_str(), s.median_ms, s.sd_ms,
               ::percent(percent(n.v_true, n.v_missed)).c_str(), ::percent(percent(n.v_true, n.v_false)).c_str());
  std::fflush(out);
}

constexpr const char* beat_head =
    "| record | beats | FN | FP | Se % | +P % | Se % (50 ms) | +P % (50 ms) | R error median ms | sd ms | V Se % | V +P % |\n"
    "|---|---|---|---|---|---|---|---|---|---|---|---|\n";

void made_ecgs() {
  std::fprintf(out, "## Beats: made ECGs\n\nNothing here is a patient's. Pairing as ANSI/AAMI EC57, whole records, ±150 ms unless said.\n"
                    "ECGSYN, eight leads at 500 Hz, 5 minutes, 72/min; noise by the definition of PhysioNet's nst, in every lead.\n\n%s", beat_head);
  for (const auto kind : {tests::Noise::wander, tests::Noise::muscle, tests::Noise::motion, tests::Noise::mains})
    for (const double db : {24.0, 12.0, 6.0, 0.0, -6.0}) {
      auto c = tests::ecgsyn_case(500, 300, 72, 7);
      tests::add_noise(c, kind, db, 11);
      beat_row("ECGSYN, " + std::string(tests::name(kind)) + " " + std::to_string(static_cast<int>(db)) + " dB", c);
      if (db == 0 && (kind == tests::Noise::muscle || kind == tests::Noise::motion)) {
        const std::string file = "report-ecgsyn-" + std::string(tests::name(kind)) + ".png";
        report::strip(place / file, "ECGSYN with " + std::string(tests::name(kind)) + " noise, 0 dB", c.view(),
                      {ecg::detect_beats(c.view()), c.truth}, 60, 70);
      }
    }
  std::fprintf(out, "\nMade to be hard, MLII and V1 at 360 Hz, 5 minutes:\n\n%s", beat_head);
  for (int k = 0; k < tests::hard_count; ++k) {
    const auto kind = static_cast<tests::Hard>(k);
    const auto c = tests::hard_case(kind, 360, 300, 5);
    beat_row(tests::name(kind), c);
    if (kind == tests::Hard::pvc || kind == tests::Hard::fibrillation || kind == tests::Hard::tall_t)
      report::strip(place / ("report-hard-" + std::to_string(k) + ".png"), tests::name(kind), c.view(),
                    {ecg::detect_beats(c.view()), c.truth}, 30, 42);
  }
  std::fprintf(out, "\n![muscle noise](report-ecgsyn-muscle.png)\n![motion](report-ecgsyn-motion.png)\n![pvc](report-hard-1.png)\n\n");
}

std::string measure(const ecg::Measure& m, const char* unit, int decimals = 0) {
  return m.value ? ecg::number(*m.value, decimals) + " " + unit : "cannot tell: " + ecg::text(m.reason);
}

void real_ecg(const fs::path& record) {
  const auto file = cli::load_ecg(record.string(), "");
  const auto a = ecg::analyze(file.view(), {.record = file.record});
  std::fprintf(out, "## A real 12-lead ECG: PTB %s\n\n%zu beats, %.1f s, %g Hz. Heart rate %s, P %s, PR %s, QRS %s, QT %s, QTc (Bazett) %s, "
                    "QTc (Fridericia) %s, QRS axis %s.\n\n| lead | usable | noise µV | mains µV | QRS µV | why |\n|---|---|---|---|---|---|\n",
               file.record.c_str(), a.beats.size(), static_cast<double>(a.samples) / a.fs_hz, a.fs_hz, measure(a.heart_rate_bpm, "/min", 1).c_str(),
               measure(a.p_ms, "ms").c_str(), measure(a.pr_ms, "ms").c_str(), measure(a.qrs_ms, "ms").c_str(), measure(a.qt_ms, "ms").c_str(),
               measure(a.qtc_bazett_ms, "ms").c_str(), measure(a.qtc_fridericia_ms, "ms").c_str(), measure(a.axis_deg, "°").c_str());
  for (const auto& q : a.quality) {
    std::string why;
    for (const auto& r : q.reasons) why += ecg::text(r) + " ";
    std::fprintf(out, "| %s | %s | %.1f | %.1f | %.0f | %s |\n", q.lead.c_str(), q.usable ? "yes" : "no", q.noise_uv, q.mains_uv,
                 q.qrs_uv.value_or(0), why.c_str());
  }
  std::vector<report::Beat> leads;
  for (const auto& l : a.median.leads) leads.push_back({l.lead, l.uv});
  const double nan = std::nan("");
  const auto& m = a.marks;
  report::beats(place / "report-ptb-median.png", "Median beats of PTB " + file.record + " with the global marks", leads, a.median.fs_hz,
                static_cast<double>(a.median.r_at),
                {{"P", m.p_onset.ms.value_or(nan)}, {"", m.p_end.ms.value_or(nan)}, {"Q", m.qrs_onset.ms.value_or(nan)},
                 {"J", m.qrs_end.ms.value_or(nan)}, {"T end", m.t_end.ms.value_or(nan)}});
  report::strip(place / "report-ptb.png", "PTB " + file.record, file.view(), {a.beats, {}}, 0, 10);
  std::fprintf(out, "\n![PTB](report-ptb.png)\n![median beats](report-ptb-median.png)\n\n");
}

// The one array of a .npz: a zip member, deflated, with NumPy's header before the numbers.
std::vector<float> npz(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string zip{std::istreambuf_iterator<char>(in), {}};
  const auto u16 = [&](std::size_t at) { return static_cast<std::size_t>(static_cast<unsigned char>(zip.at(at)) | static_cast<unsigned char>(zip.at(at + 1)) << 8); };
  const std::size_t data = 30 + u16(26) + u16(28);
  std::string npy(8 << 20, '\0');
  if (u16(8) == 8) {
    z_stream z{};
    z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(zip.data() + data));
    z.avail_in = static_cast<uInt>(zip.size() - data);
    z.next_out = reinterpret_cast<Bytef*>(npy.data());
    z.avail_out = static_cast<uInt>(npy.size());
    inflateInit2(&z, -15);
    inflate(&z, Z_FINISH);
    npy.resize(z.total_out);
    inflateEnd(&z);
  } else {
    npy = zip.substr(data);
  }
  const std::size_t header = static_cast<unsigned char>(npy.at(8)) | static_cast<unsigned char>(npy.at(9)) << 8;
  const auto words = npy.substr(10, header);
  const auto shape = words.find("'shape': (");
  const auto count = static_cast<std::size_t>(std::strtoul(words.c_str() + shape + 10, nullptr, 10));
  std::vector<float> uv;
  const auto read = [&]<class T>(T) {
    for (std::size_t i = 0; i < count && 10 + header + (i + 1) * sizeof(T) <= npy.size(); ++i) {
      T v;
      std::memcpy(&v, npy.data() + 10 + header + i * sizeof(T), sizeof v);
      uv.push_back(static_cast<float>((static_cast<double>(v) - 1024) / 200 * 1000));
    }
  };
  if (words.find("<u2") != std::string::npos) read(std::uint16_t{});
  else if (words.find("<i2") != std::string::npos) read(std::int16_t{});
  else if (words.find("<i4") != std::string::npos) read(std::int32_t{});
  else if (words.find("<i8") != std::string::npos) read(std::int64_t{});
  else if (words.find("<f8") != std::string::npos) read(double{});
  return uv;
}

void real_208(const fs::path& path) {
  const auto uv = npz(path);
  ecg::Recording r{360, {{"MLII", uv}}};
  const auto found = ecg::detect_beats(r);
  std::size_t v = 0, q = 0;
  for (const auto& b : found) v += b.type == ecg::BeatType::ventricular, q += b.type == ecg::BeatType::unclassified;
  report::strip(place / "report-208.png", "MIT-BIH 208, MLII, from 19:35", r, {found, {}}, 20, 32);
  std::fprintf(out, "## MIT-BIH 208, MLII, 5 minutes (no annotations with it)\n\n%zu beats found in %.1f s, %zu of ventricular shape, %zu whose shape "
                    "cannot be told. Of the detector before version 1.1 all five minutes were looked at: one low complex missed, at 213.6 s, while the "
                    "amplifier recovers, and one doubtful mark, at 209.4 s. Of this version only what is drawn here.\n\n"
                    "![208](report-208.png)\n\n", found.size(), static_cast<double>(uv.size()) / 360, v, q);
}

void curves(const fs::path& folder) {
  std::fprintf(out, "## Spirometry: the 24 ATS standard curves\n\nMeasured minus reference. The standard allows 0.05 L or 3 %%, PEF 0.3 L/s or 10 %%, "
                    "FEF25-75 0.2 L/s or 5 %%. Curve 03 states 3.489 L for a curve that ends at 3.498.\n\n"
                    "| curve | FVC L | error | FEV1 L | error | PEF L/s | error | FEF25-75 L/s | error | BEV L |\n|---|---|---|---|---|---|---|---|---|---|\n");
  std::vector<report::Loop> pictures;
  for (const auto& curve : devices::load_wf_curves(folder.string())) {
    auto stream = devices::tidal_breath(100);
    const auto m = devices::manoeuvre_from_curve(curve, 100);
    stream.insert(stream.end(), m.flow_lps.begin(), m.flow_lps.end());
    const auto after = devices::tidal_breath(100);
    stream.insert(stream.end(), after.begin(), after.end());
    const auto blows = spirometry::find_blows(stream, 100);
    const auto a = blows.size() == 1 ? spirometry::assess(blows[0].blow, blows[0].after_lps, 100) : std::nullopt;
    if (!a) {
      std::fprintf(out, "| %s | not found as one blow | | | | | | | | |\n", curve.name.c_str());
      continue;
    }
    const auto& n = a->numbers;
    std::fprintf(out, "| %s | %.3f | %+.3f | %.3f | %+.3f | %.2f | %+.2f | %.3f | %+.3f | %.3f |\n", curve.name.c_str(), n.fvc_l, n.fvc_l - curve.fvc_l,
                 n.fev1_l, n.fev1_l - curve.fev1_l, n.pef_lps, n.pef_lps - curve.pef_lps, n.fef2575_lps, n.fef2575_lps - curve.fef2575_lps, n.bev_l);
    report::Loop loop{curve.name, n.fvc_l, n.pef_lps, {}};
    for (const auto& point : spirometry::loop_points(blows[0].blow.flow_lps, 100)) loop.points.emplace_back(point.volume_l, point.flow_lps);
    pictures.push_back(std::move(loop));
  }
  report::loops(place / "report-loops.png", "Flow over volume of the ATS standard curves, every sample as it came; the numbers are the measured ones", pictures);
  std::fprintf(out, "\n![loops](report-loops.png)\n\n");
}

std::string text_of(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void gli(const fs::path& vectors, const fs::path& tables_folder) {
  spirometry::ReferenceTables tables;
  for (const char* name : {"gli2012.txt", "gli2022.txt", "nhanes3.txt"}) tables.add(text_of(tables_folder / name));
  struct Worst { std::size_t count = 0; double lms = 0, limits = 0, percent = 0, z = 0; };
  std::map<std::string, Worst> sets;
  const auto text = text_of(vectors);
  std::string_view rest = text;
  spirometry::next_line(rest);
  while (!rest.empty()) {
    const auto cells = spirometry::split_cells(spirometry::next_line(rest), ',');
    if (cells.size() < 15) continue;
    const auto number = [&](std::size_t i) { return spirometry::to_number(cells[i]).value_or(0); };
    const spirometry::Subject subject{number(2) > 0 ? spirometry::Sex::male : spirometry::Sex::female, number(3), number(4), static_cast<int>(number(5))};
    const auto r = tables.of(cells[0], cells[6], subject, cells[1] == "round" ? spirometry::AgeMode::round : spirometry::AgeMode::interpolate);
    auto& w = sets[std::string(cells[0]) + " " + std::string(cells[6]) + ", age " + std::string(cells[1])];
    ++w.count;
    w.lms = std::max({w.lms, std::abs(r.l - number(7)), std::abs(r.m - number(8)), std::abs(r.s - number(9))});
    w.limits = std::max({w.limits, std::abs(r.lln() - number(10)), std::abs(r.uln() - number(11))});
    w.percent = std::max(w.percent, std::abs(r.percent(number(12)) - number(13)));
    w.z = std::max(w.z, std::abs(r.z(number(12)) - number(14)));
  }
  std::fprintf(out, "## Reference values against the computed cases\n\nLargest differences; the cases are rounded to 4 decimals (percent: 3).\n\n"
                    "| set | cases | L, M, S | limits | percent | z |\n|---|---|---|---|---|---|\n");
  for (const auto& [name, w] : sets)
    std::fprintf(out, "| %s | %zu | %.6f | %.6f | %.5f | %.6f |\n", name.c_str(), w.count, w.lms, w.limits, w.percent, w.z);
  std::fprintf(out, "\n");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) return std::printf("usage: analysis_report OUT_FOLDER TABLES DATA\n"), 2;
  const char* given = std::getenv("CAUKHAM_TEST_DATA");
  const fs::path data = given ? given : argv[3];
  place = argv[1];
  out = std::fopen((place / "analysis-report.md").c_str(), "w");
  if (!out) return std::perror("analysis-report.md"), 1;
  std::fprintf(out, "# What the analysis does\n\n%s %s. Made by `ninja analysis-report`; every number comes from that run.\n\n", ecg::algorithm_name, ecg::algorithm_version);
  try {
    made_ecgs();
  report::ambulatory_tables(out);
    const auto part = [&](const fs::path& needed, auto&& write) {
      if (fs::exists(data / needed)) write(data / needed);
      else std::fprintf(out, "(no %s here: left out)\n\n", needed.c_str());
    };
    part("ecg_ptb/s0010_re.hea", [](const fs::path& p) { real_ecg(p); });
    part("ecg_scipy/ecg.dat", [](const fs::path& p) { real_208(p); });
    part("spirometry_ats24", [](const fs::path& p) { curves(p); });
    part("gli/vectors.csv", [&](const fs::path& p) { gli(p, argv[2]); });
  } catch (const std::exception& e) {
    std::fprintf(out, "\nbroken off: %s\n", e.what());
    std::fclose(out);
    return std::fprintf(stderr, "%s\n", e.what()), 1;
  }
  std::fclose(out);
  std::printf("%s\n", (place / "analysis-report.md").c_str());
  return 0;
}
