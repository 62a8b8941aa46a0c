// All targets over their seeds, the crashes once found (corpus/TARGET-*), and seeded mutations: an ordinary unit test, for
// compilers without libFuzzer. `--list`, `--write-seeds DIR` and `--run TARGET FILE…` serve run.sh and people.
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <random>

#include "target.hpp"

namespace {

using namespace fuzz;

Seed read(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void mutate(Seed& s, std::mt19937& random, const std::vector<Seed>& seeds) {
  static constexpr std::string_view likely = "0123456789-+.,:;/\\\"'{}[]() \n\r\t\x14\x15%~";
  for (unsigned k = 0, n = 1 + random() % 6; k < n; ++k) {
    const std::size_t at = s.empty() ? 0 : random() % s.size();
    switch (random() % 8) {
      case 0: if (!s.empty()) s[at] = static_cast<std::uint8_t>(random()); break;
      case 1: if (!s.empty()) s[at] = static_cast<std::uint8_t>(likely[random() % likely.size()]); break;
      case 2: if (!s.empty()) s[at] ^= static_cast<std::uint8_t>(1u << random() % 8); break;
      case 3: s.insert(s.begin() + static_cast<std::ptrdiff_t>(at), 1 + random() % 4, static_cast<std::uint8_t>(random())); break;
      case 4: if (!s.empty()) s.erase(s.begin() + static_cast<std::ptrdiff_t>(at)); break;
      case 5: if (random() % 4 == 0) s.resize(at); break;
      case 6: if (s.size() - at >= 4) for (int i = 0; i < 4; ++i) s[at + static_cast<std::size_t>(i)] = random() % 2 ? 0xFF : 0; break;
      case 7: {
        const Seed& other = seeds[random() % seeds.size()];
        const std::size_t from = other.empty() ? 0 : random() % other.size();
        const std::size_t n2 = std::min<std::size_t>(other.size() - from, random() % 64);
        s.insert(s.begin() + static_cast<std::ptrdiff_t>(at), other.begin() + static_cast<std::ptrdiff_t>(from),
                 other.begin() + static_cast<std::ptrdiff_t>(from + n2));
        break;
      }
    }
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::string what = argc > 1 ? argv[1] : "";
  if (what == "--list") {
    for (const auto& [name, target] : targets()) std::cout << name << "\n";
    return 0;
  }
  if (what == "--write-seeds" && argc == 3) {
    for (const auto& [name, target] : targets()) {
      const std::filesystem::path folder = std::filesystem::path(argv[2]) / name;
      std::filesystem::create_directories(folder);
      int n = 0;
      for (const auto& s : target.seeds())
        std::ofstream(folder / ("seed-" + std::to_string(n++)), std::ios::binary).write(reinterpret_cast<const char*>(s.data()), static_cast<std::streamsize>(s.size()));
    }
    return 0;
  }
  if (what == "--run" && argc > 3) {
    const auto found = targets().find(argv[2]);
    if (found == targets().end()) return std::cerr << "no target " << argv[2] << "\n", 2;
    for (int i = 3; i < argc; ++i) found->second.run(read(argv[i]));
    return 0;
  }
  const std::filesystem::path corpus = what;
  std::size_t runs = 0, kept = 0;
  for (const auto& [name, target] : targets()) {
    auto seeds = target.seeds();
    must(!seeds.empty(), "every target has a seed");
    if (std::filesystem::is_directory(corpus))
      for (const auto& entry : std::filesystem::directory_iterator(corpus))
        if (entry.path().filename().string().starts_with(name + "-")) seeds.push_back(read(entry.path())), ++kept;
    std::cout << name << std::endl;  // before it runs: a crash is then somebody's
    for (const auto& s : seeds) target.run(s), ++runs;
    std::mt19937 random(20240811);
    for (int i = 0; i < 400; ++i, ++runs) {
      Seed s = seeds[static_cast<std::size_t>(i) % seeds.size()];
      mutate(s, random, seeds);
      target.run(s);
    }
  }
  std::cout << targets().size() << " targets, " << runs << " inputs, " << kept << " of them once found by fuzzing\n";
  return targets().size() < 10 ? 1 : 0;
}
