#include "ui/patient_form.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdio>
#include <vector>

#include "core/i18n.hpp"

namespace caukham::ui {
namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool all_digits(std::string_view t) { return !t.empty() && std::all_of(t.begin(), t.end(), digit); }

int number(std::string_view t) {
  int n = 0;
  for (char c : t) n = n * 10 + (c - '0');
  return n;
}

int days_in(int year, int month) {
  static constexpr std::array<int, 12> days = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return month == 2 && leap ? 29 : days[static_cast<std::size_t>(month - 1)];
}

std::vector<std::string_view> split(std::string_view t, char by) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0;;) {
    const auto next = t.find(by, at);
    parts.push_back(t.substr(at, next - at));
    if (next == std::string_view::npos) return parts;
    at = next + 1;
  }
}

std::optional<std::string> date(int day, int month, int year, std::string_view today) {
  if (year < 1900 || year > 9999 || month < 1 || month > 12 || day < 1 || day > days_in(year, month))
    return {};
  std::array<char, 40> iso = {};
  std::snprintf(iso.data(), iso.size(), "%04d-%02d-%02d", year, month, day);
  std::string out = iso.data();
  if (out > today) return {};
  return out;
}
}  // namespace

std::string tidy(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
    if (!space)
      out += c;
    else if (!out.empty() && out.back() != ' ')
      out += ' ';
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::optional<std::string> read_birth_date(std::string_view text, std::string_view today) {
  const std::string t = tidy(text);
  if (t.size() == 4 && all_digits(t)) {
    if (number(t) < 1900 || t > today.substr(0, 4)) return {};
    return t;
  }
  for (char by : {'/', '-', '.'}) {
    const auto p = split(t, by);
    if (p.size() != 3) continue;
    if (!all_digits(p[0]) || !all_digits(p[1]) || !all_digits(p[2])) return {};
    if (p[0].size() > 2 || p[1].size() > 2 || p[2].size() != 4) return {};
    return date(number(p[0]), number(p[1]), number(p[2]), today);
  }
  if (t.size() == 8 && all_digits(t))
    return date(number(t.substr(0, 2)), number(t.substr(2, 2)), number(t.substr(4)), today);
  return {};
}

std::string show_birth_date(const std::string& iso) {
  if (iso.size() == 4 && all_digits(iso)) return iso;
  if (iso.size() != 10) return {};
  return iso.substr(8, 2) + "/" + iso.substr(5, 2) + "/" + iso.substr(0, 4);
}

int age_years(const std::string& iso, const std::string& today) {
  if (iso.size() < 4 || today.size() != 10 || !all_digits(std::string_view(iso).substr(0, 4))) return -1;
  int age = number(std::string_view(today).substr(0, 4)) - number(std::string_view(iso).substr(0, 4));
  if (iso.size() == 10 && today.substr(5) < iso.substr(5)) --age;
  return age < 0 || age > 130 ? -1 : age;
}

bool cccd_ok(std::string_view text) {
  const std::string t = tidy(text);
  return all_digits(t) && (t.size() == 9 || t.size() == 12);
}

bool bhyt_ok(std::string_view text) {
  std::string t;
  for (char c : text)
    if (c != ' ') t += c;
  if (t.size() == 10) return all_digits(t);
  const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0; };
  return t.size() == 15 && letter(t[0]) && letter(t[1]) && all_digits(std::string_view(t).substr(2));
}

bool phone_ok(std::string_view text) {
  std::string t;
  for (char c : text)
    if (c != ' ' && c != '.') t += c;
  if (t.starts_with("+84")) t.replace(0, 3, "0");
  return all_digits(t) && t.size() >= 9 && t.size() <= 11;
}

std::optional<station::PatientCard> read_cccd_qr(std::string_view text, std::string_view today) {
  if (text.size() > 1000) return {};
  const auto p = split(text, '|');
  if (p.size() < 6 || p.size() > 12 || !cccd_ok(p[0]) || tidy(p[2]).empty()) return {};
  const auto born = read_birth_date(p[3], today);
  if (!born) return {};
  station::PatientCard card;
  card.cccd = tidy(p[0]);
  card.name = tidy(p[2]);
  card.birth_date = *born;
  const std::string sex = tidy(p[4]);
  if (sex == "Nam")
    card.sex = "male";
  else if (sex == "N\u1eef" || sex == "Nu\u031b\u0303")
    card.sex = "female";  // NFC and NFD of "Nữ"
  return card;
}

const char* form_problem(const station::PatientCard& form, std::string_view birth, std::string_view today) {
  if (tidy(form.name).empty()) return core::tr_later("Please enter the full name.");
  if (tidy(birth).empty()) return core::tr_later("Please enter the date of birth, or only the year.");
  if (!read_birth_date(birth, today))
    return core::tr_later("This date of birth does not exist. Write day/month/year, for example 08/03/1979.");
  if (form.sex.empty()) return core::tr_later("Please choose male or female.");
  if (!form.cccd.empty() && !cccd_ok(form.cccd))
    return core::tr_later("The identity card number has 12 digits (old cards: 9).");
  if (!form.bhyt.empty() && !bhyt_ok(form.bhyt))
    return core::tr_later("The insurance card has 2 letters and 13 digits.");
  if (!form.phone.empty() && !phone_ok(form.phone))
    return core::tr_later("The phone number has 9 to 11 digits.");
  return nullptr;
}

}  // namespace caukham::ui
