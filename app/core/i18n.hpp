// Words for people. English text is the key; catalogues are gettext .mo files read by Boost.Locale, so that no system
// locale has to be installed. Every key stands in app/po/vi.po; `meson test translations` names the missing ones.
#pragma once
#include <string>

namespace caukham::core {

// "vi" or "en". Loads the catalogue from `folder` (vi/LC_MESSAGES/caukham.mo below it); a missing one leaves
// English and returns false. Once at start and when the user changes it. [main thread, or before others translate]
bool set_language(const std::string& language, const std::string& folder);
// As asked for by set_language; "en" before. [main thread]
const std::string& language();

// Where the catalogues lie: CAUKHAM_LOCALE, else beside or above the program (build tree: app/po; installed:
// share/locale); "" when nowhere. [any thread]
std::string locale_folder();

// The text in the chosen language, UTF-8. [any thread]
std::string tr(const char* english);

// tr, then "{0}", "{1}", "{2}" replaced; what is put in is not searched again. [any thread]
std::string tr(const char* english, const std::string& a0);
std::string tr(const char* english, const std::string& a0, const std::string& a1);
std::string tr(const char* english, const std::string& a0, const std::string& a1, const std::string& a2);

// A number as the chosen language writes it: decimal comma in Vietnamese. `places` 0..9. [any thread]
std::string decimal(double value, int places);

// Marks a key that is stored in English and translated only when shown (Gap::reason: show it with tr(x.c_str())).
constexpr const char* tr_later(const char* english) { return english; }

}  // namespace caukham::core
