// Reference values: GLI-2012, GLI Global 2022, NHANES III. The tables are text files (tables/), parsed here,
// read from disk by whoever installs them. M is the predicted value; z = ((x/M)^L - 1) / (L S); limits of
// normal at z = ±1.645 (Quanjer, ERJ 2012;40:1324). Pure.
#pragma once
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace caukham::analysis::spirometry {

// In words a technician understands: which value is out of range, which parameter the set does not have.
struct ReferenceError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

enum class Sex : std::uint8_t { female = 0, male = 1 };
// GLI's splines are tabled for quarters of a year. Two conventions are in use and differ in the third
// decimal: the age is rounded to the nearest quarter (in the logarithm too), or the splines are interpolated
// to the exact age.
enum class AgeMode : std::uint8_t { round, interpolate };

struct Subject {
  Sex sex = Sex::male;
  double age_years = 0, height_cm = 0;
  // GLI-2012: 1 Caucasian, 2 African American, 3 North East Asian, 4 South East Asian, 5 other or mixed.
  // NHANES III: 1 Caucasian, 2 African American, 3 Mexican American. GLI-2022 has no groups and ignores it.
  int group = 0;
};

struct Reference {
  double l = 1, m = 0, s = 0;
  double z(double value) const;
  double at_z(double z) const;                   // the value that has this z-score; 0 where none has
  double lln() const { return at_z(-1.645); }
  double uln() const { return at_z(1.645); }
  double percent(double value) const { return 100 * value / m; }
};

// Who published a set ("GLI2012" …) and the UCUM unit of a parameter ("FEV1" …); "" when not known.
const char* publication(std::string_view set);
const char* unit_of(std::string_view parameter);

class ReferenceTables {
 public:
  // Adds what one table file holds. At most 4 MiB. Throws ReferenceError with the line.
  void add(std::string_view text);
  bool empty() const { return equations_.empty() && quadratic_.empty(); }

  // set "GLI2012", "GLI2022", "NHANES3"; parameter "FEV1", "FVC", "FEV1FVC" (a ratio, 0 … 1), "FEF25_75",
  // "FEF75", "FEV075", "FEV075FVC", "PEF", "FEV6", "FEV1FEV6"; L, L/s. Throws ReferenceError.
  Reference of(std::string_view set, std::string_view parameter, const Subject& subject,
               AgeMode mode = AgeMode::interpolate) const;

 private:
  struct Equation {
    double first_age = 0, last_age = 0;
    std::vector<double> m, s, l;
    struct Spline { double l, m, s; };
    std::vector<Spline> splines;  // every quarter of a year from first_age
  };
  struct Quadratic {
    double knot = 0;
    std::vector<double> below, above;
    double height2 = 0, height2_lln = 0;
  };
  struct Ratio { double b0 = 0, age = 0, b0_lln = 0; };
  Reference lms(const Equation& equation, const Subject& subject, AgeMode mode) const;
  Reference nhanes(std::string_view parameter, const Subject& subject) const;

  std::map<std::string, Equation, std::less<>> equations_;  // "GLI2012 FEV1 male"
  std::map<std::string, Quadratic, std::less<>> quadratic_;  // "FEV1 male 1"
  std::map<std::string, Ratio, std::less<>> ratio_;
};

}  // namespace caukham::analysis::spirometry
