#include "session/lobby.hpp"

#include <algorithm>

#include "core/i18n.hpp"
#include "session/identity.hpp"

namespace caukham::session {
namespace {

using core::tr;
using core::tr_later;

constexpr std::size_t max_addresses = 1024;
constexpr std::size_t max_pairs = 64;

std::string hash(const std::string& text) { return sha256(text.data(), text.size()); }

// Six digits, each value as likely as any other: what would fold unevenly is thrown away.
std::string random_code() {
  for (;;) {
    const auto bytes = random_bytes(4);
    const std::uint32_t value = std::uint32_t{bytes[0]} | std::uint32_t{bytes[1]} << 8 |
                                std::uint32_t{bytes[2]} << 16 | std::uint32_t{bytes[3]} << 24;
    if (value >= 4'294'000'000U) continue;  // the largest multiple of a million below 2^32
    auto digits = std::to_string(value % 1'000'000);
    return std::string(6 - digits.size(), '0') + digits;
  }
}

}  // namespace

Lobby::Invitation Lobby::invite(std::int64_t now_ns) {
  Invitation fresh{base64url(random_bytes(32)), {}};
  do {
    fresh.code = random_code();
  } while (std::any_of(pairs_.begin(), pairs_.end(), [&](const Pair& p) { return p.code == fresh.code; }));
  invite(fresh, now_ns);
  return fresh;
}

void Lobby::invite(Invitation invitation, std::int64_t now_ns) {
  for (auto& pair : pairs_) pair.replaced = true;
  Pair pair;
  pair.number = next_invitation_++;
  pair.secret_hash = hash(invitation.secret);
  pair.code = std::move(invitation.code);
  pair.made_ns = now_ns;
  pairs_.push_back(std::move(pair));
  if (pairs_.size() > max_pairs) pairs_.pop_front();
}

// Secrets are compared by their hashes and codes digit by digit, all of them every time: the answer's time
// says nothing.
Lobby::Pair* Lobby::match(const Knock& knock) {
  const bool by_secret = !knock.secret.empty();
  const auto wanted = by_secret ? hash(knock.secret) : knock.code;
  Pair* found = nullptr;
  for (auto& pair : pairs_)
    if (equal_in_constant_time(by_secret ? pair.secret_hash : pair.code, wanted)) found = &pair;
  return found;
}

bool Lobby::blocked(const std::string& address, std::int64_t now_ns) {
  const auto at = wrong_.find(address);
  if (at == wrong_.end()) return false;
  auto& times = at->second;
  while (!times.empty() && now_ns - times.front() >= wrong_window_ns) times.pop_front();
  if (times.empty()) wrong_.erase(at);
  else return times.size() >= wrong_per_address;
  return false;
}

void Lobby::wrong(const std::string& address, std::int64_t now_ns) {
  if (wrong_.size() >= max_addresses && !wrong_.count(address)) {
    auto oldest = wrong_.begin();
    for (auto it = wrong_.begin(); it != wrong_.end(); ++it)
      if (it->second.back() < oldest->second.back()) oldest = it;
    wrong_.erase(oldest);
  }
  wrong_[address].push_back(now_ns);
}

std::optional<std::string> Lobby::knock(const std::string& address, const Knock& knock, std::int64_t now_ns,
                                        Refusal& why) {
  const auto no = [&](const char* code, const char* text) {
    why = {code, tr(text)};
    return std::nullopt;
  };
  if (closed_) return no("closed", tr_later("This examination is closed."));
  if (blocked(address, now_ns))
    return no("too_many_tries", tr_later("Too many wrong tries. Wait a minute, then try again."));
  if (entries_.size() >= max_guests)
    return no("busy", tr_later("Too many people have been in this examination."));
  if (std::count_if(entries_.begin(), entries_.end(), [](const Entry& e) {
        return e.guest.state == Guest::State::knocking;
      }) >= static_cast<std::ptrdiff_t>(max_waiting))
    return no("busy", tr_later("Too many people are waiting at the door. Try again in a moment."));

  Pair* pair = match(knock);
  const bool by_code = knock.secret.empty();
  Pair* newest = pairs_.empty() ? nullptr : &pairs_.back();
  if (by_code && newest && newest->wrong_codes >= wrong_codes_total && (!pair || pair == newest)) {
    wrong(address, now_ns);
    return no("too_many_tries",
              tr_later("The code is locked after too many wrong tries. Ask the station for a new one."));
  }
  if (!pair) {
    wrong(address, now_ns);
    if (by_code && newest) ++newest->wrong_codes;
    return by_code
               ? no("wrong_code", tr_later("This code is not right. Ask the station to read it out again."))
               : no("wrong_code", tr_later("This link is not right. Ask the station to send it again."));
  }
  if (pair->used) {
    wrong(address, now_ns);
    return by_code
               ? no("used_code", tr_later("This code has been used already. Ask the station for a new one."))
               : no("used_code", tr_later("This link has been used already. Ask the station for a new one."));
  }
  if (pair->replaced || now_ns - pair->made_ns >= invitation_life_ns) {
    wrong(address, now_ns);
    return by_code
               ? no("expired_code", tr_later("This code is no longer valid. Ask the station for a new one."))
               : no("expired_code", tr_later("This link is no longer valid. Ask the station for a new one."));
  }
  pair->used = true;
  Entry entry;
  entry.guest = {"g" + std::to_string(next_guest_++), knock.name, knock.organisation, "consultant",
                 Guest::State::knocking};
  entry.invitation = pair->number;
  entries_.push_back(entry);
  return entry.guest.id;
}

std::string Lobby::admit(const std::string& id) {
  Entry* entry = find(id);
  if (!entry || closed_ || entry->guest.state != Guest::State::knocking) return {};
  const auto token = base64url(random_bytes(32));
  entry->token_hash = hash(token);
  entry->guest.state = Guest::State::admitted;
  return token;
}

bool Lobby::refuse(const std::string& id) {
  Entry* entry = find(id);
  if (!entry || entry->guest.state != Guest::State::knocking) return false;
  entry->guest.state = Guest::State::refused;
  return true;
}

void Lobby::abandon(const std::string& id) {
  Entry* entry = find(id);
  if (!entry || entry->guest.state != Guest::State::knocking) return;
  entry->guest.state = Guest::State::left;
  for (auto& pair : pairs_)
    if (pair.number == entry->invitation) pair.used = false;
}

std::optional<std::string> Lobby::resume(const std::string& address, const std::string& token,
                                         std::int64_t now_ns, Refusal& why) {
  if (closed_) {
    why = {"closed", tr("This examination is closed.")};
    return std::nullopt;
  }
  if (blocked(address, now_ns)) {
    why = {"too_many_tries", tr("Too many wrong tries. Wait a minute, then try again.")};
    return std::nullopt;
  }
  const auto wanted = hash(token);
  Entry* found = nullptr;
  for (auto& entry : entries_)
    if (!entry.token_hash.empty() && equal_in_constant_time(entry.token_hash, wanted)) found = &entry;
  if (!found) {
    wrong(address, now_ns);
    why = {"bad_token", tr("You are no longer in this examination. Ask the station for a new link.")};
    return std::nullopt;
  }
  found->guest.state = Guest::State::admitted;
  return found->guest.id;
}

void Lobby::away(const std::string& id) {
  Entry* entry = find(id);
  if (entry && entry->guest.state == Guest::State::admitted) entry->guest.state = Guest::State::away;
}

void Lobby::left(const std::string& id) {
  Entry* entry = find(id);
  if (!entry || entry->guest.state == Guest::State::refused) return;
  entry->guest.state = Guest::State::left;
  entry->token_hash.clear();
}

void Lobby::close() {
  closed_ = true;
  for (auto& entry : entries_) {
    entry.token_hash.clear();
    if (entry.guest.state != Guest::State::refused) entry.guest.state = Guest::State::left;
  }
}

Lobby::Entry* Lobby::find(const std::string& id) {
  const auto at =
      std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) { return e.guest.id == id; });
  return at == entries_.end() ? nullptr : &*at;
}

const Guest* Lobby::guest(const std::string& id) const {
  const Entry* entry = const_cast<Lobby*>(this)->find(id);
  return entry ? &entry->guest : nullptr;
}

std::vector<Guest> Lobby::guests() const {
  std::vector<Guest> all;
  for (const auto& entry : entries_) all.push_back(entry.guest);
  return all;
}

}  // namespace caukham::session
