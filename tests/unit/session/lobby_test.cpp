#include <catch2/catch.hpp>

#include "session/lobby.hpp"

using namespace caukham::session;

namespace {
constexpr auto s = Lobby::second_ns;
Knock by_code(std::string code, std::string name = "Dr Trần") {
  return {"", std::move(code), std::move(name), "Huế"};
}
Knock by_link(std::string secret, std::string name = "Dr Trần") {
  return {std::move(secret), "", std::move(name), "Huế"};
}
std::string why_not(Lobby& lobby, const Knock& knock, std::int64_t now,
                    const std::string& address = "10.0.0.9") {
  Refusal why;
  return lobby.knock(address, knock, now, why) ? "let in" : why.code;
}
}  // namespace

TEST_CASE("an invitation must have 256 bits of secret and six digits of code, new each time") {
  Lobby lobby;
  const auto a = lobby.invite(0), b = lobby.invite(0);
  CHECK(a.secret.size() == 43);
  CHECK(a.secret != b.secret);
  CHECK(a.code.size() == 6);
  CHECK(a.code.find_first_not_of("0123456789") == std::string::npos);
  CHECK(a.code != b.code);
}

TEST_CASE("who has the link or the code must knock, and come in only when the nurse admits") {
  Lobby lobby;
  const auto invitation = lobby.invite(0);
  Refusal why;
  const bool code = GENERATE(false, true);
  const auto id =
      lobby.knock("10.0.0.9", code ? by_code(invitation.code) : by_link(invitation.secret), s, why);
  REQUIRE(id);
  REQUIRE(lobby.guest(*id));
  CHECK(lobby.guest(*id)->state == Guest::State::knocking);
  CHECK(lobby.guest(*id)->name == "Dr Trần");
  const auto token = lobby.admit(*id);
  CHECK(token.size() == 43);
  CHECK(lobby.guest(*id)->state == Guest::State::admitted);
  CHECK(lobby.admit(*id).empty());
  CHECK_FALSE(lobby.refuse(*id));
}

TEST_CASE(
    "a link or code that was used must be answered with its own sentence, whichever of the two was used") {
  Lobby lobby;
  const auto invitation = lobby.invite(0);
  CHECK(why_not(lobby, by_link(invitation.secret), s) == "let in");
  CHECK(why_not(lobby, by_link(invitation.secret), 2 * s) == "used_code");
  CHECK(why_not(lobby, by_code(invitation.code), 3 * s) == "used_code");
  lobby.invite(4 * s);
  CHECK(why_not(lobby, by_code(invitation.code), 5 * s) == "used_code");
}

TEST_CASE("a new invitation must end the older unused one") {
  Lobby lobby;
  const auto old = lobby.invite(0), fresh = lobby.invite(s);
  CHECK(why_not(lobby, by_link(old.secret), 2 * s) == "expired_code");
  CHECK(why_not(lobby, by_code(old.code), 2 * s) == "expired_code");
  CHECK(why_not(lobby, by_code(fresh.code), 2 * s) == "let in");
}

TEST_CASE("an invitation nobody used must end after thirty minutes") {
  Lobby lobby;
  const auto invitation = lobby.invite(0);
  CHECK(why_not(lobby, by_link(invitation.secret), Lobby::invitation_life_ns) == "expired_code");
  const auto fresh = lobby.invite(0);
  CHECK(why_not(lobby, by_link(fresh.secret), Lobby::invitation_life_ns - 1) == "let in");
}

TEST_CASE("five wrong tries in a minute must make an address wait, and only that address") {
  Lobby lobby;
  lobby.invite({"secret", "123456"}, 0);
  for (int i = 0; i < 5; ++i) CHECK(why_not(lobby, by_code("000000"), i * s) == "wrong_code");
  CHECK(why_not(lobby, by_code("123456"), 6 * s) == "too_many_tries");
  CHECK(why_not(lobby, by_link("secret"), 6 * s) == "too_many_tries");
  CHECK(why_not(lobby, by_code("123456"), 60 * s) == "let in");  // the first of the five is a minute old
  lobby.invite({"secret2", "654321"}, 60 * s);
  CHECK(why_not(lobby, by_code("654321"), 60 * s, "10.0.0.10") == "let in");
}

TEST_CASE("twenty wrong codes from anywhere must lock the code but not the link until a new invitation") {
  Lobby lobby;
  lobby.invite({"secret", "123456"}, 0);
  for (int i = 0; i < 20; ++i)
    CHECK(why_not(lobby, by_code("000000"), 0, "10.0.1." + std::to_string(i)) == "wrong_code");
  CHECK(why_not(lobby, by_code("123456"), 0, "10.0.2.1") == "too_many_tries");
  SECTION("the link") { CHECK(why_not(lobby, by_link("secret"), 0, "10.0.2.2") == "let in"); }
  SECTION("a new invitation") {
    lobby.invite({"secret2", "654321"}, 0);
    CHECK(why_not(lobby, by_code("654321"), 0, "10.0.2.2") == "let in");
  }
}

TEST_CASE("a flood of addresses must not make the door forget all of them or grow without end") {
  Lobby lobby;
  lobby.invite({"secret", "123456"}, 0);
  for (int i = 0; i < 5; ++i) why_not(lobby, by_link("x"), 1000 + i, "the one");
  for (int i = 0; i < 1000; ++i) why_not(lobby, by_link("x"), i, "a" + std::to_string(i));
  CHECK(why_not(lobby, by_link("secret"), s, "the one") == "too_many_tries");
}

TEST_CASE("who hangs up before the nurse decided must be able to use the link again") {
  Lobby lobby;
  const auto invitation = lobby.invite(0);
  Refusal why;
  const auto first = lobby.knock("10.0.0.9", by_link(invitation.secret), s, why);
  REQUIRE(first);
  lobby.abandon(*first);
  CHECK(lobby.guest(*first)->state == Guest::State::left);
  CHECK(why_not(lobby, by_link(invitation.secret), 2 * s) == "let in");
}

TEST_CASE("an admitted guest must come back with the token, and nobody with another") {
  Lobby lobby;
  const auto invitation = lobby.invite(0);
  Refusal why;
  const auto id = lobby.knock("10.0.0.9", by_link(invitation.secret), s, why);
  const auto token = lobby.admit(*id);
  lobby.away(*id);
  CHECK(lobby.guest(*id)->state == Guest::State::away);
  CHECK(lobby.resume("10.0.0.77", token, 9 * s, why) == id);
  CHECK(lobby.guest(*id)->state == Guest::State::admitted);
  CHECK_FALSE(lobby.resume("10.0.0.78", token + "x", 9 * s, why));
  CHECK(why.code == "bad_token");
  CHECK_FALSE(lobby.resume("10.0.0.78", "", 9 * s, why));
  SECTION("until the guest was dismissed") {
    lobby.left(*id);
    CHECK_FALSE(lobby.resume("10.0.0.77", token, 10 * s, why));
    CHECK(why.code == "bad_token");
  }
  SECTION("until the exam is closed") {
    lobby.close();
    CHECK_FALSE(lobby.resume("10.0.0.77", token, 10 * s, why));
    CHECK(why.code == "closed");
    CHECK(lobby.guest(*id)->state == Guest::State::left);
    CHECK(why_not(lobby, by_code("123456"), 10 * s) == "closed");
  }
}

TEST_CASE("a refused guest must stay refused and hold no token") {
  Lobby lobby;
  const auto invitation = lobby.invite(0);
  Refusal why;
  const auto id = lobby.knock("10.0.0.9", by_link(invitation.secret), s, why);
  CHECK(lobby.refuse(*id));
  CHECK(lobby.admit(*id).empty());
  CHECK_FALSE(lobby.resume("10.0.0.9", "", 2 * s, why));
  lobby.left(*id);
  CHECK(lobby.guest(*id)->state == Guest::State::refused);
}

TEST_CASE("a crowd at the door must be kept small") {
  Lobby lobby;
  for (std::size_t i = 0; i < Lobby::max_waiting; ++i)
    CHECK(why_not(lobby, by_code(lobby.invite(0).code), 0) == "let in");
  CHECK(why_not(lobby, by_code(lobby.invite(0).code), 0) == "busy");
}
