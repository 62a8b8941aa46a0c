#include "station/worker.hpp"

#include <atomic>
#include <catch2/catch.hpp>

#include "station/latency.hpp"

TEST_CASE("a worker finishes what was posted and what that posts, in order") {
  std::vector<int> done;
  caukham::station::Worker worker([] {}, std::chrono::milliseconds(1000));
  worker.start();
  worker.post([&] {
    done.push_back(1);
    worker.post([&] { done.push_back(3); });
  });
  worker.post([&] { done.push_back(2); });
  worker.stop();
  CHECK(done == std::vector<int>{1, 2, 3});
  worker.post([&] { done.push_back(4); });  // after the end: dropped, not run on somebody's thread
  CHECK(done.size() == 3);
}

TEST_CASE("percentiles are the upper edges of the milliseconds") {
  caukham::station::Latency latency;
  CHECK(latency.percentile_ms(0.5) == -1);
  for (int ms = 0; ms < 100; ++ms) latency.add_ns(ms * 1'000'000LL);
  CHECK(latency.percentile_ms(0.5) == 50);
  CHECK(latency.percentile_ms(0.95) == 95);
  latency.add_ns(-5);
  latency.add_ns(99'000'000'000LL);
  CHECK(latency.count() == 102);
  CHECK(latency.percentile_ms(1.0) == 10000);
}
