// Parameters as a list of definitions: ids, ranges, lists, states are checked here, so that your getter and setter see
// only what is allowed. Made part of a device by Device::params().
#pragma once
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include "../ext/params.h"
#include "host.hpp"

namespace caukham::sdk {

struct Param {
  std::uint32_t id = 0;
  std::string name, label, unit;
  ck_param_flags flags = 0;  // CK_PARAM_SET comes from `set`, LIST from `values`, WORDS from `words`, TEXT from `text`
  double minimum = 0, maximum = 0, step = 0, preset = 0;  // minimum and maximum come from `values` where there are any
  std::vector<double> values;
  std::vector<std::string> words;  // one a value
  std::uint32_t stream = CK_WHOLE_DEVICE;
  std::function<double()> get;              // [main]
  std::function<ck_result(double)> set;     // [main]; of an allowed value, in an allowed state
  std::function<std::string()> text;        // [main]
};

class Params {
 public:
  void add(Param p) {
    if (p.set) p.flags |= CK_PARAM_SET;
    if (!p.values.empty()) {
      p.flags |= CK_PARAM_LIST;
      p.minimum = p.values.front();
      p.maximum = p.values.back();
    }
    if (!p.words.empty()) p.flags |= CK_PARAM_WORDS;
    if (p.text) p.flags |= CK_PARAM_TEXT;
    list_.push_back(std::move(p));
  }
  bool empty() const { return list_.empty(); }
  std::uint32_t count() const { return static_cast<std::uint32_t>(list_.size()); }

  ck_result info(std::uint32_t index, ck_param_info* out) const {
    if (index >= list_.size() || !out) return CK_E_INVALID;
    const Param& p = list_[index];
    ck_param_info info{};
    info.id = p.id;
    info.flags = p.flags;
    info.stream = p.stream;
    info.minimum = p.minimum;
    info.maximum = p.maximum;
    info.step = p.step;
    info.preset = p.preset;
    for (double value : p.values)
      if (info.value_count < CK_MAX_VALUES) info.values[info.value_count++] = value;
    set_text(info.name, p.name);
    set_text(info.label, p.label);
    set_text(info.unit, p.unit);
    to_wire(out, info);
    return CK_OK;
  }
  ck_result get(std::uint32_t id, double* value) const {
    const Param* p = find(id);
    if (!p || !value) return CK_E_INVALID;
    *value = p->get ? p->get() : 0;
    return CK_OK;
  }
  ck_result set(std::uint32_t id, double value, bool started) {
    const Param* p = find(id);
    if (!p) return CK_E_INVALID;
    if (!p->set) return CK_E_UNSUPPORTED;
    if (!std::isfinite(value) || value < p->minimum || value > p->maximum) return CK_E_INVALID;
    if (!p->values.empty() && index_of(*p, value) == p->values.size()) return CK_E_INVALID;
    if (started && (p->flags & CK_PARAM_LIVE) == 0) return CK_E_STATE;
    return p->set(value);
  }
  ck_result text(std::uint32_t id, double value, char* out) const {
    const Param* p = find(id);
    if (!p || !out) return CK_E_INVALID;
    if (p->text) return set_text(out, CK_NAME_SIZE, p->text()), CK_OK;
    if (p->words.empty()) return CK_E_UNSUPPORTED;
    const std::size_t index = index_of(*p, value);
    if (index >= p->words.size()) return CK_E_INVALID;
    return set_text(out, CK_NAME_SIZE, p->words[index]), CK_OK;
  }

 private:
  const Param* find(std::uint32_t id) const {
    for (const Param& p : list_)
      if (p.id == id) return &p;
    return nullptr;
  }
  static std::size_t index_of(const Param& p, double value) {
    std::size_t i = 0;
    while (i < p.values.size() && !(p.values[i] <= value && p.values[i] >= value)) ++i;
    return i;
  }
  std::vector<Param> list_;
};

}  // namespace caukham::sdk
