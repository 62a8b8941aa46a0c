// A judged session as JSON: schema/spirometry.schema.json says what is in it. Every number is rounded to a
// stated number of decimals (L and L/s 3, s 2, % 2, ratios 4, z-scores 3). Pure.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "analysis/spirometry/calibration.hpp"
#include "analysis/spirometry/conditions.hpp"
#include "analysis/spirometry/interpret.hpp"
#include "analysis/spirometry/reference.hpp"
#include "analysis/spirometry/session.hpp"

namespace caukham::analysis::spirometry {

inline constexpr const char* algorithm_name = "caukham-spirometry";
inline constexpr const char* algorithm_version = "1.2.1";

// What a number is: the key it has in the JSON, its UCUM unit and codes. Empty: none that was verified. LOINC
// codes were looked up in public FHIR guides; MDC codes are IEEE 11073-10101's, with partition 2 (SCADA)
// taken off.
struct Quantity { const char *key, *name, *ucum, *loinc; int mdc; };
const std::vector<Quantity>& quantities();

struct ReferenceRow {
  std::string parameter;   // "FEV1"
  double value = 0;
  std::optional<Reference> reference;
  std::string reason;      // why there is none
};

struct Report {
  std::vector<std::string> files;
  std::vector<std::string> file_of_blow;          // one a blow
  Session session;
  bool simulated = false;                         // the recording was made by a simulated device
  std::string volume_state = "as recorded";       // "as recorded" or "BTPS" with the factors below
  std::optional<BtpsFactors> btps;
  std::optional<double> age_years;
  std::string reference_set;                      // empty: none asked for
  std::vector<ReferenceRow> references;           // of the session's best values
  std::vector<std::pair<std::string, std::string>> errors;  // file, sentence
};

nlohmann::ordered_json to_json(const Report& report);
nlohmann::ordered_json to_json(const CalibrationCheck& check);
std::string to_text(const Report& report);              // for people, English
std::string to_text(const CalibrationCheck& check);

// The session's best values against a set; rows without reference say why. The value of a parameter the
// session does not have gives no row.
std::vector<ReferenceRow> compare(const Best& best, const ReferenceTables& tables, const std::string& set,
                                  const Subject& subject);

}  // namespace caukham::analysis::spirometry
