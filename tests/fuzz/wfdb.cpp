#include <cmath>

#include "devices/signals/spirometry.hpp"
#include "devices/formats/wfdb/annotations.hpp"
#include "devices/formats/wfdb/record.hpp"
#include "target.hpp"

using namespace fuzz;
using namespace caukham;

namespace {

void header(Input bytes) {
  try {
    const auto h = formats::parse_wfdb_header(text(bytes));
    must(!h.signals.empty() && h.signals.size() <= 64, "1 to 64 signals");
    for (const auto& s : h.signals) must(s.file.find('/') == std::string::npos && s.gain != 0, "files beside the header, no gain of 0");
  } catch (const formats::WfdbError&) {
  }
}
std::vector<Seed> headers() {
  return {seed("100 2 360 650000\n100.dat 212 200 11 1024 995 -22131 0 MLII\n100.dat 212 200 11 1024 1011 20052 0 V5\n# 69 M\n"),
          seed("s 3 1000/50(2) 38400 10:00:00 1/1/1990\ns.dat 16x2:1+512 2000(-5)/mV 16 0 -489 0 0 i\ns.dat 16 0\nb.xyz 311\n")};
}
const Register header_target{"wfdb_header", header, headers};

// Header, FF 00, samples.
void record(Input bytes) {
  const auto parts = pieces(bytes);
  const Input samples = parts.size() > 1 ? bytes.subspan(parts[0].size() + 2) : Input{};
  try {
    const auto r = formats::read_wfdb(text(parts[0]), [&](const std::string& name) {
      return name[0] == '!' ? std::nullopt : std::optional(std::vector<std::uint8_t>(samples.begin(), samples.end()));
    });
    if (formats::parse_wfdb_master(text(parts[0]))) return;  // gaps are longer than their bytes: see segments()
    for (const auto& p : r.physical) must(p.size() <= samples.size() * 1000, "no more samples than the bytes hold");
  } catch (const formats::WfdbError&) {
  }
}
std::vector<Seed> records() {
  std::vector<Seed> out;
  for (const char* format : {"8", "16", "24", "32", "61", "80", "160", "212", "310", "311", "16x2:1+3"}) {
    auto s = seed("r 2 360 9\nr.dat " + std::string(format) + " 200 12 0 5 77 0 I\nr.dat " + std::string(format) + " 200(3)/uV\n");
    s.push_back(0xFF), s.push_back(0);
    for (int i = 0; i < 90; ++i) s.push_back(static_cast<std::uint8_t>(i * 37));
    out.push_back(std::move(s));
  }
  return out;
}
const Register record_target{"wfdb_record", record, records};

// A record of segments: its header, FF 00, a segment's header (or the layout's), FF 00, samples.
void segments(Input bytes) {
  const auto parts = pieces(bytes);
  const Input samples = parts.size() > 2 ? bytes.subspan(parts[0].size() + parts[1].size() + 4) : Input{};
  try {
    const auto r = formats::read_wfdb(text(parts[0]), [&](const std::string& name) {
      const Input of = name.ends_with(".hea") ? (parts.size() > 1 ? parts[1] : Input{}) : samples;
      return std::optional(std::vector<std::uint8_t>(of.begin(), of.end()));
    });
    std::size_t all = 0;
    for (const auto& p : r.physical) all += p.size();
    must(all <= 400'000'000 && r.physical.size() == r.header.signals.size(), "bounded, a list for each signal");
  } catch (const formats::WfdbError&) {
  }
}
std::vector<Seed> segment_files() {
  std::vector<Seed> out;
  for (const char* master : {"m/3 1 360 20\na 9\n~ 2\na 9\n", "m/2 1 360 9\nlayout 0\na 9\n"}) {
    auto s = seed(master);
    s.push_back(0xFF), s.push_back(0);
    for (const char c : std::string("a 1 360 9\na.dat 16 200 12 0 5 0 0 I\n")) s.push_back(static_cast<std::uint8_t>(c));
    s.push_back(0xFF), s.push_back(0);
    for (int i = 0; i < 18; ++i) s.push_back(static_cast<std::uint8_t>(i * 37));
    out.push_back(std::move(s));
  }
  return out;
}
const Register segment_target{"wfdb_segments", segments, segment_files};

void annotations(Input bytes) {
  try {
    auto a = formats::parse_annotations(bytes);
    must(a.list.size() <= bytes.size() / 2, "no more annotations than the bytes hold");
    // What was read can be written, when its times go forwards and its codes have room, and is then the same.
    std::vector<std::uint8_t> written;
    try {
      written = formats::encode_annotations(a);
    } catch (const formats::WfdbError&) {
      return;
    }
    const auto again = formats::parse_annotations(written);
    must(again.list.size() >= a.list.size(), "what was written is read");
    const std::size_t skip = again.list.size() - a.list.size();  // the clock's remark, when it stood elsewhere
    for (std::size_t i = 0; i < a.list.size(); ++i)
      must(again.list[i + skip].sample == a.list[i].sample && again.list[i + skip].code == a.list[i].code &&
               again.list[i + skip].subtype == a.list[i].subtype,
           "annotations come back as they were");
  } catch (const formats::WfdbError&) {
  }
}
std::vector<Seed> annotation_files() {
  formats::WfdbAnnotations a;
  for (const char letter : {'+', 'N', 'V', '~', '"', '[', ']'}) {
    formats::WfdbAnnotation one;
    one.letter = letter;
    one.sample = 70 + 900 * a.list.size();
    one.subtype = letter == '~' ? -1 : 0;
    one.channel = letter == 'V';
    one.aux = letter == '+' ? "(AFIB" : letter == '"' ? "TS" : "";
    a.list.push_back(one);
  }
  auto clocked = a;
  clocked.resolution_hz = 500;
  return {formats::encode_annotations(a), formats::encode_annotations(clocked)};
}
const Register annotation_target{"wfdb_annotations", annotations, annotation_files};

void wf(Input bytes) {
  try {
    const auto curve = formats::parse_wf(text(bytes));
    must(curve.values.size() <= 100'000, "bounded");
    for (const float v : formats::wf_flow_lps(curve)) must(std::isfinite(v), "flows are numbers");
    if (curve.values.size() < 5000)
      for (const float v : devices::manoeuvre_from_curve(curve, 100).flow_lps) must(std::isfinite(v), "flows are numbers");
  } catch (const formats::WfError&) {
  }
}
std::vector<Seed> curves() {
  return {seed("[Header]\r\nGroup=ATS24\r\nName=01\r\nType=VT\r\nFreq=100\r\n\r\n[Parameters]\r\nFVC=6.000\r\nFEV1=4.262\r\nPEF=6.497\r\n"
               "FEF2575=3.4\r\n\r\n[Data]\r\n0.0000\r\n0.0191\r\n0.0528\r\n1.2\r\n3.25\r\n4\r\n5\r\n5.5\r\n5.8\r\n6\r\n6\r\n"),
          seed("[Header]\nType=FT\nFreq=500\n[Data]\n0\n1\n4\n9\n7\n5\n3\n2\n1\n0.5\n0\n")};
}
const Register wf_target{"wf_curve", wf, curves};

}  // namespace
