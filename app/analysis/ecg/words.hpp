// Sentences the analysis says: an English key (as gettext wants it) and the numbers that go into it. This
// room does not translate; whoever shows a sentence does, with core::tr or any other function from key to
// text.
#pragma once
#include <functional>
#include <string>
#include <vector>

namespace caukham::analysis::ecg {

// Marks a key for the catalogue (packaging's xgettext knows the name); gives it back unchanged.
constexpr const char* tr_later(const char* english) { return english; }

struct Sentence {
  std::string key;                  // "{0}", "{1}" stand where the values go; empty: nothing to say
  std::vector<std::string> values;  // with units; the same in every language

  bool empty() const { return key.empty(); }
  bool operator==(const Sentence&) const = default;
};

using Translate = std::function<std::string(const std::string& key)>;  // empty function: English

// The whole sentence. Values are put in once and not searched again.
std::string text(const Sentence& sentence, const Translate& translate = {});

// "12", "-3.5": rounded to `decimals` and in its shortest form, with a point in every locale.
std::string number(double value, int decimals);

}  // namespace caukham::analysis::ecg
