// A portable executable's export table, read as bytes and bounded: nothing of Windows' is asked, so that the reader runs, and
// is tested against anything, everywhere. (Microsoft's PE/COFF specification; numbers are little-endian.)
#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "pluginhost/exports.hpp"

namespace caukham::pluginhost {
namespace {

constexpr std::uint64_t max_file_bytes = std::uint64_t{512} << 20;
constexpr std::uint32_t max_symbols = 10000, max_name = 1024, max_sections = 96;
constexpr std::uint16_t machine_x86_64 = 0x8664, flag_dll = 0x2000, optional_pe32_plus = 0x20b;

class Image {
 public:
  explicit Image(const std::string& path) : path_(path), in_(std::filesystem::path(path), std::ios::binary | std::ios::ate) {
    if (!in_) refuse("cannot be opened");
    size_ = static_cast<std::uint64_t>(in_.tellg());
    if (size_ > max_file_bytes) refuse("is too large");
  }
  [[noreturn]] void refuse(const std::string& why) const { throw std::runtime_error(path_ + " " + why); }

  template <class T>
  T at(std::uint64_t offset) {
    T value;
    read(offset, &value, sizeof value);
    return value;
  }
  std::string text(std::uint64_t offset) {
    std::string out(offset < size_ ? std::min<std::uint64_t>(max_name + 1, size_ - offset) : 1, '\0');
    read(offset, out.data(), out.size());
    const auto end = out.find('\0');
    if (end == std::string::npos) refuse("is damaged: a name without an end");
    out.resize(end);
    return out;
  }

 private:
  void read(std::uint64_t offset, void* to, std::size_t bytes) {
    if (offset > size_ || size_ - offset < bytes) refuse("is damaged: it ends too early");
    in_.clear();
    in_.seekg(static_cast<std::streamoff>(offset));
    if (!in_.read(static_cast<char*>(to), static_cast<std::streamsize>(bytes))) refuse("cannot be read");
  }

  std::string path_;
  std::ifstream in_;
  std::uint64_t size_ = 0;
};

struct Section {
  std::uint32_t address, bytes, file_at;
};

// Where in the file lies what the loader puts at `address`.
std::uint64_t file_offset(const Image& image, const std::vector<Section>& sections, std::uint32_t address) {
  for (const auto& s : sections)
    if (address >= s.address && address - s.address < s.bytes) return std::uint64_t{s.file_at} + (address - s.address);
  image.refuse("is damaged: an address outside its sections");
}

}  // namespace

Exports read_pe_exports(const std::string& path) {
  Image image(path);
  if (image.at<std::uint16_t>(0) != 0x5A4D) image.refuse("is not a library");  // "MZ"
  const std::uint64_t head = image.at<std::uint32_t>(0x3C);
  if (image.at<std::uint32_t>(head) != 0x4550) image.refuse("is not a library");  // "PE"
  if (image.at<std::uint16_t>(head + 4) != machine_x86_64) image.refuse("is a library for another kind of computer");
  const std::uint32_t section_count = image.at<std::uint16_t>(head + 6), optional_bytes = image.at<std::uint16_t>(head + 20);
  if ((image.at<std::uint16_t>(head + 22) & flag_dll) == 0) image.refuse("is a program, not a library");
  const std::uint64_t optional = head + 24;
  if (image.at<std::uint16_t>(optional) != optional_pe32_plus || optional_bytes < 120 || section_count > max_sections)
    image.refuse("is damaged: impossible headers");
  std::vector<Section> sections;
  for (std::uint32_t i = 0; i < section_count; ++i) {
    const std::uint64_t s = optional + optional_bytes + 40u * i;
    sections.push_back({image.at<std::uint32_t>(s + 12), image.at<std::uint32_t>(s + 16), image.at<std::uint32_t>(s + 20)});
  }
  Exports out;
  if (image.at<std::uint32_t>(optional + 108) == 0) return out;  // no directories at all
  const auto table_address = image.at<std::uint32_t>(optional + 112);
  if (table_address == 0) return out;
  const auto table = file_offset(image, sections, table_address);
  const auto functions = image.at<std::uint32_t>(table + 20), names = image.at<std::uint32_t>(table + 24);
  if (names > max_symbols || functions > max_symbols) image.refuse("is damaged: impossible export table");
  if (functions > names) image.refuse("exports something without a name");
  if (names == 0) return out;
  const auto list = file_offset(image, sections, image.at<std::uint32_t>(table + 32));
  for (std::uint32_t i = 0; i < names; ++i) {
    std::string name = image.text(file_offset(image, sections, image.at<std::uint32_t>(list + 4u * i)));
    // Itanium names are gcc's and clang's, those with a question mark Microsoft's.
    if (name.starts_with("_Z") || name.starts_with("?"))
      ++out.mangled;
    else if (!name.empty())
      out.plain.push_back(std::move(name));
  }
  return out;
}

}  // namespace caukham::pluginhost
