#include "station/exam_recorder.hpp"

#include "core/clock.hpp"
#include "core/i18n.hpp"
#include "record/error.hpp"

namespace caukham::station {
namespace {

constexpr auto patience = std::chrono::milliseconds(200);  // also how often sync() is offered while nothing comes

record::WaveformSpec spec_of(const core::StreamInfo& info, const ExamFacts& facts, std::int64_t start_unix_ns) {
  record::WaveformSpec spec;
  spec.label = info.name;
  spec.rate_hz = info.rate_hz;
  spec.samples_per_record = record::samples_per_record_for(info.rate_hz);
  for (const auto& label : info.labels) {
    record::WaveformChannel channel;
    channel.label = info.device_kind == "ecg" ? "ECG " + label : label;
    channel.unit = info.unit;
    channel.scale = info.scale;
    channel.digital_min = info.digital_min;
    channel.digital_max = info.digital_max;
    spec.channels.push_back(std::move(channel));
  }
  spec.patient_code = facts.patient_code;
  spec.patient_name = facts.patient_name;
  spec.patient_birth_date = facts.birth_date;
  spec.patient_sex = facts.sex.empty() ? 'X' : facts.sex[0];
  spec.exam = facts.exam_id;
  spec.equipment = info.device_name;
  spec.start_utc_ns = start_unix_ns;
  spec.simulated = info.simulated;
  return spec;
}

std::string electrode_names(std::int64_t mask) {
  static constexpr const char* names[] = {"RA", "LA", "LL", "RL", "V1", "V2", "V3", "V4", "V5", "V6"};
  std::string text;
  for (int bit = 0; bit < 10; ++bit)
    if (mask >> bit & 1) text += (text.empty() ? "" : " ") + std::string(names[bit]);
  return text;
}

}  // namespace

ExamRecorder::ExamRecorder(core::Hub& hub, std::filesystem::path folder, ExamFacts facts, Handlers handlers)
    : hub_(hub), folder_(std::move(folder)), facts_(std::move(facts)), handlers_(std::move(handlers)) {
  // Half an hour of 20 ms chunks may wait: a stalled disk must not cost a sample.
  inbox_ = hub_.subscribe({.waveform_chunks = 90000, .pictures = 0});
  thread_ = std::thread([this] { run(); });
}

ExamRecorder::~ExamRecorder() { finish(); }

void ExamRecorder::finish() {
  if (finished_.exchange(true)) return;
  thread_.join();
  hub_.unsubscribe(inbox_);
}

void ExamRecorder::run() {
  for (;;) {
    const bool last = finished_;
    const auto items = inbox_->take(last ? std::chrono::milliseconds(0) : patience);
    for (const auto& item : items) handle(item);
    for (auto& [id, file] : files_) try {
        file.writer->sync();
      } catch (const record::RecordError& e) {
        report(e.what());
      }
    if (last && items.empty()) break;
  }
  for (auto& [id, file] : files_) {
    try {
      file.writer->close();
    } catch (const record::RecordError& e) {
      report(e.what());
    }
    refresh(file);
  }
}

void ExamRecorder::handle(const core::Item& item) {
  if (const auto* added = std::get_if<core::StreamAdded>(&item)) {
    if (added->info.kind == core::StreamKind::waveform) known_[added->info.id] = added->info;
  } else if (const auto* chunk = std::get_if<core::ChunkPtr>(&item)) {
    if (known_.count((*chunk)->stream)) handle_chunk(**chunk);
  } else if (const auto* gap = std::get_if<core::Gap>(&item)) {
    if (const auto found = files_.find(gap->stream); found != files_.end()) found->second.gap_reason = gap->reason;
  } else if (const auto* event = std::get_if<core::Event>(&item)) {
    if (event->kind == core::EventKind::clock_doubted)
      if (const auto found = files_.find(event->stream); found != files_.end())
        found->second.writer->annotate(event->time_ns, -1, "device clock jumped; times by the station's clock");
    if (event->kind != core::EventKind::electrodes) return;
    for (auto& [id, file] : files_) {
      if (file.totals.info.device != event->device) continue;
      const std::string off = electrode_names(event->value[0] & event->value[1]);
      file.writer->annotate(event->time_ns, -1, off.empty() ? "electrodes on" : "electrodes off: " + off);
    }
  } else if (const auto* overflow = std::get_if<core::Overflow>(&item)) {
    if (const auto found = files_.find(overflow->stream); found != files_.end()) {
      const std::scoped_lock lock(mutex_);
      found->second.totals.missed_chunks += overflow->chunks;
    }
  }
}

ExamRecorder::File* ExamRecorder::open_file(const core::Chunk& chunk) {
  const auto& info = known_.at(chunk.stream);
  const auto path = folder_ / (info.device_kind + "-" + info.name + "-" + std::to_string(info.id) + ".bdf");
  File file;
  const auto spec = spec_of(info, facts_, core::to_unix_ns(chunk.time_ns));
  const auto id = info.id;
  file.writer = record::BdfWriter::create(path, spec, [this, id](std::uint64_t index, std::span<const std::byte> bytes) {
    auto& own = files_.at(id);
    own.chain.add(bytes);
    if (handlers_.record) handlers_.record(id, index, bytes);
  });
  file.reader = std::make_unique<record::BdfReader>(record::BdfReader::open(path));
  file.next_sample = file.first_sample = chunk.first_sample;
  file.totals.info = info;
  file.totals.path = path;
  file.totals.samples_per_record = file.writer->spec().samples_per_record;
  file.totals.first_sample_ns = chunk.time_ns;
  file.totals.second_zero_ns = chunk.time_ns - core::to_unix_ns(chunk.time_ns) % 1'000'000'000;
  const std::scoped_lock lock(mutex_);
  return &files_.emplace(id, std::move(file)).first->second;
}

void ExamRecorder::handle_chunk(const core::Chunk& chunk) {
  auto found = files_.find(chunk.stream);
  try {
    File* file = found == files_.end() ? nullptr : &found->second;
    if (!file) {
      file = open_file(chunk);
      if (handlers_.opened) handlers_.opened(file->totals.info, file->totals.samples_per_record);
    }
    if (chunk.first_sample > file->next_sample) {
      core::Gap gap;
      gap.stream = chunk.stream;
      gap.first_sample = file->next_sample - file->first_sample;
      gap.length = chunk.first_sample - file->next_sample;
      gap.time_ns = chunk.time_ns - record::grid_ns(file->totals.info.rate_hz, static_cast<std::int64_t>(gap.length));
      gap.reason = file->gap_reason.empty() ? "device lost samples" : file->gap_reason;
      file->writer->gap(gap.length, gap.reason);
      {
        const std::scoped_lock lock(mutex_);
        file->totals.gaps.push_back(gap);
      }
      if (handlers_.gap) handlers_.gap(gap);
    }
    file->gap_reason.clear();
    file->next_sample = chunk.first_sample + chunk.count;
    file->writer->append(chunk.time_ns, chunk.samples);
    last_problem_.clear();
    refresh(*file);
  } catch (const record::RecordError& e) {
    if (found != files_.end()) refresh(found->second);
    report(e.what());
  }
}

void ExamRecorder::refresh(File& file) {
  const std::scoped_lock lock(mutex_);
  auto& totals = file.totals;
  totals.recorded = file.writer->samples();
  totals.lost = file.writer->lost();
  totals.records = file.writer->records();
  totals.digest = record::hex(file.chain.digest());
}

// A full disk would otherwise say the same fifty times a second.
void ExamRecorder::report(const std::string& words) {
  if (words == last_problem_) return;
  last_problem_ = words;
  if (handlers_.problem) handlers_.problem(words);
}

std::vector<StreamTotals> ExamRecorder::totals() const {
  const std::scoped_lock lock(mutex_);
  std::vector<StreamTotals> all;
  for (const auto& [id, file] : files_) all.push_back(file.totals);
  return all;
}

std::optional<std::vector<std::byte>> ExamRecorder::record_bytes(core::StreamId stream, std::uint64_t index) const {
  const record::BdfReader* reader = nullptr;
  {
    const std::scoped_lock lock(mutex_);
    const auto found = files_.find(stream);
    if (found == files_.end() || index >= found->second.totals.records) return {};
    reader = found->second.reader.get();  // lives as long as the recorder; its reads are thread-safe
  }
  try {
    return reader->record_bytes(index);
  } catch (const record::RecordError&) {
    return {};
  }
}

std::uint64_t ExamRecorder::record_count(core::StreamId stream) const {
  const std::scoped_lock lock(mutex_);
  const auto found = files_.find(stream);
  return found == files_.end() ? 0 : found->second.totals.records;
}

}  // namespace caukham::station
