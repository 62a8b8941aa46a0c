// Who the patient is, the Vietnamese way: names without accents for searching, the numbers on the citizen
// card (CCCD), the older identity card (CMND), the health insurance card (BHYT), and the QR text of a CCCD.
// Pure functions, any thread.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace caukham::record {

bool valid_utf8(std::string_view);
// "Nguyễn Văn Á" to "Nguyen Van A": composed and decomposed letters, đ to d; other letters beyond ASCII
// become '?'.
std::string without_accents(std::string_view utf8);
// The same in lower case with single blanks: what names are compared by.
std::string fold_name(std::string_view utf8);

std::string digits_only(std::string_view);  // blanks, dots and hyphens taken out; anything else is kept
// Empty: fine. Otherwise a sentence for the person at the form. An empty value is fine too.
std::string why_not_cccd(std::string_view);        // 12 digits, 9 (CMND), or a passport's letter and 7 digits
std::string why_not_bhyt(std::string_view);        // 2 letters and 13 digits
std::string why_not_phone(std::string_view);       // 8 to 15 digits, a leading + allowed
std::string why_not_birth_date(std::string_view);  // "yyyy", "yyyy-mm" or "yyyy-mm-dd", 1850 to 2199

// "1980-05-02" from what people type: 2/5/1980, 02-05-1980, 02051980, 1980-05-02, 1980. Nothing: no date.
std::optional<std::string> parse_date(std::string_view);

struct CitizenCard {
  std::string cccd, old_id, name, birth_date, sex, address, issued;  // dates ISO; sex "M", "F" or "X"
};
// id|old id|name|ddmmyyyy|sex|address|ddmmyyyy. Nothing: not such a text. At most 1 kB is looked at.
std::optional<CitizenCard> parse_citizen_qr(std::string_view utf8);

}  // namespace caukham::record
