// A whole WFDB record, of one segment or of many: header and every samples' file it names. The only place of this folder that opens files.
#pragma once
#include <functional>
#include <optional>
#include <string>

#include "devices/formats/wfdb/samples.hpp"

namespace caukham::formats {

struct WfdbRecord {
  WfdbHeader header;
  std::vector<std::vector<float>> physical;  // [signal], NaN: no sample; empty when its file is missing
  std::vector<std::string> warnings;         // in words: files that are missing or shorter than the header says
};

// The bytes of a file beside the header; nullopt when there is none.
using WfdbFiles = std::function<std::optional<std::vector<std::uint8_t>>(const std::string& name)>;

// Of a record of segments one long one is made; its gaps are NaN. Throws WfdbError: the header is not one, a format is not read, or no signal has a single sample.
WfdbRecord read_wfdb(std::string_view header_text, const WfdbFiles& files);

// `path` with or without `.hea`. Throws WfdbError also when files cannot be read or are larger than `max_file_bytes`.
WfdbRecord load_wfdb(const std::string& path, std::uint64_t max_file_bytes = 1ull << 30);

}  // namespace caukham::formats
