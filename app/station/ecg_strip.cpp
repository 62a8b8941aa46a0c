#include "station/ecg_strip.hpp"

#include <cmath>

#include "record/bdf_reader.hpp"
#include "record/bdf_writer.hpp"
#include "record/error.hpp"

namespace caukham::station {

namespace {

// Why samples are missing before this record: "gap 250 samples: unplugged" says it.
std::string reason_of(const record::BdfRecord& block) {
  for (const auto& remark : block.annotations)
    if (const auto colon = remark.text.find(": "); remark.text.starts_with("gap ") && colon != std::string::npos)
      return remark.text.substr(colon + 2);
  return "as in the recording";
}

void copy(const record::BdfReader& reader, record::WaveformSpec spec, std::uint64_t first, std::uint64_t count,
          const std::filesystem::path& strip) {
  const auto start_ns = reader.record(first).start_ns;
  spec.start_utc_ns += start_ns;
  const auto writer = record::BdfWriter::create(strip, spec);
  std::int64_t next = 0;  // grid sample the strip has come to
  for (auto k = first; k < count; ++k) {
    const auto block = reader.record(k);
    const auto at = record::grid_sample(spec.rate_hz, block.start_ns - start_ns);
    if (at > next) writer->gap(static_cast<std::uint64_t>(at - next), reason_of(block));
    std::vector<std::int32_t> interleaved;
    interleaved.reserve(block.valid * block.channels.size());
    for (std::uint32_t i = 0; i < block.valid; ++i)
      for (const auto& channel : block.channels) interleaved.push_back(channel[i]);
    writer->append(block.start_ns, interleaved);
    for (const auto& remark : block.annotations)
      if (!remark.text.empty() && !remark.text.starts_with("gap ")) writer->annotate(remark.onset_ns, -1, remark.text);
    next = at + block.valid;
  }
  writer->close();
}

}  // namespace

bool cut_strip(const std::filesystem::path& recording, const std::filesystem::path& strip, int seconds,
               std::int64_t until_ns) {
  const auto reader = record::BdfReader::open(recording);
  const auto& spec = reader.spec();
  auto count = reader.record_count();
  while (count > 0 && reader.record(count - 1).start_ns >= until_ns) --count;
  if (count == 0 || spec.channels.empty()) return false;
  const auto wanted = static_cast<std::uint64_t>(std::ceil(seconds * spec.rate_hz / spec.samples_per_record));
  try {
    copy(reader, spec, count > wanted ? count - wanted : 0, count, strip);
  } catch (const record::RecordError&) {
    std::error_code ignored;
    std::filesystem::remove(strip, ignored);
    throw;
  }
  return true;
}

}  // namespace caukham::station
