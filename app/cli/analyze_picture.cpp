// caukham-cli analyze picture: is a still of the otoscope or dermatoscope good enough to be judged?
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>

#include "analysis/picture/json.hpp"
#include "cli/analyze.hpp"
#include "core/i18n.hpp"
#include "json/json_text.hpp"
#include "media/still.hpp"

namespace caukham::cli {
namespace {

namespace picture = analysis::picture;

constexpr const char* usage =
    "caukham-cli analyze picture FILE.jpg... [--json] [--chart]   sharpness, light, glare and colour of stills\n"
    "--chart looks for a 24-patch colour chart (ColorChecker Classic, made before November 2014) and fits what turns the\n"
    "picture's colours back; how far they are off before and after is told as CIE dE2000.\n"
    "Movement needs two pictures of a running camera and is not told here.\n";

constexpr std::uintmax_t largest_file = 64U << 20;  // a camera's still has some 100 kB

media::RgbImage decoded(const std::string& file) {
  std::error_code failed;
  const auto size = std::filesystem::file_size(file, failed);
  if (failed) throw std::runtime_error("the file cannot be read");
  if (size > largest_file) throw std::runtime_error("the file is too large for a picture");
  std::ifstream in(std::filesystem::path(file), std::ios::binary);
  const std::vector<std::uint8_t> bytes((std::istreambuf_iterator<char>(in)), {});
  std::string why;
  auto image = media::thumbnail(bytes, media::max_edge_px, why);  // its own size: never enlarged, never beyond the limit
  if (image.rgb.empty()) throw std::runtime_error(why.empty() ? "the picture cannot be decoded" : why);
  return image;
}

picture::View view_of(const media::RgbImage& image) {
  picture::View view;
  view.layout = picture::Layout::rgb24;
  view.width = image.width;
  view.height = image.height;
  view.plane[0] = image.rgb;
  view.stride[0] = static_cast<std::size_t>(image.width) * 3;
  return view;
}

void print(const std::string& file, const picture::Quality& q) {
  std::printf("%s: %s\n", file.c_str(), q.sentence);
  for (const auto& f : q.findings) {
    if (f.value)
      std::printf("  %-13s %7.2f %-8s %s %.2f   %s\n", f.key, *f.value, f.unit, f.more_is_better ? "at least" : "at most ",
                  f.limit, f.sentence);
    else
      std::printf("  %-13s       –                           %s\n", f.key, f.sentence);
  }
}

// The chart's sentences are the analysis' own; the catalogue has to hear of them here.
[[maybe_unused]] constexpr const char* chart_sentences[] = {
    core::tr_later("The colour chart was found."),
    core::tr_later("No colour chart was found. Lay the 24-patch chart flat beside the skin, whole and without glare."),
    core::tr_later("There is a grid of patches, but its colours are not those of the 24-patch chart."),
    core::tr_later("The picture cannot be looked at.")};

void print(const picture::Chart& c) {
  std::printf("  %s\n", c.sentence);
  if (!c.found) return;
  std::printf("  dE2000 mean (worst): before %.2f (%.2f), corrected %.2f (%.2f), on patches left out of the fit %.2f; %d of 24 patches used\n",
              c.mean_before, c.worst_before, c.mean_after, c.worst_after, c.mean_unseen, c.patches_used);
}

}  // namespace

int analyze_picture(const std::vector<std::string>& args) {
  std::vector<std::string> files;
  bool json = false, chart = false;
  for (const auto& a : args) {
    if (a == "--help" || a == "-h") return std::fputs(usage, stdout), 0;
    if (a == "--json") json = true;
    else if (a == "--chart") chart = true;
    else if (a.size() > 1 && a[0] == '-') throw UsageError("this option is not known: " + a);
    else files.push_back(a);
  }
  if (files.empty()) throw UsageError("no file was named");
  auto pictures = nlohmann::ordered_json::array(), errors = nlohmann::ordered_json::array();
  for (const auto& file : files) {
    try {
      const auto image = decoded(file);
      const auto q = picture::measure(view_of(image));
      const auto found = chart ? picture::find_chart(view_of(image)) : picture::Chart{};
      auto item = chart ? picture::to_json(q, found) : picture::to_json(q);
      item["file"] = file;
      pictures.push_back(std::move(item));
      if (!json && q.error.empty()) print(file, q);
      if (!json && !q.error.empty()) std::fprintf(stderr, "%s: %s\n", file.c_str(), q.error.c_str());
      if (!json && chart && q.error.empty()) print(found);
      if (!q.error.empty()) errors.push_back({{"file", file}, {"reason", q.error}});
    } catch (const std::exception& e) {
      errors.push_back({{"file", file}, {"reason", e.what()}});
      if (!json) std::fprintf(stderr, "%s: %s\n", file.c_str(), e.what());
    }
  }
  const bool good = errors.empty();
  if (json)
    std::cout << json_text(nlohmann::ordered_json{{"pictures", std::move(pictures)}, {"errors", std::move(errors)}},
                           2)
              << "\n";
  return good ? 0 : 1;
}

}  // namespace caukham::cli
