#include "station/backlog.hpp"

#include <catch2/catch.hpp>

#include "station/list.hpp"

using namespace caukham;
using record::Fault;
using record::RecordError;

TEST_CASE("what a full disk delays must be done later, in its order, and once") {
  std::vector<std::string> refused;
  station::Backlog backlog([&](const std::string& words) { refused.push_back(words); });
  std::vector<int> done;
  bool full = true;
  std::int64_t now = 0;
  for (int n = 0; n < 3; ++n)
    backlog.add(
        [&, n] {
          if (full) throw RecordError(Fault::full, "The disk is full.");
          done.push_back(n);
        },
        now);
  CHECK(done.empty());
  CHECK(backlog.size() == 3);
  CHECK(backlog.trouble() == "The disk is full.");
  CHECK_FALSE(backlog.broken());
  full = false;
  backlog.run(now + station::Backlog::again_ns - 1);  // not yet: a full disk is not asked ten times a second
  CHECK(done.empty());
  backlog.run(now + station::Backlog::again_ns);
  CHECK(done == std::vector<int>{0, 1, 2});
  CHECK(backlog.trouble().empty());
  CHECK(backlog.since_ns() == 0);
  CHECK(refused.empty());
}

TEST_CASE("what can never be stored must be said and must not stand in the way of the rest") {
  std::vector<std::string> refused;
  station::Backlog backlog([&](const std::string& words) { refused.push_back(words); });
  bool done = false;
  backlog.add([] { throw RecordError(Fault::refused, "This exam is closed."); }, 0);
  backlog.add([] { throw std::runtime_error("odd"); }, 0);
  backlog.add([&] { done = true; }, 0);
  CHECK(done);
  CHECK(refused == std::vector<std::string>{"This exam is closed.", "odd"});
}

TEST_CASE("a task that adds one must come before it, and trouble counts from its beginning") {
  station::Backlog backlog({});
  std::vector<int> done;
  backlog.add(
      [&] {
        backlog.add([&] { done.push_back(2); }, 0);
        done.push_back(1);
      },
      0);
  CHECK(done == std::vector<int>{1, 2});
  backlog.add([] { throw RecordError(Fault::corrupt, "damaged"); }, 5);
  backlog.run(5 + station::Backlog::again_ns);
  CHECK(backlog.since_ns() == 5);
  CHECK(backlog.broken());
  backlog.give_up();
  CHECK(backlog.empty());
  CHECK(backlog.trouble() == "damaged");  // still true, and still said
}

TEST_CASE("a list that was handed out must never change, and an unchanged one must not be copied") {
  station::List<int> list{1, 2};
  const auto handed = list;
  CHECK(handed.same(list));
  list.push_back(3);
  CHECK_FALSE(handed.same(list));
  CHECK(handed.size() == 2);
  CHECK(list.size() == 3);
  const auto* before = &list[0];
  list.edit()[0] = 9;  // nobody else has it: edited where it is
  CHECK(&list[0] == before);
  const auto again = list;
  list.clear();
  CHECK(again.size() == 3);
  CHECK(list.empty());
}
