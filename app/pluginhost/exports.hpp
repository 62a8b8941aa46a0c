// What a plugin's library exports, read from the file without loading a byte of it as code.
//
// boost::dll::library_info would be the portable way, but up to Boost 1.74 it reads an ELF file's link-time
// symbol table, which every packaged (stripped) library lacks, and neither format's reader is made for files of
// anybody. So both are read here, from the table the loader itself uses: posix/exports_elf.cpp, exports_pe.cpp.
#pragma once
#include <string>
#include <vector>

namespace caukham::pluginhost {

struct Exports {
  std::vector<std::string> plain;  // C names, without the linker's and compiler's own
  std::size_t mangled = 0;         // C++ names; harmless, counted
};

// Throws std::runtime_error, in words, when the file is not a library of this machine or is damaged.
Exports read_exports(const std::string& path);
// The same of a Windows library; portable, so that it is tested everywhere.
Exports read_pe_exports(const std::string& path);

}  // namespace caukham::pluginhost
