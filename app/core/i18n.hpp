// Words for people. English text is the key; catalogues are gettext .mo files read by Boost.Locale, so that no system
// locale has to be installed.
#pragma once
#include <string>

namespace caukham::core {

// "vi" or "en". Loads the catalogue from `folder` (…/locale/vi/LC_MESSAGES/caukham.mo); a missing one leaves English.
// Once at start and when the user changes it. [main thread, or before others translate]
void set_language(const std::string& language, const std::string& folder);
const std::string& language();

// The text in the chosen language, UTF-8. [any thread]
std::string tr(const char* english);

// tr, then "{0}", "{1}" replaced. [any thread]
std::string tr(const char* english, const std::string& a0);
std::string tr(const char* english, const std::string& a0, const std::string& a1);

}  // namespace caukham::core
