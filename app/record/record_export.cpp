// One exam as a folder that opens without us: exam.json, the captures' files byte for byte, a manifest of
// hashes. The same exam gives the same bytes, whenever and wherever it is written.
#include <chrono>
#include <cstdio>
#include <map>

#include "core/i18n.hpp"
#include "record/error.hpp"
#include "record/evidence.hpp"
#include "record/file.hpp"
#include "record/identity.hpp"
#include "record/record_impl.hpp"

namespace caukham::record {
namespace fs = std::filesystem;
using core::tr;
namespace {

json when(std::int64_t ns) {  // ISO 8601, UTC, nanoseconds; null for "never"
  if (ns == 0) return nullptr;
  using namespace std::chrono;
  const sys_time<nanoseconds> t{nanoseconds(ns)};
  const auto day = floor<days>(t);
  const year_month_day date{day};
  const hh_mm_ss time{t - day};
  char text[96];
  std::snprintf(text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d.%09dZ", int(date.year()),
                unsigned(date.month()), unsigned(date.day()), int(time.hours().count()),
                int(time.minutes().count()), int(time.seconds().count()), int(time.subseconds().count()));
  return text;
}

std::string plain(std::string_view text, std::size_t most) {  // for file names on every file system
  std::string out;
  for (const char c : fold_name(text)) {
    const bool keep = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
    if (keep || (!out.empty() && out.back() != '-')) out += keep ? c : '-';
  }
  out.resize(std::min(out.size(), most));
  while (!out.empty() && out.back() == '-') out.pop_back();
  return out;
}

std::string extension_of(const Attachment& a) {
  static const std::map<std::string, std::string, std::less<>> usual = {
      {"image/jpeg", "jpg"}, {"image/png", "png"}, {"video/x-matroska", "mkv"}, {"application/x-bdf", "bdf"},
      {"application/json", "json"}, {"application/pdf", "pdf"}, {"text/plain", "txt"}};
  const std::string own = plain(fs::path(a.file_name).extension().string(), 8);
  if (!own.empty()) return own;
  const auto found = usual.find(a.media_type);
  return found == usual.end() ? "bin" : found->second;
}

void write_file(const fs::path& path, std::string_view text) {
  File file = File::open(path, File::Mode::create_new);
  file.write_at(0, std::as_bytes(std::span(text.data(), text.size())));
  file.sync();
}

void copy_verified(const fs::path& from, const fs::path& to, const std::string& sha) {
  const File in = File::open(from, File::Mode::read);
  File out = File::open(to, File::Mode::create_new);
  Sha256 sum;
  std::vector<std::byte> block(1 << 20);
  std::uint64_t at = 0;
  while (const std::size_t n = in.read_at(at, block)) {
    const auto piece = std::span<const std::byte>(block).first(n);
    sum.add(piece);
    out.write_at(at, piece);
    at += n;
  }
  out.sync();
  if (hex(sum.finish()) != sha)
    throw RecordError(Fault::corrupt,
                      tr("The attachment {0} is damaged on the disk. Call IT: restore this file from a "
                         "backup.",
                         sha));
}

}  // namespace

void Record::export_exam(std::string_view actor, std::string_view exam_id, const fs::path& folder) {
  const auto exam = this->exam(exam_id);
  if (!exam) throw RecordError(Fault::not_found, tr("This {0} is not in the record.", tr("exam")));
  if (fs::exists(folder))
    throw RecordError(Fault::refused, tr("{0} is there already. Choose a new folder.", folder.string()));
  const auto encounter = this->encounter(exam->encounter_id).value_or(Encounter{});
  const auto patient = this->patient(encounter.patient_id);

  const fs::path part = folder.string() + ".part";
  std::error_code error;
  fs::remove_all(part, error);
  fs::create_directories(part / "captures", error);
  if (error)
    throw RecordError(
        error == std::errc::no_space_on_device ? Fault::full : Fault::io,
        tr("The folder {0} could not be made: {1}. Check the disk and the folder's permissions.",
           part.string(), error.message()));
  struct CleanUp {
    fs::path path;
    ~CleanUp() {
      std::error_code ignored;
      fs::remove_all(path, ignored);
    }
  } clean_up{part};

  std::map<std::string, std::string> manifest;  // relative path to SHA-256, sorted
  json captures_json = json::array();
  int number = 0;
  for (const Capture& c : captures(exam_id, true)) {
    ++number;
    json files = json::array();
    int copy = 0;
    for (const Attachment& a : attachments(c.id)) {
      char count[16];
      std::snprintf(count, sizeof count, "%03d", number);
      std::string name = std::string("captures/") + count + '-' + c.kind;
      for (const std::string& word : {plain(c.stream, 20), plain(c.side, 10), plain(c.site, 30)}) {
        if (!word.empty() && word != c.kind) name += '-' + word;
      }
      if (++copy > 1) name += '-' + std::to_string(copy);
      name += '.' + extension_of(a);
      json file = {
          {"sha256", a.sha256}, {"bytes", a.bytes}, {"media_type", a.media_type}, {"name", a.file_name}};
      if (c.removed_ns == 0) {  // what was removed is told, but not handed out
        copy_verified(impl_->file_of(a.sha256), part / name, a.sha256);
        manifest[name] = a.sha256;
        file["file"] = name;
      }
      files.push_back(std::move(file));
    }
    json j = {{"id", c.id}, {"kind", c.kind}, {"stream", c.stream}, {"side", c.side}, {"site", c.site},
              {"device", c.device_id}, {"asked_by", c.asked_by}, {"quality", c.quality}, {"text", c.text},
              {"taken", when(c.taken_ns)}, {"SIMULATED", c.simulated}, {"files", std::move(files)}};
    if (c.removed_ns != 0)
      j["removed"] = {{"time", when(c.removed_ns)}, {"by", c.removed_by}, {"why", c.removed_why}};
    captures_json.push_back(std::move(j));
  }
  json whole = {
      {"format", "caukham-exam 1"},
      {"id", exam->id},
      {"state", to_text(exam->state)},
      {"reason", exam->reason},
      {"opened", when(exam->opened_ns)},
      {"closed", when(exam->closed_ns)},
      {"SIMULATED", exam->simulated},
      {"captures", std::move(captures_json)},
      {"patient", nullptr},
      {"encounter",
       {{"id", encounter.id}, {"started", when(encounter.started_ns)}, {"ended", when(encounter.ended_ns)}}},
      {"evidence", json::array()},
      {"gaps", json::array()},
      {"advice", json::array()}};
  if (patient)
    whole["patient"] = {
        {"id", patient->id},       {"name", patient->name},       {"birth_date", patient->birth_date},
        {"sex", patient->sex},     {"cccd", patient->cccd},       {"bhyt", patient->bhyt},
        {"phone", patient->phone}, {"address", patient->address}, {"SIMULATED", patient->simulated}};
  for (const EvidenceResult& e : evidence(exam_id))
    whole["evidence"].push_back({{"stream", e.stream},
                                 {"capture", e.capture_id},
                                 {"specialist", e.specialist},
                                 {"records", e.records},
                                 {"samples", e.samples},
                                 {"digest", e.digest},
                                 {"equal", e.equal},
                                 {"time", when(e.time_ns)}});
  for (const GapFact& g : gaps(exam_id))
    whole["gaps"].push_back({{"stream", g.stream},
                             {"capture", g.capture_id},
                             {"first_sample", g.first_sample},
                             {"lost", g.lost},
                             {"reason", g.reason},
                             {"time", when(g.time_ns)}});
  for (const Advice& a : advice(exam_id))
    whole["advice"].push_back({{"id", a.id},
                               {"author", a.author},
                               {"finding", a.finding},
                               {"conclusion", a.conclusion},
                               {"next_step", a.next_step},
                               {"time", when(a.given_ns)}});

  const std::string text = json_text(whole, 2) + "\n";
  write_file(part / "exam.json", text);
  manifest["exam.json"] = hex(sha256(std::as_bytes(std::span(text.data(), text.size()))));
  std::string sums;  // the format of sha256sum(1), so that anybody can check it
  for (const auto& [name, sha] : manifest) sums += sha + "  " + name + "\n";
  write_file(part / "manifest.sha256", sums);
  fsync_directory(part / "captures");
  fsync_directory(part);
  rename_durably(part, folder);
  note(actor, "exam.exported", exam_id,
       json_text(json{{"folder", folder.string()}, {"files", manifest.size()},
             {"manifest", hex(sha256(std::as_bytes(std::span(sums.data(), sums.size()))))}}));
}

}  // namespace caukham::record
