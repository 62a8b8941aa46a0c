#include "analysis/ecg/words.hpp"

#include <charconv>

#include "analysis/rounding.hpp"

namespace caukham::analysis::ecg {

std::string text(const Sentence& sentence, const Translate& translate) {
  const std::string words = translate && !sentence.key.empty() ? translate(sentence.key) : sentence.key;
  std::string out;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] == '{' && i + 2 < words.size() && words[i + 2] == '}' && words[i + 1] >= '0' &&
        words[i + 1] <= '9') {
      const auto n = static_cast<std::size_t>(words[i + 1] - '0');
      if (n < sentence.values.size()) out += sentence.values[n];
      i += 2;
    } else {
      out += words[i];
    }
  }
  return out;
}

std::string number(double value, int decimals) {
  char buffer[64];
  const auto r =
      std::to_chars(buffer, buffer + sizeof buffer, round_to(value, decimals), std::chars_format::fixed);
  return r.ec == std::errc{} ? std::string(buffer, r.ptr) : std::string("?");
}

}  // namespace caukham::analysis::ecg
