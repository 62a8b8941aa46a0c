#include "station/ecg_strip.hpp"

#include <cmath>

#include "record/bdf_reader.hpp"
#include "record/bdf_writer.hpp"

namespace caukham::station {

bool cut_strip(const std::filesystem::path& recording, const std::filesystem::path& strip, int seconds) {
  const auto reader = record::BdfReader::open(recording);
  auto spec = reader.spec();
  const auto count = reader.record_count();
  const auto wanted = static_cast<std::uint64_t>(std::ceil(seconds * spec.rate_hz / spec.samples_per_record));
  if (count == 0 || spec.channels.empty()) return false;
  const auto first = count > wanted ? count - wanted : 0;

  const auto start_ns = reader.record(first).start_ns;
  spec.start_utc_ns += start_ns;
  const auto writer = record::BdfWriter::create(strip, spec);
  std::int64_t next = 0;  // grid sample the strip has come to
  for (auto k = first; k < count; ++k) {
    const auto block = reader.record(k);
    const auto at = record::grid_sample(spec.rate_hz, block.start_ns - start_ns);
    if (at > next) writer->gap(static_cast<std::uint64_t>(at - next), "as in the recording");
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
  return true;
}

}  // namespace caukham::station
