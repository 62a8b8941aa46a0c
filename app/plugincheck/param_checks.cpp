// Parameters.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <random>
#include <set>

#include "ipc/messages.hpp"
#include "ipc/validate.hpp"
#include "plugincheck/bench.hpp"

namespace caukham::plugincheck {
namespace {

// An open device with parameters.
struct Params {
  explicit Params(Bench& bench) : b(bench) {
    b.need_open();
    table = b.params();
    if (!table) throw Skipped("it has no parameters");
    if (!table->count || !table->info || !table->get || !table->set || !table->text)
      throw Failed("a function of the parameter table is null");
    const std::uint32_t n = b.call("params.count", [&] { return table->count(b.device()); });
    if (n > ipc::max_params) throw Failed("it counts " + std::to_string(n) + " parameters; at most 64 are taken");
    for (std::uint32_t i = 0; i < n; ++i) {
      ck_param_info p{};
      p.size = sizeof p;
      const ck_result r = b.call("params.info", [&] { return table->info(b.device(), i, &p); });
      if (r < 0) throw Failed("info of parameter " + std::to_string(i) + " answers " + name(r));
      all.push_back(p);
    }
  }
  ck_result get(std::uint32_t id, double& value) {
    return b.call("params.get", [&] { return table->get(b.device(), id, &value); });
  }
  ck_result set(std::uint32_t id, double value) {
    return b.call("params.set", [&] { return table->set(b.device(), id, value); });
  }
  double now(const ck_param_info& p) {
    double value = std::numeric_limits<double>::quiet_NaN();
    if (const ck_result r = get(p.id, value); r < 0) throw Failed("get of \"" + ipc::text_of(p.name) + "\" answers " + name(r));
    return value;
  }
  bool allowed(const ck_param_info& p, double v) const {
    if (p.flags & CK_PARAM_LIST) return std::find(p.values, p.values + p.value_count, v) != p.values + p.value_count;
    return std::isfinite(v) && v >= p.minimum && v <= p.maximum;
  }
  std::vector<double> good_values(const ck_param_info& p) const {
    if (p.flags & CK_PARAM_LIST) return {p.values, p.values + std::min<std::uint32_t>(p.value_count, CK_MAX_VALUES)};
    return {p.minimum, p.maximum};
  }
  void valid() const {
    for (const ck_param_info& p : all)
      if (ipc::wrong_with(p)) throw Skipped("a description is not valid (test params_described tells why)");
  }

  Bench& b;
  const ck_device_params* table = nullptr;
  std::vector<ck_param_info> all;
};

void params_described(Bench& b) {
  Params params(b);
  std::set<std::uint32_t> ids;
  std::set<std::string> names;
  for (const ck_param_info& p : params.all) {
    if (const char* why = ipc::wrong_with(p)) throw Failed(why);
    const std::string called = p.name;
    if (ipc::clean_text(called) != called || ipc::clean_text(p.label) != p.label || ipc::clean_text(p.unit) != p.unit)
      throw Failed("a parameter's name, label or unit is not clean UTF-8");
    if (!ids.insert(p.id).second || !names.insert(called).second)
      throw Failed("two parameters share an id or the name \"" + called + "\"");
    if (p.label[0] == 0) throw Failed("the parameter \"" + called + "\" has no label for a person");
    b.note(called + " " + std::to_string(p.minimum) + " .. " + std::to_string(p.maximum) + " " + p.unit);
  }
}

void params_words(Bench& b) {
  Params params(b);
  params.valid();
  for (const ck_param_info& p : params.all) {
    const bool words = (p.flags & CK_PARAM_WORDS) != 0, text = (p.flags & CK_PARAM_TEXT) != 0;
    const std::string called = "\"" + ipc::text_of(p.name) + "\"";
    for (const double v : words ? params.good_values(p) : std::vector<double>{params.now(p)}) {
      char out[CK_NAME_SIZE + 16];
      std::memset(out, 0x55, sizeof out);
      const ck_result r = b.call("params.text", [&] { return params.table->text(b.device(), p.id, v, out); });
      if (std::any_of(out + CK_NAME_SIZE, out + sizeof out, [](char c) { return c != 0x55; }))
        throw Failed("text of " + called + " writes behind its 64 bytes");
      if (!words && !text) {
        if (r >= 0) throw Failed("text of " + called + ", which has neither WORDS nor TEXT, answers CK_OK; CK_E_UNSUPPORTED is the answer");
        continue;
      }
      if (r < 0) throw Failed("text of " + called + " for " + std::to_string(v) + " answers " + name(r));
      const std::string said(out, ::strnlen(out, CK_NAME_SIZE));
      if (said.empty() || said.size() == CK_NAME_SIZE || ipc::clean_text(said) != said)
        throw Failed("the words of " + called + " for " + std::to_string(v) + " are empty, unterminated or not clean UTF-8");
    }
  }
}

void params_recorded(Bench& b) {
  Params params(b);
  auto listed = b.manifest().recorded_params;
  for (const ck_param_info& p : params.all) {
    const std::string called = ipc::text_of(p.name);
    const auto it = std::find(listed.begin(), listed.end(), called);
    const bool recorded = (p.flags & CK_PARAM_RECORD) != 0;
    if (recorded != (it != listed.end()))
      throw Failed("\"" + called + "\" " + (recorded ? "belongs into the record and the manifest's \"params\" does not list it"
                                                     : "is listed in the manifest's \"params\" and is not marked RECORD"));
    if (it != listed.end()) listed.erase(it);
  }
}

void params_values(Bench& b) {
  Params params(b);
  params.valid();
  for (const ck_param_info& p : params.all)
    if (const double v = params.now(p); !params.allowed(p, v))
      throw Failed("\"" + ipc::text_of(p.name) + "\" is " + std::to_string(v) + ", which its own description does not allow");
  for (const ck_param_info& p : params.all)
    if (!(p.flags & CK_PARAM_TEXT) && !params.allowed(p, p.preset))
      throw Failed("the preset of \"" + ipc::text_of(p.name) + "\" is " + std::to_string(p.preset) + ", which its own description does not allow");
}

void params_set_get(Bench& b) {
  Params params(b);
  params.valid();
  for (const ck_param_info& p : params.all) {
    if (!(p.flags & CK_PARAM_SET) || (p.flags & CK_PARAM_ACTION)) continue;
    const double before = params.now(p);
    for (const double v : params.good_values(p)) {
      const std::string what = "\"" + ipc::text_of(p.name) + "\" to " + std::to_string(v);
      if (const ck_result r = params.set(p.id, v); r < 0) throw Failed("setting " + what + ", which is allowed, answers " + name(r));
      const double got = params.now(p);
      // It may be rounded to what the device can do; a listed value may not.
      const double rounding = p.flags & CK_PARAM_LIST ? 0 : std::max(p.step, 0.05 * (p.maximum - p.minimum));
      if (std::abs(got - v) > rounding + 1e-9)
        throw Failed("after setting " + what + " it is " + std::to_string(got));
    }
    params.set(p.id, before);
  }
}

void params_work(Bench& b) {
  Params params(b);
  params.valid();
  for (const ck_param_info& p : params.all) {
    if (ipc::text_of(p.name) != "rate_hz" || !(p.flags & CK_PARAM_SET)) continue;
    for (const double v : params.good_values(p)) {
      if (params.set(p.id, v) < 0) continue;
      const auto infos = b.infos();
      if (std::none_of(infos.begin(), infos.end(), [&](const auto& s) { return std::abs(s.rate_hz - v) < 0.01 * v; }))
        throw Failed("rate_hz was set to " + std::to_string(v) + " and no stream says that rate");
    }
    return;
  }
  throw Skipped("it has no parameter rate_hz that can be set");
}

void params_range(Bench& b) {
  Params params(b);
  params.valid();
  for (const ck_param_info& p : params.all) {
    if (!(p.flags & CK_PARAM_SET)) continue;
    const double before = params.now(p);
    std::vector<double> bad = {p.minimum - 1, p.maximum + 1, 1e300, -1e300, std::numeric_limits<double>::infinity(),
                               std::numeric_limits<double>::quiet_NaN()};
    if (p.flags & CK_PARAM_LIST) bad.push_back(p.minimum + 0.123456);
    for (const double v : bad) {
      if (params.allowed(p, v)) continue;
      const std::string what = "\"" + ipc::text_of(p.name) + "\" to " + std::to_string(v);
      if (const ck_result r = params.set(p.id, v); r != CK_E_INVALID)
        throw Failed("setting " + what + ", which is out of its range, answers " + name(r) + "; CK_E_INVALID is the answer");
      if (params.now(p) != before) throw Failed("setting " + what + " was refused, and changed the value");
    }
  }
}

void params_unknown(Bench& b) {
  Params params(b);
  std::set<std::uint32_t> ids;
  for (const ck_param_info& p : params.all) ids.insert(p.id);
  for (const std::uint32_t id : {0u, 0xFFFFFFFFu, 0x80000000u, 4242u}) {
    if (ids.count(id)) continue;
    double value = 0;
    if (params.get(id, value) >= 0) throw Failed("get answers CK_OK for parameter " + std::to_string(id) + ", which there is not");
    if (params.set(id, 1) >= 0) throw Failed("set answers CK_OK for parameter " + std::to_string(id) + ", which there is not");
  }
  for (const std::uint32_t index : {static_cast<std::uint32_t>(params.all.size()), 0xFFFFFFFFu}) {
    ck_param_info p{};
    p.size = sizeof p;
    if (b.call("params.info", [&] { return params.table->info(b.device(), index, &p); }) >= 0)
      throw Failed("info describes parameter number " + std::to_string(index) + ", which there is not");
  }
}

void params_readonly(Bench& b) {
  Params params(b);
  params.valid();
  bool any = false;
  for (const ck_param_info& p : params.all) {
    if (p.flags & CK_PARAM_SET) continue;
    any = true;
    if (const ck_result r = params.set(p.id, p.minimum); r != CK_E_UNSUPPORTED)
      throw Failed("\"" + ipc::text_of(p.name) + "\" cannot be set, and set answers " + name(r) + "; CK_E_UNSUPPORTED is the answer");
  }
  if (!any) throw Skipped("every parameter can be set");
}

void params_started(Bench& b) {
  Params params(b);
  params.valid();
  if (b.start() < 0) throw Skipped("it does not start (test start_stop tells why)");
  b.need_chunks(1);
  for (const ck_param_info& p : params.all) {
    params.now(p);
    if (!(p.flags & CK_PARAM_SET)) continue;
    const bool live = (p.flags & CK_PARAM_LIVE) != 0;
    const ck_result r = params.set(p.id, params.good_values(p)[0]);
    if (!live && r != CK_E_STATE)
      throw Failed("\"" + ipc::text_of(p.name) + "\" is not LIVE, and setting it while started answers " + name(r) +
                   "; CK_E_STATE is the answer");
    if (live && r < 0) throw Failed("\"" + ipc::text_of(p.name) + "\" is LIVE, and setting it while started answers " + name(r));
  }
  const std::size_t before = b.chunk_count();
  if (!b.until([&] { return b.chunk_count() > before; }, 5000)) throw TooSlow("after setting parameters nothing comes any more");
  b.stop();
}

void params_fuzz(Bench& b) {
  Params params(b);
  params.valid();
  std::mt19937_64 random(b.seed());
  for (int i = 0; i < 3000; ++i) {
    const ck_param_info& p = params.all[random() % params.all.size()];
    const std::uint64_t bits = random();
    double v;
    static_assert(sizeof v == sizeof bits);
    if (i % 2) std::memcpy(&v, &bits, sizeof v);
    else v = p.minimum + (p.maximum - p.minimum) * (static_cast<double>(bits % 2001) / 1000 - 0.5);
    const std::uint32_t id = i % 5 ? p.id : static_cast<std::uint32_t>(random());
    const bool known = std::any_of(params.all.begin(), params.all.end(), [&](const auto& q) { return q.id == id; });
    if (params.set(id, v) >= 0 && known && !params.allowed(p, params.now(p)))
      throw Failed("after random settings \"" + ipc::text_of(p.name) + "\" has a value its description does not allow (seed " +
                   std::to_string(b.seed()) + ")");
  }
  if (b.start() >= 0) {
    b.run_ms(100);
    b.stop();
  }
}

constexpr Check checks[] = {
    {"params_described", "Every parameter has an id, a name and words of its own, and a range that can be.", "params.md#describe", 60, params_described},
    {"params_recorded", "What belongs into the record of an examination is listed in the manifest, and nothing else.", "params.md#record", 60, params_recorded},
    {"params_values", "A value that is in force is one that its description allows.", "params.md#describe", 60, params_values},
    {"params_words", "Words for a value are there exactly where the flags promise them.", "params.md#describe", 60, params_words},
    {"params_set_get", "What is set is what is read back, at both ends of the range.", "params.md#set", 60, params_set_get},
    {"params_work", "A rate that is set is the rate the stream announces.", "params.md#set", 60, params_work},
    {"params_range", "A value out of range is refused and changes nothing.", "params.md#set", 60, params_range},
    {"params_unknown", "A parameter that does not exist is refused.", "params.md#set", 60, params_unknown},
    {"params_readonly", "What cannot be set says so.", "params.md#set", 60, params_readonly},
    {"params_started", "While started only LIVE parameters change, so that a recording means one thing from end to end.", "params.md#live", 60, params_started},
    {"params_fuzz", "Three thousand random settings leave every value allowed and the device alive.", "params.md#set", 60, params_fuzz},
};

}  // namespace

std::span<const Check> param_checks() { return checks; }

}  // namespace caukham::plugincheck
