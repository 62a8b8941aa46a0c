#include "analysis/score/beats.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string_view>

namespace caukham::analysis::score {
namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max() / 4;

struct Beat {
  std::int64_t at = never;
  char kind = 0;
};

struct Episode {
  std::int64_t from = 0, to = never;
};

// The beats of a list, without those inside its flutter episodes; bounded by "never" on the right.
std::vector<Beat> beats_of(const std::vector<Mark>& marks, std::vector<Episode>& flutter) {
  std::vector<Beat> out;
  std::int64_t before = 0;
  bool fluttering = false;
  for (const auto& m : marks) {
    const auto at = static_cast<std::int64_t>(m.sample);
    if (at < before || at >= never) throw std::invalid_argument("The annotations are not in the order of time.");
    before = at;
    if (m.letter == '[' && !fluttering) flutter.push_back({at, never}), fluttering = true;
    if (m.letter == ']' && fluttering) flutter.back().to = at, fluttering = false;
    if (!fluttering && beat_class(m.letter)) out.push_back({at, beat_class(m.letter)});
  }
  return out;
}

bool inside(const std::vector<Episode>& episodes, std::int64_t at) {
  return std::any_of(episodes.begin(), episodes.end(), [&](const Episode& e) { return at >= e.from && at <= e.to; });
}

}  // namespace

char beat_class(char letter) {
  const auto in = [letter](std::string_view set) { return letter != '\0' && set.find(letter) != std::string_view::npos; };
  return in("NLRB") ? 'N' : in("aAJSejn") ? 'S' : in("VrE") ? 'V' : in("F") ? 'F' : in("/fQ?") ? 'Q' : '\0';
}

Count& Count::operator+=(const Count& o) {
  reference += o.reference, found += o.found, missed += o.missed, extra += o.extra;
  v_true += o.v_true, v_missed += o.v_missed, v_false += o.v_false;
  flutter_episodes += o.flutter_episodes, flutter_test_beats += o.flutter_test_beats;
  skipped_reference += o.skipped_reference;
  return *this;
}

double percent(std::uint64_t a, std::uint64_t b) {
  return a + b ? 100.0 * static_cast<double>(a) / static_cast<double>(a + b) : std::numeric_limits<double>::quiet_NaN();
}

Result compare(const std::vector<Mark>& reference, const std::vector<Mark>& test, double fs_hz, const Options& options) {
  if (!(fs_hz >= 1 && fs_hz <= 1e6)) throw std::invalid_argument("The sampling rate is not known.");
  if (!(options.window_s > 0 && options.window_s <= 1) || !(options.skip_s >= 0 && options.skip_s <= 1e6))
    throw std::invalid_argument("The match window or the learning period makes no sense.");
  Result out;
  auto& n = out.count;
  std::vector<Episode> flutter, test_flutter;
  const auto refs = beats_of(reference, flutter), tests = beats_of(test, test_flutter);
  n.flutter_episodes = flutter.size();
  const auto window = static_cast<std::int64_t>(options.window_s * fs_hz);  // whole samples, as bxb's strtim
  const auto start = static_cast<std::int64_t>(options.skip_s * fs_hz);
  const auto ref = [&](std::size_t i) { return i < refs.size() ? refs[i] : Beat{}; };
  const auto tst = [&](std::size_t i) { return i < tests.size() ? tests[i] : Beat{}; };
  const auto distance = [](std::int64_t a, std::int64_t b) { return std::abs(a - b); };
  const auto pair = [&](const Beat& r, const Beat& t) {
    ++n.reference, ++n.found;
    out.errors_s.push_back(static_cast<double>(t.at - r.at) / fs_hz);
    if (r.kind == 'V') ++(t.kind == 'V' ? n.v_true : n.v_missed);
    else if (t.kind == 'V' && (r.kind == 'N' || r.kind == 'S')) ++n.v_false;
  };
  const auto miss = [&](const Beat& r) {
    ++n.reference, ++n.missed;
    n.v_missed += r.kind == 'V';
  };
  const auto extra = [&](const Beat& t) {
    if (inside(flutter, t.at)) {
      ++n.flutter_test_beats;
      return;
    }
    ++n.extra;
    n.v_false += t.kind == 'V';
  };

  std::size_t i = 0, j = 0;
  while (i < refs.size() && refs[i].at < start) ++i;
  n.skipped_reference = i;
  while (j < tests.size() && tests[j].at < start) ++j;
  if (start > 0) {  // a test beat on the far side of the beginning may belong to the first reference beat, and vice versa
    if (j > 0 && i < refs.size() && ref(i).at - tests[j - 1].at <= window &&
        ref(i).at - tests[j - 1].at < distance(ref(i).at, tst(j).at)) {
      pair(ref(i), tests[j - 1]);
      ++i;
    } else if (tst(j).at - start <= window && distance(ref(i).at, tst(j + 1).at) < distance(ref(i).at, tst(j).at)) {
      ++j;
    }
  }
  while (i < refs.size() || j < tests.size()) {
    const Beat r = ref(i), r2 = ref(i + 1), t = tst(j), t2 = tst(j + 1);
    if (t.at < r.at) {
      // Within the window and nearer than the next test beat, unless that one has a nearer reference beat of its own.
      const auto d = distance(r.at, t2.at);
      if (r.at - t.at <= window && (r.at - t.at < d || distance(r2.at, t2.at) < d)) pair(r, t), ++i;
      else extra(t);
      ++j;
    } else {
      const auto d = distance(t.at, r2.at);
      if (t.at - r.at <= window && (t.at - r.at < d || distance(t2.at, r2.at) < d)) pair(r, t), ++j;
      else miss(r);
      ++i;
    }
  }
  return out;
}

Spread spread(std::vector<double> e) {
  Spread out;
  if (e.empty()) return out;
  const auto n = static_cast<double>(e.size());
  double sum = 0, squares = 0;
  for (double& v : e) sum += v *= 1000;
  out.mean_ms = sum / n;
  for (const double v : e) squares += (v - out.mean_ms) * (v - out.mean_ms);
  out.sd_ms = e.size() > 1 ? std::sqrt(squares / (n - 1)) : 0;
  const auto quantile = [](std::vector<double>& v, double q) {
    std::sort(v.begin(), v.end());
    const double at = q * static_cast<double>(v.size() - 1);
    const auto i = static_cast<std::size_t>(at);
    const double rest = at - static_cast<double>(i);
    return rest > 0 ? v[i] * (1 - rest) + v[i + 1] * rest : v[i];
  };
  out.median_ms = quantile(e, 0.5);
  for (double& v : e) v = std::abs(v);
  out.median_abs_ms = quantile(e, 0.5);
  out.p95_abs_ms = quantile(e, 0.95);
  return out;
}

}  // namespace caukham::analysis::score
