// Recordings of small pictures whose content follows from their number.
#pragma once
#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "help.hpp"
#include "media/mkv_reader.hpp"
#include "media/mkv_writer.hpp"

namespace test {

using namespace caukham::media;

inline constexpr std::int64_t start = 77'000'000'000, ms = 1'000'000;

inline MkvSettings settings(const std::string& path) {
  MkvSettings s;
  s.path = path;
  s.width = 640;
  s.height = 480;
  s.start_ns = start;
  s.start_unix_us = 1'760'000'000'123'456;
  s.title = "otoscope";
  s.simulated = true;
  return s;
}

// Pictures by number, made once.
inline const Bytes& picture(std::uint32_t n) {
  static std::vector<Bytes> made;
  while (made.size() <= n) made.push_back(jpeg(static_cast<std::uint32_t>(made.size()), caukham::devices::Scene::ear));
  return made[n];
}

inline std::vector<MkvPicture> read_all(const std::string& path) {
  std::string error;
  auto reader = MkvReader::open(path, error);
  INFO(error);
  REQUIRE(reader);
  std::vector<MkvPicture> all;
  while (auto p = reader->next()) all.push_back(std::move(*p));
  return all;
}

}  // namespace test
