// Breathing curves as text.
#include <catch2/catch.hpp>

#include "devices/formats/wf/wf.hpp"
#include "devices/signals/random.hpp"

using namespace caukham::formats;

namespace {

std::string file(const std::string& type, const std::string& rate, const std::vector<double>& values) {
  std::string out = "[Header]\r\nGroup=ATS24 \r\nName=01 \r\nType=" + type + " \r\nFreq=" + rate +
                    " \r\n\r\n[Parameters]\r\nFVC=6.000\r\nFEV1=4.262\r\nPEF=much\r\n\r\n[Data]\r\n";
  for (const double v : values) out += std::to_string(v) + "\r\n";
  return out;
}

const std::vector<double> rising = {0, 0.02, 0.05, 0.1, 0.2, 0.4, 0.6, 0.7, 0.75, 0.78};

}  // namespace

TEST_CASE("a waveform file must give its samples and the reference values that are numbers") {
  const auto c = parse_wf(file("VT", "100", rising));
  CHECK(c.name == "01");
  CHECK(c.rate_hz == 100);
  CHECK(c.volume_time);
  CHECK(c.fvc_l == 6);
  CHECK(c.fev1_l == 4.262);
  CHECK(c.pef_lps == 0);
  CHECK(c.values == rising);
  CHECK_FALSE(parse_wf(file("FT", "100", rising)).volume_time);
}

TEST_CASE("volume must become flow and flow volume, and a curve whose beginning was cut must keep all it exhaled") {
  const auto c = parse_wf(file("VT", "100", rising));
  const auto flow = wf_flow_lps(c);
  REQUIRE(flow.size() == rising.size() - 1);
  CHECK(flow[1] == Approx(3.0));
  auto back = c;
  back.volume_time = false;
  back.values.assign(flow.begin(), flow.end());
  const auto volume = wf_volume_l(back);
  REQUIRE(volume.size() == rising.size());
  for (std::size_t i = 0; i < volume.size(); ++i) CHECK(volume[i] == Approx(rising[i]).margin(1e-6));
  auto late = rising;
  late.erase(late.begin());
  const auto cut = parse_wf(file("VT", "100", [&] { late.push_back(0.79); return late; }()));
  CHECK(wf_volume_l(cut).front() == 0);
  CHECK(wf_flow_lps(cut).front() == Approx(2.0));
  CHECK(wf_flow_lps(cut).size() == cut.values.size());
}

TEST_CASE("a volume that begins above zero because the spirometer stood there must not count as breathed out") {
  for (const double stood_l : {0.0005, 0.05, 0.15, 0.3, 0.45}) {
    CAPTURE(stood_l);
    std::vector<double> rested(30, stood_l), at_once;
    for (const double v : rising) rested.push_back(stood_l + v), at_once.push_back(stood_l + (v - rising[0]) * (v < 0.1 ? 0.01 : 1));
    for (const auto& values : {rested, at_once}) {
      double breathed_l = 0;
      for (const float flow : wf_flow_lps(parse_wf(file("VT", "100", values)))) breathed_l += static_cast<double>(flow) / 100;
      CHECK(breathed_l == Approx(rising.back()).margin(1e-5));
    }
  }
}

TEST_CASE("a waveform file that Windows marked as UTF-8 must be read") {
  CHECK(parse_wf("\xEF\xBB\xBF" + file("VT", "100", rising)).values == rising);
}

TEST_CASE("a file that is no curve must be refused with the reason") {
  const std::vector<double> some(200, 0.5);
  const auto refuses = [](const std::string& text, const char* part) {
    CAPTURE(part);
    CHECK_THROWS_WITH(parse_wf(text), Catch::Contains(part));
  };
  refuses("", "no waveform file");
  refuses("Dear doctor,\nthe patient is well.\n", "no waveform file");
  refuses(std::string(5 * 1024 * 1024, 'x'), "4 MiB");
  refuses(file("XY", "100", some), "Type");
  refuses(file("VT", "fast", some), "Freq");
  refuses(file("VT", "5", some), "Freq");
  refuses(file("VT", "nan", some), "Freq");
  refuses("[Header]\nType=VT\n[Data]\n0\n1\n", "Freq");
  refuses(file("VT", "100", {}), "0 samples");
  refuses(file("VT", "100", {1.0}), "1 samples");
  refuses(file("VT", "100", std::vector<double>(50, 25.0)), "litres");
  refuses(file("FT", "100", std::vector<double>(50, 30.0)), "L/s");
  refuses(file("VT", "100", some) + "nan\n", "line 213: a number was expected");
  refuses(file("VT", "100", some) + "1,5\n", "number was expected");
  refuses(file("VT", "100", std::vector<double>(100'001, 0.5)), "100 000");
}

TEST_CASE("mutated and truncated waveform files must be read or refused") {
  const auto sound = file("VT", "100", rising);
  const std::uint64_t seed = 31;
  INFO("seed " << seed);
  caukham::devices::Random random(seed);
  for (int round = 0; round < 3000; ++round) {
    auto bad = sound.substr(0, random.below(static_cast<std::uint32_t>(sound.size() + 1)));
    for (int k = 0; k < 4 && !bad.empty(); ++k)
      bad[random.below(static_cast<std::uint32_t>(bad.size()))] = static_cast<char>(random.below(256));
    try {
      const auto c = parse_wf(bad);
      CHECK(c.values.size() >= 10);
      CHECK(wf_volume_l(c).front() >= -20);
    } catch (const WfError&) {
    }
  }
}
