// Who may come in. Pure logic without clock, sockets or threads: time is handed in, so every rule is a unit
// test.
#pragma once
#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "session/meeting.hpp"

namespace caukham::session {

// Why somebody is not let in; `code` as in protocol.md, `text` translated, for the person knocking.
struct Refusal { std::string code, text; };

struct Knock {
  std::string secret, code;  // one of them is empty
  std::string name, organisation;
};

// One thread. Times are monotonic nanoseconds that never go back.
class Lobby {
 public:
  static constexpr std::int64_t second_ns = 1'000'000'000;
  static constexpr std::int64_t invitation_life_ns = 30 * 60 * second_ns;
  static constexpr std::int64_t wrong_window_ns = 60 * second_ns;
  static constexpr std::size_t wrong_per_address = 5;  // within the window, then that address waits
  static constexpr std::size_t wrong_codes_total =
      20;  // of one invitation, then its code is dead (not its link)
  static constexpr std::size_t max_guests = 64;         // of one exam, whoever they were
  static constexpr std::size_t max_waiting = 8;

  struct Invitation { std::string secret, code; };

  // A fresh secret (256 bit, base64url) and six-digit code. Every older one that is unused stops working.
  Invitation invite(std::int64_t now_ns);
  // The same with given words, for tests.
  void invite(Invitation invitation, std::int64_t now_ns);

  // The id of the new guest, in state knocking; or why not. A right secret or code is used up by this call.
  std::optional<std::string> knock(const std::string& address, const Knock& knock, std::int64_t now_ns,
                                   Refusal& why);
  // Admits one who is knocking; the token with which this guest may come back. Empty: nobody of that name
  // knocks.
  std::string admit(const std::string& id);
  bool refuse(const std::string& id);
  // Before the nurse decided the line broke: the guest is gone, and the invitation works again if it is still
  // the newest, since a doctor on a bad line must be able to use the link once more.
  void abandon(const std::string& id);
  // The guest who owns this token; he is admitted then. Nothing: see `why`.
  std::optional<std::string> resume(const std::string& address, const std::string& token, std::int64_t now_ns,
                                    Refusal& why);
  void away(const std::string& id);
  void left(const std::string& id);  // for good: the token dies
  void close();                      // the exam is over: nothing works any more

  const Guest* guest(const std::string& id) const;
  std::vector<Guest> guests() const;

 private:
  struct Entry {
    Guest guest;
    std::string token_hash;
    std::uint64_t invitation = 0;
  };
  struct Pair {
    std::uint64_t number = 0;
    std::string secret_hash, code;
    std::int64_t made_ns = 0;
    std::size_t wrong_codes = 0;
    bool used = false, replaced = false;
  };
  Entry* find(const std::string& id);
  bool blocked(const std::string& address, std::int64_t now_ns);
  void wrong(const std::string& address, std::int64_t now_ns);
  Pair* match(const Knock& knock);

  std::vector<Entry> entries_;
  std::deque<Pair> pairs_;  // the newest last; old ones only to say "used", at most 64
  std::map<std::string, std::deque<std::int64_t>> wrong_;
  std::uint64_t next_guest_ = 1, next_invitation_ = 1;
  bool closed_ = false;
};

}  // namespace caukham::session
