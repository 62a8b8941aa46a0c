#include "station/spirometry_watch.hpp"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

#include "analysis/spirometry/report.hpp"
#include "core/i18n.hpp"

namespace caukham::station {
namespace {

namespace spirometry = analysis::spirometry;
using core::tr;
using core::tr_later;

constexpr const char* reference_set = "GLI2022";  // race-neutral; ERS/ATS 2022 recommends it
constexpr const char* reference_name = "GLI 2022";

// A failed criterion in the fewest words; its numbers stand in `analyze spirometry`.
const char* short_reason(const char* criterion) {
  const auto is = [&](const char* name) { return std::strcmp(criterion, name) == 0; };
  if (is("start_of_test")) return tr_later("slow start");
  if (is("zero_flow")) return tr_later("sensor not at zero");
  if (is("cough_first_second")) return tr_later("cough");
  if (is("glottic_closure_first_second") || is("glottic_closure_after_first_second")) return tr_later("throat closed");
  if (is("end_of_forced_expiration")) return tr_later("ended too early");
  if (is("fivc")) return tr_later("not breathed in fully");
  if (is("flow_in_range")) return tr_later("beyond the sensor's range");
  if (is("complete_recording")) return tr_later("cut off or too short");
  return criterion;
}

SpirometryCard::Use use_of(bool acceptable, bool usable) {
  return acceptable ? SpirometryCard::Use::acceptable : usable ? SpirometryCard::Use::usable : SpirometryCard::Use::none;
}

SpirometryCard card_of(const spirometry::RecordedBlow& recorded, const spirometry::Assessment& judged,
                       std::uint32_t number) {
  SpirometryCard card;
  card.manoeuvre = number;
  card.words = tr(words_of(judged.hints.front()));  // the gravest first; its second half says what to tell the patient
  card.fev1 = use_of(judged.acceptable.fev1, judged.usable.fev1);
  card.fvc = use_of(judged.acceptable.fvc, judged.usable.fvc);
  for (const auto& criterion : judged.criteria) {
    if (criterion.result != spirometry::Result::failed) continue;
    const auto reason = tr(short_reason(criterion.name));
    if (card.reasons.find(reason) == std::string::npos) card.reasons += (card.reasons.empty() ? "" : ", ") + reason;
  }
  if (!judged.measured()) return card;
  card.fvc_l = judged.numbers.fvc_l;
  card.fev1_l = judged.numbers.fev1_known ? judged.numbers.fev1_l : 0;
  card.pef_l_s = judged.numbers.pef_lps;
  card.fet_s = judged.numbers.fet_s;
  const auto options = spirometry::options_for(recorded.rate_hz);
  for (const auto& point : spirometry::loop_points(recorded.blow.flow_lps, recorded.rate_hz, options)) {
    card.time_s.push_back(static_cast<float>(point.time_s));
    card.volume_l.push_back(static_cast<float>(point.volume_l));
    card.flow_l_s.push_back(static_cast<float>(point.flow_lps));
  }
  return card;
}

}  // namespace

std::optional<double> age_at(const std::string& birth_date, std::int64_t unix_ns) {
  using namespace std::chrono;
  int y = 0;
  unsigned m = 7, d = 1;  // of a year alone: its middle
  const int read = std::sscanf(birth_date.c_str(), "%4d-%2u-%2u", &y, &m, &d);
  const year_month_day birth{year(y), month(m), day(d)};
  if ((read != 1 && read != 3) || y < 1880 || !birth.ok()) return std::nullopt;
  const auto now = floor<days>(sys_time<nanoseconds>(nanoseconds(unix_ns)));
  const double years = static_cast<double>((now - sys_days(birth)).count()) / 365.2425;
  return years >= 0 && years < 130 ? std::optional(years) : std::nullopt;
}

void SpirometryWatch::read_references(const std::filesystem::path& folder) {
  spirometry::ReferenceTables tables;
  std::ifstream in(folder / "gli2022.txt", std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), {});
  if (text.empty()) throw std::runtime_error(tr("The reference values for breathing are missing. Install Caukham again."));
  tables.add(text);
  const std::scoped_lock lock(mutex_);
  tables_ = std::move(tables);
}

void SpirometryWatch::clear() {
  const std::scoped_lock lock(mutex_);
  tests_.clear();
  order_.clear();
  found_.clear();
  breather_ = {};
  session_ = {};
}

void SpirometryWatch::set_patient(const Breather& breather) {
  const std::scoped_lock lock(mutex_);
  // What is looked for depends on the age; what was found already stays.
  if (spirometry::young(breather.age_years) != spirometry::young(breather_.age_years))
    std::erase_if(tests_, [](const auto& test) { return test.second.blows().empty(); });
  breather_ = breather;
  judge();
}

bool SpirometryWatch::add(const core::Chunk& chunk, const core::StreamInfo& info) {
  std::vector<float> flow;
  flow.reserve(chunk.samples.size());
  for (const auto s : chunk.samples) flow.push_back(static_cast<float>(s * info.scale + info.offset));
  const std::scoped_lock lock(mutex_);
  auto& test = tests_.try_emplace(info.id, info.rate_hz, breather_.age_years).first->second;
  if (chunk.lost) test.gap(chunk.lost);
  if (!test.push(flow)) return false;
  const auto mine = static_cast<std::size_t>(std::count(order_.begin(), order_.end(), info.id));
  for (auto n = mine; n < test.blows().size(); ++n) order_.push_back(info.id);
  judge();  // also when none is new: a blow's sentence may change when the breath in after it is known
  return true;
}

// The blows of all devices together: the patient is one.
void SpirometryWatch::judge() {
  found_.clear();
  session_ = {};
  std::vector<spirometry::RecordedBlow> blows;
  std::map<core::StreamId, std::size_t> taken;
  for (const auto stream : order_) blows.push_back(tests_.at(stream).blows().at(taken[stream]++));
  const auto judged = spirometry::judge(blows, breather_.age_years);
  if (judged.blows.size() != blows.size()) return;  // a blow without expiration: the finder gives none
  for (std::size_t n = 0; n < blows.size(); ++n)
    found_.push_back(card_of(blows[n], judged.blows[n], static_cast<std::uint32_t>(n + 1)));
  if (blows.empty()) return;
  session_.fev1_grade = judged.fev1_grade;
  session_.fvc_grade = judged.fvc_grade;
  if (!judged.hints.empty()) session_.hint = tr(words_of(judged.hints.front()));
  compare(judged);
}

void SpirometryWatch::compare(const spirometry::Session& judged) {
  std::string wanted;
  const auto need = [&](bool known, const char* what) {
    if (!known) wanted += (wanted.empty() ? "" : ", ") + tr(what);
  };
  need(breather_.age_years.has_value(), tr_later("the date of birth"));
  need(breather_.sex == "F" || breather_.sex == "M", tr_later("the sex"));
  need(breather_.height_cm > 0, tr_later("the height"));
  if (!wanted.empty()) session_.missing = tr("Enter {0} for predicted values.", wanted);
  else if (tables_.empty()) session_.missing = tr("The reference values for breathing are missing. Install Caukham again.");
  spirometry::Subject subject;
  subject.sex = breather_.sex == "F" ? spirometry::Sex::female : spirometry::Sex::male;
  subject.age_years = breather_.age_years.value_or(0);
  subject.height_cm = breather_.height_cm;
  bool refused = false;
  for (const auto& row : spirometry::compare(judged.best, tables_, reference_set, subject)) {
    const bool ratio = row.parameter == "FEV1FVC";
    SpirometrySession::Value value{ratio ? "FEV1/FVC" : row.parameter, ratio ? "" : "L", row.value, {}, {}};
    if (session_.missing.empty() && row.reference) {
      value.percent = row.reference->percent(row.value);
      value.z = row.reference->z(row.value);
    }
    refused = refused || !row.reference;
    session_.values.push_back(std::move(value));
  }
  if (session_.missing.empty() && refused)
    session_.missing = tr("The reference values are not made for this age or height.");
  if (session_.missing.empty()) session_.reference = reference_name;
}

std::vector<SpirometryCard> SpirometryWatch::manoeuvres() const {
  const std::scoped_lock lock(mutex_);
  return found_;
}

SpirometrySession SpirometryWatch::session() const {
  const std::scoped_lock lock(mutex_);
  return session_;
}

}  // namespace caukham::station
