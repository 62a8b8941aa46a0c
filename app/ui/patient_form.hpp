// What a nurse types about a patient, checked before it reaches the record. No wx.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "station/desk.hpp"

namespace caukham::ui {

// "08/03/1979", "8/3/1979" or "1979" → "1979-03-08" / "1979". Nothing for a day that is not in the calendar,
// before 1900 or after `today` ("2026-11-21").
std::optional<std::string> read_birth_date(std::string_view text, std::string_view today);
// The other way, for people: "08/03/1979" or "1979"; empty for anything else.
std::string show_birth_date(const std::string& iso);
// Whole years on `today`; −1 when not known.
int age_years(const std::string& iso, const std::string& today);

// The identity card: 12 digits, or 9 of the old paper card.
bool cccd_ok(std::string_view text);
// The health insurance card: two letters and 13 digits, or the 10 digits of the social insurance number.
bool bhyt_ok(std::string_view text);
// 9 to 11 digits, "+84" allowed in front; spaces and dots are overlooked.
bool phone_ok(std::string_view text);

// The text in a CCCD's QR code: number|old number|name|ddmmyyyy|sex|address|ddmmyyyy. Nothing when it is not
// one.
std::optional<station::PatientCard> read_cccd_qr(std::string_view text, std::string_view today);

// English key of what is wrong first, for tr(); null when the form can be saved. `birth` is the text as
// typed.
const char* form_problem(const station::PatientCard& form, std::string_view birth, std::string_view today);

// One space between words, none at the ends.
std::string tidy(std::string_view text);

}  // namespace caukham::ui
