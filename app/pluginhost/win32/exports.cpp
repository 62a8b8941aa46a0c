#include "pluginhost/exports.hpp"

namespace caukham::pluginhost {

Exports read_exports(const std::string& path) { return read_pe_exports(path); }

}  // namespace caukham::pluginhost
