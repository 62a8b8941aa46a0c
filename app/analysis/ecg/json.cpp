#include "analysis/ecg/json.hpp"

#include <nlohmann/json.hpp>

#include "analysis/ecg/codes.hpp"
#include "analysis/rounding.hpp"

namespace caukham::analysis::ecg {
namespace {

using Json = nlohmann::ordered_json;

// A whole number is written as one ("160", not "160.0"), as a shortest-form printer of another language
// would.
Json rounded(double v, int decimals) {
  if (!(std::abs(v) < 1e12)) return nullptr;  // not finite, or nothing that was ever measured on a person
  const double r = round_to(v, decimals);
  if (decimals == 0) return static_cast<std::int64_t>(r);
  return r;
}

struct Writer {
  const JsonOptions& options;
  Json cannot_tell = Json::object();

  Json value(const std::string& path, const Measure& m, int decimals) {
    if (m.value)
      if (Json v = rounded(*m.value, decimals); !v.is_null()) return v;
    cannot_tell[path] = text(m.value ? Sentence{tr_later("The value is out of every range."), {}} : m.reason,
                             options.translate);
    return nullptr;
  }
  Json sentences(const std::vector<Sentence>& all) const {
    Json out = Json::array();
    for (const auto& s : all) out.push_back(text(s, options.translate));
    return out;
  }
};

Json mark(const Mark& m) {
  if (!m.ms) return nullptr;
  return {{"ms", rounded(*m.ms, 0)},
          {"leads", m.leads},
          {"spread_ms", rounded(m.spread_ms, 0)},
          {"confidence", rounded(m.confidence, 2)}};
}

Json quality(const EcgAnalysis& a, const Writer& w) {
  Json out = Json::object();
  for (const auto& q : a.quality)
    out[q.lead] = {{"usable", q.usable},
                   {"reasons", w.sentences(q.reasons)},
                   {"missing_part", rounded(q.missing_part, 4)},
                   {"flat_part", rounded(q.flat_part, 4)},
                   {"rail_part", rounded(q.rail_part, 4)},
                   {"wander_uv", rounded(q.wander_uv, 0)},
                   {"mains_hz", rounded(q.mains_hz, 0)},
                   {"mains_uv", rounded(q.mains_uv, 1)},
                   {"noise_uv", rounded(q.noise_uv, 1)},
                   {"qrs_uv", q.qrs_uv ? rounded(*q.qrs_uv, 0) : Json(nullptr)}};
  return out;
}

Json rhythm_json(const Rhythm& r) {
  const bool known = r.intervals >= 2;
  const auto number = [known](double v, int decimals) {
    return known ? rounded(v, decimals) : Json(nullptr);
  };
  Json out = {{"regularity", text(r.regularity)},
              {"beats", r.beats},
              {"ventricular", r.ventricular},
              {"intervals", r.intervals},
              {"mean_bpm", number(r.mean_bpm, 1)},
              {"min_bpm", number(r.min_bpm, 1)},
              {"max_bpm", number(r.max_bpm, 1)},
              {"longest_rr_ms", number(r.longest_rr_ms, 0)},
              {"sdnn_ms", number(r.sdnn_ms, 1)},
              {"rmssd_ms", number(r.rmssd_ms, 1)},
              {"reason", nullptr}};
  if (!r.reason.empty()) out["reason"] = r.reason;
  return out;
}

Json median_json(const EcgAnalysis& a, bool samples) {
  if (a.median.empty()) return nullptr;
  Json leads = Json::object();
  for (const auto& l : a.median.leads) {
    Json lead = {{"beats", l.beats}, {"noise_uv", l.uv.empty() ? Json(nullptr) : rounded(l.noise_uv, 1)}};
    if (samples) {
      lead["uv"] = Json::array();
      for (float v : l.uv) lead["uv"].push_back(rounded(static_cast<double>(v), 1));
    }
    leads[l.lead] = std::move(lead);
  }
  const auto& m = a.marks;
  return {{"beats", a.median.beats},
          {"of", a.median.of},
          {"type", std::string(1, static_cast<char>(a.median.type))},
          {"likeness", rounded(a.median.likeness, 3)},
          {"r_at", a.median.r_at},
          {"marks",
           {{"p_onset", mark(m.p_onset)},
            {"p_end", mark(m.p_end)},
            {"qrs_onset", mark(m.qrs_onset)},
            {"qrs_end", mark(m.qrs_end)},
            {"t_end", mark(m.t_end)}}},
          {"leads", std::move(leads)}};
}

Json code_list() {
  Json out = Json::object();
  for (const auto& c : codes) {
    Json one = {{"unit", c.ucum}};
    if (c.mdc) one["mdc"] = c.mdc, one["mdc_name"] = c.mdc_name;
    if (*c.loinc) one["loinc"] = c.loinc;
    out[c.path] = std::move(one);
  }
  return out;
}

}  // namespace

Json to_json(const EcgAnalysis& a, const JsonOptions& options) {
  Writer w{options};
  Json out;
  out["record"] = a.record;
  out["fs_hz"] = rounded(a.fs_hz, 3);
  out["samples"] = a.samples;
  out["leads"] = a.leads;
  out["computed_leads"] = a.computed;
  out["beats"] = Json::array();
  for (const auto& b : a.beats)
    out["beats"].push_back({{"sample", b.sample},
                            {"time_s", rounded(static_cast<double>(b.sample) / a.fs_hz, 4)},
                            {"type", std::string(1, static_cast<char>(b.type))}});
  out["heart_rate_bpm"] = w.value("heart_rate_bpm", a.heart_rate_bpm, 1);
  out["rr_s"] = w.value("rr_s", a.rr_s, 4);
  Json& i = out["intervals_ms"] = Json::object();
  i["pr"] = w.value("intervals_ms.pr", a.pr_ms, 0);
  i["qrs"] = w.value("intervals_ms.qrs", a.qrs_ms, 0);
  i["qt"] = w.value("intervals_ms.qt", a.qt_ms, 0);
  i["qtc_bazett"] = w.value("intervals_ms.qtc_bazett", a.qtc_bazett_ms, 0);
  i["qtc_fridericia"] = w.value("intervals_ms.qtc_fridericia", a.qtc_fridericia_ms, 0);
  i["qtc_framingham"] = w.value("intervals_ms.qtc_framingham", a.qtc_framingham_ms, 0);
  i["qtc_hodges"] = w.value("intervals_ms.qtc_hodges", a.qtc_hodges_ms, 0);
  i["p"] = w.value("intervals_ms.p", a.p_ms, 0);
  out["axis_deg"] = w.value("axis_deg", a.axis_deg, 0);
  out["p_axis_deg"] = w.value("p_axis_deg", a.p_axis_deg, 0);
  out["t_axis_deg"] = w.value("t_axis_deg", a.t_axis_deg, 0);
  Json& st = out["st_uv"] = Json::object();
  for (const auto& s : a.st) {
    const std::string path = "st_uv." + s.lead;
    st[s.lead] = {{"j", w.value(path + ".j", s.j_uv, 0)},
                  {"j60", w.value(path + ".j60", s.j60_uv, 0)},
                  {"j80", w.value(path + ".j80", s.j80_uv, 0)}};
  }
  out["rhythm"] = rhythm_json(a.rhythm);
  out["quality"] = quality(a, w);
  out["reversal_hint"] = Json::array();
  for (const auto& h : a.hints)
    out["reversal_hint"].push_back(
        {{"kind", code(h.kind)}, {"advice", text(h.advice, options.translate)}, {"because", h.because}});
  out["median_beat"] = median_json(a, options.median_beat);
  std::string filter = a.filter;
  for (const auto& t : a.treated) filter += "; " + text(t);
  out["filter"] = filter;
  out["algorithm"] = {{"name", a.name}, {"version", a.version}};
  out["codes"] = code_list();
  out["cannot_tell"] = std::move(w.cannot_tell);
  return out;
}

}  // namespace caukham::analysis::ecg
