#include "station/exam_recorder.hpp"

#include <utility>

#include "core/clock.hpp"
#include "core/words.hpp"
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

}  // namespace

ExamRecorder::ExamRecorder(core::Hub& hub, std::filesystem::path folder, ExamFacts facts, Handlers handlers)
    : hub_(hub), folder_(std::move(folder)), facts_(std::move(facts)), handlers_(std::move(handlers)) {
  // Half an hour of 20 ms chunks may wait: a stalled disk must not cost a sample.
  inbox_ = hub_.subscribe({.waveform_chunks = 90000, .pictures = 0});
  thread_ = std::thread([this] { run(); });
}

ExamRecorder::~ExamRecorder() { finish(); }

void ExamRecorder::finish() {
  end();
  if (joined_.exchange(true)) return;
  thread_.join();
  hub_.unsubscribe(inbox_);
}

void ExamRecorder::run() {
  for (;;) {
    const bool last = ending_;
    const auto items = inbox_->take(last ? std::chrono::milliseconds(0) : patience);
    for (const auto& item : items) handle(item);
    for (auto& [id, file] : files_) write(file, 0, file.next_sample, [&] { file.writer->sync(); });
    if (last && items.empty()) break;
  }
  for (auto& [id, file] : files_) {
    write(file, 0, file.next_sample, [&] { file.writer->close(); });
    tell_refused(file);
    refresh(file);
  }
  done_ = true;
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
      const std::string off = core::electrodes_text(static_cast<std::uint32_t>(event->value[0] & event->value[1]));
      file.writer->annotate(event->time_ns, -1, off.empty() ? "electrodes on" : "electrodes off: " + off);
    }
  } else if (const auto* overflow = std::get_if<core::Overflow>(&item)) {
    if (const auto found = files_.find(overflow->stream); found != files_.end()) {
      found->second.gap_reason = core::gap_reason::recorder_late;
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
  try {
    file.reader = std::make_unique<record::BdfReader>(record::BdfReader::open(path));
  } catch (const record::RecordError&) {
    std::error_code ignored;
    std::filesystem::remove(path, ignored);  // else the next try would find it in its way
    throw;
  }
  file.next_sample = file.first_sample = chunk.first_sample;
  file.totals.info = info;
  file.totals.path = path;
  file.totals.samples_per_record = file.writer->spec().samples_per_record;
  file.totals.first_sample_ns = chunk.time_ns;
  file.totals.second_zero_ns = chunk.time_ns - core::to_unix_ns(chunk.time_ns) % 1'000'000'000;
  const std::scoped_lock lock(mutex_);
  return &files_.emplace(id, std::move(file)).first->second;
}

// Lets the writer do something and keeps the books: samples that the disk refused are a hole like any other, with
// their own reason, told when it is over. `declared_lost`: what the act itself reports as lost; `boundary`: grid number
// after the record that the act finishes.
template <class Act>
void ExamRecorder::write(File& file, std::uint64_t declared_lost, std::uint64_t boundary, Act act) {
  const auto lost_before = file.writer->lost(), records_before = file.writer->records();
  const char* why = nullptr;
  try {
    act();
  } catch (const record::RecordError& e) {
    why = e.fault() == record::Fault::full ? core::gap_reason::disk_full : core::gap_reason::disk_error;
    file.failing = true;
    report(e.what());
  }
  const auto lost = file.writer->lost() - lost_before;
  if (lost > declared_lost) {
    file.refused += lost - declared_lost;
    file.refused_all += lost - declared_lost;
    file.refused_end = boundary;
    if (why) file.refused_why = why;
  }
  if (file.writer->records() == records_before) return;
  tell_refused(file);
  if (!std::exchange(file.failing, false)) return;
  for (const auto& [id, other] : files_)
    if (other.failing) return;
  if (waiting_.empty()) report("");
}

void ExamRecorder::tell_refused(File& file) {
  if (file.refused == 0) return;
  add_gap(file, file.refused_end - file.refused, file.refused, file.refused_why);
  file.refused = 0;
}

// `at`: grid number of the stream.
void ExamRecorder::add_gap(File& file, std::uint64_t at, std::uint64_t length, const std::string& reason) {
  core::Gap gap;
  gap.stream = file.totals.info.id;
  gap.first_sample = at > file.first_sample ? at - file.first_sample : 0;
  gap.length = length;
  gap.time_ns = file.totals.first_sample_ns +
                record::grid_ns(file.totals.info.rate_hz,
                                static_cast<std::int64_t>(at) - static_cast<std::int64_t>(file.first_sample));
  gap.reason = reason;
  {
    const std::scoped_lock lock(mutex_);
    file.totals.gaps.push_back(gap);
  }
  if (handlers_.gap) handlers_.gap(gap);
}

void ExamRecorder::handle_chunk(const core::Chunk& chunk) {
  auto found = files_.find(chunk.stream);
  if (found == files_.end()) {
    try {
      File* made = open_file(chunk);
      if (handlers_.opened) handlers_.opened(made->totals.info, made->totals.samples_per_record);
    } catch (const record::RecordError& e) {
      waiting_.try_emplace(chunk.stream,
                           Waiting{chunk.first_sample, e.fault() == record::Fault::full ? core::gap_reason::disk_full
                                                                                        : core::gap_reason::disk_error});
      return report(e.what());
    }
    found = files_.find(chunk.stream);
    auto& file = found->second;
    if (const auto late = waiting_.find(chunk.stream); late != waiting_.end()) {
      const auto missed = chunk.first_sample - late->second.first_sample;
      write(file, missed, file.next_sample, [&] { file.writer->gap(missed, late->second.why); });
      if (missed) add_gap(file, late->second.first_sample, missed, late->second.why);
      waiting_.erase(late);
      file.failing = true;  // until the first record lies there: then it is said that all is well again
    }
  }
  auto& file = found->second;
  const std::uint64_t size = file.totals.samples_per_record;
  if (chunk.first_sample > file.next_sample) {
    const auto length = chunk.first_sample - file.next_sample;
    const auto reason = file.gap_reason.empty() ? std::string(core::gap_reason::device) : file.gap_reason;
    write(file, length, file.next_sample, [&] { file.writer->gap(length, reason); });
    file.in_record = 0;
    tell_refused(file);
    add_gap(file, file.next_sample, length, reason);
  }
  file.gap_reason.clear();
  file.in_record = (file.in_record + chunk.count) % size;
  file.next_sample = chunk.first_sample + chunk.count;
  write(file, 0, file.next_sample - file.in_record, [&] { file.writer->append(chunk.time_ns, chunk.samples); });
  refresh(file);
}

void ExamRecorder::refresh(File& file) {
  const std::scoped_lock lock(mutex_);
  auto& totals = file.totals;
  totals.recorded = file.writer->samples() - file.refused_all;
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
