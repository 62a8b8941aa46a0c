#include "cli/beat_files.hpp"

#include <algorithm>
#include <cmath>
#include <fstream>

namespace caukham::cli {
namespace {

namespace fs = std::filesystem;

std::vector<std::uint8_t> read_bytes(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) throw std::runtime_error("There is no annotation file " + path.string() + ".");
  if (fs::file_size(path, error) > (16u << 20)) throw std::runtime_error(path.string() + " is too large for an annotation file.");
  std::ifstream in(path, std::ios::binary);
  std::vector<std::uint8_t> bytes{std::istreambuf_iterator<char>(in), {}};
  if (!in && !in.eof()) throw std::runtime_error(path.string() + " cannot be read.");
  return bytes;
}

fs::path with_annotator(const std::string& word, const std::string& annotator) {
  const fs::path path(word);
  std::error_code error;
  if (fs::is_regular_file(path, error) && path.extension() != ".hea" && path.extension() != ".dat") return path;
  const bool of_record = path.extension() == ".hea" || path.extension() == ".dat";
  return of_record ? fs::path(path).replace_extension(annotator) : fs::path(word + "." + annotator);
}

}  // namespace

double rate_beside(const fs::path& annotations) {
  const auto header = fs::path(annotations).replace_extension(".hea");
  std::ifstream in(header, std::ios::binary);
  if (!in) return 0;
  std::string text(64 * 1024, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  return formats::parse_wfdb_header(text).rate_hz;
}

BeatFile load_beats(const fs::path& path, double fs_hz) {
  BeatFile out{path, fs_hz, {}};
  formats::WfdbAnnotations all;
  try {
    all = formats::parse_annotations(read_bytes(path));
  } catch (const formats::WfdbError& e) {
    throw std::runtime_error(path.string() + ": " + e.what());
  }
  if (out.fs_hz <= 0) out.fs_hz = rate_beside(path);
  if (out.fs_hz <= 0) out.fs_hz = all.resolution_hz;
  const double factor = all.resolution_hz > 0 && out.fs_hz > 0 ? out.fs_hz / all.resolution_hz : 1;
  for (const auto& a : all.list)
    if (formats::is_beat(a.letter) || a.letter == '[' || a.letter == ']')
      out.marks.push_back({static_cast<std::uint64_t>(std::llround(static_cast<double>(a.sample) * factor)), a.letter});
  std::stable_sort(out.marks.begin(), out.marks.end(), [](const auto& a, const auto& b) { return a.sample < b.sample; });
  return out;
}

std::vector<std::pair<fs::path, fs::path>> pairs(const std::string& reference, const std::string& test,
                                                 const std::string& reference_annotator, const std::string& test_annotator) {
  std::error_code error;
  if (!fs::is_directory(reference, error)) {
    auto wanted = with_annotator(reference, reference_annotator);
    if (fs::is_directory(test, error))
      return {{wanted, fs::path(test) / wanted.filename().replace_extension(test_annotator)}};
    return {{std::move(wanted), with_annotator(test, test_annotator)}};
  }
  if (!fs::is_directory(test, error)) throw std::runtime_error(reference + " is a folder and " + test + " is none.");
  std::vector<std::pair<fs::path, fs::path>> out;
  for (const auto& entry : fs::directory_iterator(reference))
    if (entry.path().extension() == "." + reference_annotator)
      out.emplace_back(entry.path(), fs::path(test) / entry.path().filename().replace_extension(test_annotator));
  std::sort(out.begin(), out.end());
  if (out.empty()) throw std::runtime_error("The folder " + reference + " holds no ." + reference_annotator + " file.");
  return out;
}

void save_beats(const fs::path& path, const std::vector<analysis::ecg::Beat>& beats) {
  formats::WfdbAnnotations out;
  for (const auto& b : beats) {
    formats::WfdbAnnotation a;
    a.sample = b.sample;
    a.letter = static_cast<char>(b.type);
    out.list.push_back(std::move(a));
  }
  const auto bytes = formats::encode_annotations(out);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) throw std::runtime_error("The annotations cannot be written to " + path.string() + ".");
}

}  // namespace caukham::cli
