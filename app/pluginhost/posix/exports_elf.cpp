// Layout: System V ABI, "Object Files" (gABI 4.1), 64-bit little endian.
#include <elf.h>

#include <cstring>
#include <fstream>
#include <stdexcept>

#include "pluginhost/exports.hpp"

namespace caukham::pluginhost {
namespace {

constexpr std::size_t max_file_bytes = 512u << 20;
constexpr std::size_t max_symbols = 1u << 20;

class File {
 public:
  explicit File(const std::string& path) : path_(path), stream_(path, std::ios::binary | std::ios::ate) {
    if (!stream_) refuse("cannot be read");
    size_ = static_cast<std::uint64_t>(stream_.tellg());
    if (size_ > max_file_bytes) refuse("is larger than a plugin may be");
  }
  [[noreturn]] void refuse(const char* why) const { throw std::runtime_error(path_ + " " + why); }
  void read(std::uint64_t offset, void* to, std::uint64_t bytes) {
    if (bytes > size_ || offset > size_ - bytes) refuse("is damaged: it points behind its own end");
    stream_.seekg(static_cast<std::streamoff>(offset));
    if (!stream_.read(static_cast<char*>(to), static_cast<std::streamsize>(bytes)))
      refuse("cannot be read to its end");
  }

 private:
  std::string path_;
  std::ifstream stream_;
  std::uint64_t size_ = 0;
};

bool is_toolchains_own(const std::string& name) {
  return name.starts_with("__") || name == "_init" || name == "_fini" || name == "_edata" || name == "_end";
}

}  // namespace

Exports read_exports(const std::string& path) {
  File file(path);
  Elf64_Ehdr head;
  file.read(0, &head, sizeof head);
  if (std::memcmp(head.e_ident, ELFMAG, SELFMAG) != 0) file.refuse("is not a library");
  if (head.e_ident[EI_CLASS] != ELFCLASS64 || head.e_ident[EI_DATA] != ELFDATA2LSB || head.e_type != ET_DYN)
    file.refuse("is not a library for this kind of computer");
#if defined(__x86_64__)
  if (head.e_machine != EM_X86_64) file.refuse("is a library for another kind of computer");
#elif defined(__aarch64__)
  if (head.e_machine != EM_AARCH64) file.refuse("is a library for another kind of computer");
#endif
  if (head.e_shentsize != sizeof(Elf64_Shdr) || head.e_shnum == 0)
    file.refuse("is damaged: no section table");
  std::vector<Elf64_Shdr> sections(head.e_shnum);
  file.read(head.e_shoff, sections.data(), sections.size() * sizeof(Elf64_Shdr));

  Exports out;
  for (const Elf64_Shdr& section : sections) {
    if (section.sh_type != SHT_DYNSYM) continue;
    const std::uint64_t count = section.sh_size / sizeof(Elf64_Sym);
    if (count > max_symbols || section.sh_link >= sections.size())
      file.refuse("is damaged: impossible symbol table");
    std::vector<Elf64_Sym> symbols(count);
    file.read(section.sh_offset, symbols.data(), count * sizeof(Elf64_Sym));
    const Elf64_Shdr& names = sections[section.sh_link];
    if (names.sh_size == 0 || names.sh_size > max_file_bytes)
      file.refuse("is damaged: impossible name table");
    std::string text(names.sh_size, '\0');
    file.read(names.sh_offset, text.data(), text.size());
    if (text.back() != '\0') file.refuse("is damaged: a name without an end");
    for (const Elf64_Sym& symbol : symbols) {
      if (symbol.st_shndx == SHN_UNDEF || ELF64_ST_BIND(symbol.st_info) == STB_LOCAL) continue;
      if (symbol.st_name >= text.size()) file.refuse("is damaged: a name outside the name table");
      std::string name = text.c_str() + symbol.st_name;
      if (name.starts_with("_Z"))
        ++out.mangled;
      else if (!name.empty() && !is_toolchains_own(name))
        out.plain.push_back(std::move(name));
    }
  }
  return out;
}

}  // namespace caukham::pluginhost
