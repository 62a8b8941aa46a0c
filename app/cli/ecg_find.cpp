// Which file is meant: a path as people type it, or an exam of our own.
#include <algorithm>
#include <fstream>

#include "cli/ecg_file.hpp"
#include "core/i18n.hpp"
#include "devices/formats/edf/header.hpp"
#include "record/record.hpp"

namespace caukham::cli {
namespace {

namespace fs = std::filesystem;
using core::tr;

bool begins_like_edf(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::vector<std::byte> start(256);
  in.read(reinterpret_cast<char*>(start.data()), 256);
  start.resize(static_cast<std::size_t>(in.gcount()));
  return formats::edf::looks_like_edf(start);
}

// The exam's ECG: of several files the longest; a strip is a cutting of it.
fs::path ecg_of_folder(const fs::path& folder) {
  fs::path best;
  std::uintmax_t size = 0;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const auto& path = entry.path();
    if (!entry.is_regular_file() || path.extension() != ".bdf" || path.filename().string().find("ecg") == std::string::npos)
      continue;
    if (best.empty() || entry.file_size() > size) best = path, size = entry.file_size();
  }
  if (best.empty()) throw std::runtime_error(tr("The folder {0} holds no ECG of an examination.", folder.string()));
  return best;
}

fs::path ecg_of_exam(const std::string& id, const fs::path& data) {
  const auto folder = data.empty() ? record::default_data_folder() : data;
  if (!fs::exists(record::Layout{folder}.database())) return {};  // asking must not create a record
  const auto record = record::Record::open({.folder = folder});
  if (!record->exam(id)) return {};
  fs::path best;
  std::uint64_t size = 0;
  for (const auto& capture : record->captures(id))
    for (const auto& a : record->attachments(capture.id))
      if (capture.kind == "ecg" && a.media_type == "application/x-bdf" && a.bytes > size)
        best = record->attachment_path(a.sha256), size = a.bytes;
  record->note("cli", "exam viewed", id);
  if (!best.empty()) return best;
  const auto working = record->layout().exams() / id;  // still being recorded
  if (fs::is_directory(working)) return ecg_of_folder(working);
  throw std::runtime_error(tr("The examination {0} holds no ECG.", id));
}

EcgFile from_edf(const fs::path& path, const std::string& name, const std::vector<std::string>& wanted) {
  auto file = [&] {
    try {
      return record::load_edf(path);
    } catch (const std::exception& e) {  // of several files one must know which
      throw std::runtime_error(path.filename().string() + ": " + e.what());
    }
  }();
  file.exam = name;
  return ecg_from(file, wanted);
}

}  // namespace

EcgFile load_ecg(const std::string& file, const fs::path& data, const std::vector<std::string>& wanted) {
  const fs::path path(file);
  std::error_code error;
  if (fs::is_directory(path, error)) return from_edf(ecg_of_folder(path), path.filename().string(), wanted);
  const auto beside = [&](const char* extension) { return fs::path(path).replace_extension(extension); };
  if (fs::is_regular_file(path, error)) {
    if (fs::file_size(path, error) == 0) throw std::runtime_error(tr("{0} is empty.", file));
    if (begins_like_edf(path)) return from_edf(path, path.stem().string(), wanted);
    if (path.extension() == ".hea") return ecg_from(formats::load_wfdb(file), wanted);
    if (path.extension() == ".edf" || path.extension() == ".bdf") return from_edf(path, path.stem().string(), wanted);
    // "100.dat" or "100.atr" given by hand: its header is meant.
    if (fs::is_regular_file(beside(".hea"), error)) return ecg_from(formats::load_wfdb(beside(".hea").string()), wanted);
  }
  if (fs::is_regular_file(file + ".hea", error)) return ecg_from(formats::load_wfdb(file + ".hea"), wanted);
  if (fs::exists(path, error))
    throw std::runtime_error(
        tr("{0} is no ECG that can be read: a WFDB record with its .hea, an EDF or BDF file, or an examination.", file));
  if (const auto exam = ecg_of_exam(file, data); !exam.empty()) return from_edf(exam, file, wanted);
  throw std::runtime_error(tr("There is no file and no examination {0}.", file));
}

}  // namespace caukham::cli
