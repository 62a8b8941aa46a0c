#include "station/picture_watch.hpp"

#include <catch2/catch.hpp>
#include <future>

#include "devices/phantom/phantom.hpp"

using namespace caukham;
using Verdict = station::PictureCard::Verdict;

namespace {

constexpr std::int64_t ms = 1'000'000, second = 1000 * ms;

std::vector<std::uint8_t> scene(devices::Scene scene) {
  const auto bytes = devices::Phantom({.scene = scene}).jpeg(0);
  return {bytes.begin(), bytes.end()};
}
std::vector<std::uint8_t> ear() { return scene(devices::Scene::ear); }

media::PicturePtr decoded(std::int64_t time_ns) {
  static const auto jpeg = ear();
  media::MjpegDecoder decoder;
  return decoder.to_i420(jpeg, time_ns, 0);
}

media::PicturePtr dark(std::int64_t time_ns) {
  const auto picture = media::Picture::make(640, 480);
  std::fill(picture->bytes.begin(), picture->bytes.end(), std::uint8_t{128});
  std::fill_n(picture->y(), picture->offset_u(), std::uint8_t{17});
  picture->time_ns = time_ns;
  return picture;
}

// What is found about the next picture offered.
station::PictureCard looked_at(station::PictureWatch& watch, const media::PicturePtr& picture) {
  const auto before = watch.looks();
  watch.offer(4, picture);
  while (watch.looks() == before) std::this_thread::yield();
  return watch.card(4, picture->time_ns);
}

std::pair<station::PictureCard, std::string> judged(station::PictureWatch& watch, std::vector<std::uint8_t> jpeg,
                                                    std::int64_t time_ns, bool chart = false) {
  auto chunk = std::make_shared<core::Chunk>();
  chunk->stream = 4;
  chunk->time_ns = time_ns;
  chunk->picture = std::move(jpeg);
  std::promise<std::pair<station::PictureCard, std::string>> answer;
  watch.judge(4, chunk, chart, [&](const station::PictureCard& card, const std::string& json) { answer.set_value({card, json}); });
  return answer.get_future().get();
}

}  // namespace

TEST_CASE("a picture that is too dark must be called poor with what to do, and another sentence than a lit one") {
  station::PictureWatch watch;
  const auto lit = looked_at(watch, decoded(10 * second));
  const auto black = looked_at(watch, dark(11 * second));
  CHECK(black.verdict == Verdict::poor);
  CHECK_FALSE(black.sentence.empty());
  CHECK_FALSE(lit.sentence.empty());
  CHECK(lit.sentence != black.sentence);
}

TEST_CASE("what was found must not stand longer than the picture it was found in") {
  station::PictureWatch watch;
  const auto picture = dark(10 * second);
  looked_at(watch, picture);
  CHECK(watch.card(4, picture->time_ns + second).verdict == Verdict::poor);
  CHECK(watch.card(4, picture->time_ns + 3 * second).verdict == Verdict::unknown);
  CHECK(watch.card(5, picture->time_ns).sentence.empty());  // another camera
}

TEST_CASE("thirty pictures a second must lead to five looks a second at most, and to no waiting line") {
  station::PictureWatch watch;
  const auto picture = decoded(0);
  for (int n = 0; n < 90; ++n) {  // three seconds of a camera
    const auto next = std::make_shared<media::Picture>(*picture);
    next->time_ns = 10 * second + n * 33 * ms;
    watch.offer(4, next);
    if (n % 6 == 0) std::this_thread::yield();
  }
  looked_at(watch, decoded(20 * second));
  CHECK(watch.looks() <= 17);
}

TEST_CASE("a kept still must be judged as the camera sent it, and one that cannot be read must say so") {
  station::PictureWatch watch;
  const auto [card, json] = judged(watch, ear(), 10 * second);
  CHECK(card.sentence.size() > 3);
  for (const char* part : {"\"caukham-picture\"", "\"verdict\"", "\"findings\"", "\"sharpness\"", "\"glare\"", "\"motion\""})
    CHECK(json.find(part) != std::string::npos);
  // Movement is told when there was a look just before, and else said to be unknown.
  const auto unknown = json.substr(json.find("\"motion\""), 120);
  CHECK(unknown.find("null") != std::string::npos);
  looked_at(watch, decoded(20 * second));
  const auto moved = judged(watch, ear(), 20 * second + 100 * ms).second;
  CHECK(moved.substr(moved.find("\"motion\""), 120).find("null") == std::string::npos);

  const auto [none, error] = judged(watch, {1, 2, 3}, 30 * second);
  CHECK(none.verdict == Verdict::unknown);
  CHECK(error.find("cannot be decoded") != std::string::npos);
  CHECK(error.find("cannot_tell") != std::string::npos);
}

TEST_CASE("the colour chart beside a lesion must be found in its still, with what it is worth, and not be looked for in ears") {
  station::PictureWatch watch;
  const auto lesion = judged(watch, scene(devices::Scene::skin), 10 * second, true).second;
  CHECK(lesion.find("\"chart\"") != std::string::npos);
  CHECK(lesion.find("\"found\": true") != std::string::npos);
  CHECK(judged(watch, ear(), 20 * second).second.find("\"chart\"") == std::string::npos);
}
