// caukham-sign: keys and signatures of plugins.
#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "trust/trust.hpp"

namespace {
using namespace caukham;

constexpr const char* usage =
    "caukham-sign: keys and signatures of device plugins\n"
    "\n"
    "  caukham-sign keygen --secret FILE --key FILE.key --vendor NAME\n"
    "      makes a key pair: keep the secret file to yourself, give the .key file to your users\n"
    "  caukham-sign sign FOLDER --secret FILE [--file NAME]...\n"
    "      signs the plugin in FOLDER (its manifest, its libraries, and further files by name): writes FOLDER/plugin.sig\n"
    "  caukham-sign verify FOLDER --keys KEYS\n"
    "      judges the plugin as a station with the keys of the folder KEYS would; exit code 0 when it is trusted\n";

struct Arguments {
  std::vector<std::string> words, files;
  std::string secret, key, vendor, keys;
  bool station = false, keep = false;  // for the build's own key: not for vendors, so not in the usage
};

bool read(int argc, char** argv, Arguments& a) {
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    std::string* into = name == "--secret" ? &a.secret
                        : name == "--key"  ? &a.key
                        : name == "--vendor" ? &a.vendor
                        : name == "--keys" ? &a.keys
                                           : nullptr;
    if (name == "--station") {
      a.station = true;
    } else if (name == "--keep") {
      a.keep = true;
    } else if (!into && name != "--file") {
      if (name.starts_with("--")) return false;
      a.words.push_back(name);
    } else if (++i == argc) {
      return false;
    } else if (into) {
      *into = argv[i];
    } else {
      a.files.emplace_back(argv[i]);
    }
  }
  return !a.words.empty();
}

bool exists(const std::string& file) {
  std::error_code error;
  return std::filesystem::exists(file, error);
}

int run(const Arguments& a) {
  const bool one = a.words.size() == 1, two = a.words.size() == 2;
  if (a.words[0] == "keygen" && one && !a.secret.empty() && !a.key.empty() && !a.vendor.empty()) {
    if (a.keep && exists(a.secret) && exists(a.key)) return 0;
    trust::make_key(a.secret, a.key, a.vendor, a.station);
    std::printf("The secret key is %s: keep it to yourself, and a copy in a safe.\nThe public key is %s.\n",
                a.secret.c_str(), a.key.c_str());
    return 0;
  }
  if (a.words[0] == "sign" && two && !a.secret.empty()) {
    std::printf("%s\n", trust::sign(trust::subject_of(a.words[1]), a.secret, a.files).string().c_str());
    return 0;
  }
  if (a.words[0] == "verify" && two && !a.keys.empty()) {
    const auto keys = trust::Keys::read(a.keys);
    for (const auto& problem : keys.problems()) std::fprintf(stderr, "caukham-sign: %s\n", problem.c_str());
    const auto verdict = trust::judge(trust::subject_of(a.words[1]), keys);
    std::printf("%s: %s\n", std::string(trust::name_of(verdict.state)).c_str(), verdict.words.c_str());
    return verdict.state == trust::State::trusted ? 0 : 1;
  }
  std::fputs(usage, stderr);
  return 2;
}
}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  if (argc > 1 && (std::string(argv[1]) == "--help" || std::string(argv[1]) == "-h")) return std::fputs(usage, stdout), 0;
  if (!read(argc, argv, arguments)) return std::fputs(usage, stderr), 2;
  try {
    return run(arguments);
  } catch (const std::exception& e) {
    std::fprintf(stderr, "caukham-sign: %s\n", e.what());
    return 1;
  }
}
