// How fast the analysis is, on this machine, in this run: seconds of signal a second of computing, for twelve leads at 1 kHz.
// Beside each stands what can be compared: a pass over the same memory that only adds, or the plain way of doing the same.
// argv[1]: minutes of signal, 60 unless told. Nothing passes or fails here; numbers of a busy machine say little.
#include <algorithm>
#include <array>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>

#include "analysis/ecg/analysis.hpp"
#include "analysis/ecg/detector.hpp"
#include "analysis/ecg/live.hpp"
#include "analysis/ecg/rhythm.hpp"
#include "analysis/spirometry/live.hpp"
#include "analysis/spirometry/session.hpp"
#include "devices/signals/ecgsyn.hpp"
#include "devices/signals/spirometry.hpp"
#include "devices/formats/wfdb/record.hpp"

using namespace caukham;
namespace ecg = analysis::ecg;

namespace {

constexpr int rate_hz = 1000;
volatile double sink = 0;  // what is computed must not be thrown away

double seconds_of(const std::function<void()>& work) {
  const auto begin = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

void row(const char* what, double signal_s, double took_s, const char* beside = "", double beside_s = 0) {
  std::printf("%-42s %9.3f s %12.0f x real time", what, took_s, signal_s / took_s);
  if (beside_s > 0) std::printf("   %s: %.3f s, %.1f times as long", beside, beside_s, took_s / beside_s);
  std::printf("\n");
  std::fflush(stdout);
}

struct Twelve {
  std::vector<std::vector<float>> uv;
  ecg::Recording view;
};

Twelve made(std::size_t samples) {
  devices::EcgSynParams p;
  p.beats = 512;
  p.noise_uv = 8;
  const auto loop = devices::ecgsyn(rate_hz, p);
  Twelve out;
  out.uv.assign(12, std::vector<float>(samples));
  for (std::size_t i = 0; i < samples; ++i) {
    const auto& l = loop.at(i);
    const float i_ = l[0], ii = l[1];
    const float twelve[12] = {i_, ii, ii - i_, -(i_ + ii) / 2, i_ - ii / 2, ii - i_ / 2, l[2], l[3], l[4], l[5], l[6], l[7]};
    for (std::size_t c = 0; c < 12; ++c) out.uv[c][i] = twelve[c];
  }
  static constexpr const char* names[] = {"I", "II", "III", "aVR", "aVL", "aVF", "V1", "V2", "V3", "V4", "V5", "V6"};
  out.view.fs_hz = rate_hz;
  for (std::size_t c = 0; c < 12; ++c) out.view.channels.push_back({names[c], out.uv[c]});
  return out;
}

// The least there is to do: every sample read once.
double one_pass(const Twelve& t) {
  return seconds_of([&] {
    double sum = 0;
    for (const auto& lead : t.uv)
      for (const float v : lead) sum += static_cast<double>(v);
    sink = sum;
  });
}

void ecg_rows(double minutes) {
  const auto samples = static_cast<std::size_t>(minutes * 60 * rate_hz);
  auto t = made(samples);
  const double signal_s = static_cast<double>(samples) / rate_hz, pass = one_pass(t);
  row("one pass that adds, 12 leads", signal_s, pass);

  auto copy = t.uv;
  row("filter 0.05-150 Hz + 50 Hz, zero phase", signal_s,
      seconds_of([&] { for (auto& lead : copy) (void)ecg::filter_zero_phase(ecg::FilterSpec::diagnostic(50), rate_hz, lead); }),
      "one biquad forward",
      seconds_of([&] {
        for (auto& lead : copy) {
          double z1 = 0, z2 = 0;
          for (float& x : lead) {
            const double y = 0.2 * static_cast<double>(x) + z1;
            z1 = 0.4 * static_cast<double>(x) + 0.3 * y + z2, z2 = 0.2 * static_cast<double>(x) - 0.1 * y;
            x = static_cast<float>(y);
          }
        }
      }));
  row("filter live, sample by sample", signal_s, seconds_of([&] {
        ecg::LiveFilter live(ecg::FilterSpec::diagnostic(50), rate_hz, 12);
        std::array<float, 12> frame{};
        for (std::size_t i = 0; i < samples; ++i) {
          for (std::size_t c = 0; c < 12; ++c) frame[c] = t.uv[c][i];
          live.push(frame);
          sink = static_cast<double>(frame[0]);
        }
      }));
  std::vector<ecg::Beat> beats;
  row("beats, offline", signal_s, seconds_of([&] { beats = ecg::detect_beats(t.view); }), "one pass", pass);
  std::size_t live_beats = 0, simple_beats = 0;
  const double live_s = seconds_of([&] {
    ecg::LiveDetector live(rate_hz, 12);
    std::array<float, 12> frame{};
    for (std::size_t i = 0; i < samples; ++i) {
      for (std::size_t c = 0; c < 12; ++c) frame[c] = t.uv[c][i];
      live_beats += live.push(frame).has_value();
    }
  });
  const double simple_s = seconds_of([&] {  // what a first try would be: slopes of all leads against a falling threshold
    double threshold = 100;
    std::size_t last = 0;
    for (std::size_t i = 20; i < samples; ++i) {
      double slope = 0;
      for (const auto& lead : t.uv) slope += std::abs(static_cast<double>(lead[i] - lead[i - 20]));
      if (slope > threshold && i > last + 250) last = i, ++simple_beats, threshold = slope;
      else threshold = std::max(100.0, threshold * 0.9995);
    }
  });
  row("beats, live", signal_s, live_s, "slopes and a threshold", simple_s);
  std::vector<ecg::LeadQuality> quality;
  row("quality of the leads", signal_s, seconds_of([&] { quality = ecg::measure_quality(t.view); }), "one pass", pass);
  std::vector<bool> usable;
  for (const auto& q : quality) usable.push_back(q.usable);
  row("median beat and its marks", signal_s, seconds_of([&] {
        const auto median = ecg::median_beat(t.view, beats, usable);
        sink = ecg::delineate(median, usable).qrs_onset.ms.value_or(0);
      }), "one pass", pass);
  row("rhythm", signal_s, seconds_of([&] { sink = ecg::rhythm(beats, rate_hz, ecg::gaps(t.view)).mean_bpm; }), "one pass", pass);
  row("everything (analyze)", signal_s, seconds_of([&] { sink = ecg::analyze(t.view).heart_rate_bpm.value.value_or(0); }), "one pass", pass);
  std::printf("  %zu beats offline, %zu live, %zu by slopes and a threshold\n", beats.size(), live_beats, simple_beats);
}

void spirometry_row() {
  // Twenty minutes of quiet breathing with a forced expiration in every minute.
  std::vector<float> flow;
  std::vector<double> volume;
  for (int i = 0; i <= 700; ++i) volume.push_back(4.5 * (1 - std::exp(-i / 100.0 / 0.6)));
  devices::WfCurve curve;
  curve.rate_hz = 100;
  curve.values = volume;
  const auto blow = devices::manoeuvre_from_curve(curve, 100);
  for (int minute = 0; minute < 20; ++minute) {
    for (std::size_t n = 0; n < 4500;) {
      const auto breath = devices::tidal_breath(100);
      flow.insert(flow.end(), breath.begin(), breath.end());
      n += breath.size();
    }
    flow.insert(flow.end(), blow.flow_lps.begin(), blow.flow_lps.end());
  }
  std::size_t blows = 0;
  const double pass = seconds_of([&] { double v = 0; for (const float f : flow) v += static_cast<double>(f) / 100; sink = v; });
  const double took = seconds_of([&] {
    for (const auto& b : analysis::spirometry::find_blows(flow, 100)) blows += analysis::spirometry::assess(b.blow, b.after_lps, 100).has_value();
  });
  std::size_t live_blows = 0;
  const double live_s = seconds_of([&] {  // as it comes from the device, a tenth of a second at a time
    analysis::spirometry::LiveTest live(100, 40.0);
    for (std::size_t i = 0; i + 10 <= flow.size(); i += 10) live_blows += live.push(std::span(flow).subspan(i, 10));
  });
  row("spirometry live", static_cast<double>(flow.size()) / 100, live_s, "volume alone", pass);
  row("spirometry: found, measured, judged", static_cast<double>(flow.size()) / 100, took, "volume alone", pass);
  std::printf("  %zu blows, live %zu changes of the session\n", blows, live_blows);
}

void wfdb_row() {
  constexpr std::size_t frames = 650'000;  // half an hour at 360 Hz, two leads: a record of the MIT-BIH database
  std::vector<std::uint8_t> bytes(frames * 3);
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * 2654435761u >> 7);
  const std::string header = "100 2 360 650000\n100.dat 212 200 11 1024 995 0 0 MLII\n100.dat 212 200 11 1024 1011 0 0 V5\n";
  const double took = seconds_of([&] {
    const auto r = formats::read_wfdb(header, [&](const std::string&) { return std::optional(bytes); });
    sink = static_cast<double>(r.physical[1][7]);
  });
  std::vector<std::uint8_t> copy(bytes.size());
  const double plain = seconds_of([&] { std::memcpy(copy.data(), bytes.data(), bytes.size()); sink = copy[copy.size() / 2]; });
  row("WFDB format 212, two leads", frames / 360.0, took, "memcpy of the file", plain);
}

}  // namespace

int main(int argc, char** argv) {
  const double minutes = argc > 1 ? std::atof(argv[1]) : 60;
  if (!(minutes >= 1 && minutes <= 600)) return std::printf("minutes of signal: 1 to 600\n"), 2;
  std::printf("twelve leads, %d Hz, %.0f minutes of synthetic ECG\n", rate_hz, minutes);
  ecg_rows(minutes);
  spirometry_row();
  wfdb_row();
  return 0;
}
