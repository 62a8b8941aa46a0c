// Finds forced manoeuvres in the flow that arrives, judges those of the open exam one by one and together, and compares
// them with what is predicted for the patient.
#pragma once
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <vector>

#include "analysis/spirometry/live.hpp"
#include "analysis/spirometry/reference.hpp"
#include "core/types.hpp"
#include "station/desk.hpp"

namespace caukham::station {

// Of whom the flow comes; what is not known is said where it is missed.
struct Breather {
  std::optional<double> age_years;
  std::string sex;       // "F", "M", else not known
  double height_cm = 0;  // 0: not known
};

// Years between a date of birth ("1979-03-08"; "1979" counts from the middle of the year) and a moment; nothing when it
// is no date, or lies after it.
std::optional<double> age_at(const std::string& birth_date, std::int64_t unix_ns);

class SpirometryWatch {  // [any thread] unless said otherwise
 public:
  // The folder of the reference tables. Throws std::runtime_error in words; then there are no predicted values.
  void read_references(const std::filesystem::path& folder);
  void clear();  // a new exam
  void set_patient(const Breather& breather);
  bool add(const core::Chunk& chunk, const core::StreamInfo& info);  // true: the list has changed. View's thread
  std::vector<SpirometryCard> manoeuvres() const;
  SpirometrySession session() const;

 private:
  void judge();
  void compare(const analysis::spirometry::Session& judged);

  mutable std::mutex mutex_;
  analysis::spirometry::ReferenceTables tables_;
  Breather breather_;
  std::map<core::StreamId, analysis::spirometry::LiveTest> tests_;
  std::vector<core::StreamId> order_;  // stream of each blow, in the order they were blown
  std::vector<SpirometryCard> found_;
  SpirometrySession session_;
};

}  // namespace caukham::station
