// What the world calls our numbers. MDC: ISO/IEEE 11073-10102 as reprinted in DICOM PS3.16 (CID 3227, 3689)
// and in the HL7 rosetta (heart rate 147842, axes 147200/147204/147208); full code = 2 * 65536 + the code
// printed there as 2:n. LOINC: loinc.org. Only what could be found in print is here: DICOM prints one and the
// same MDC code for Bazett and Framingham and one for Fridericia and Hodges, so the latter of each pair has
// none.
#pragma once
#include <array>
#include <cstdint>

namespace caukham::analysis::ecg {

struct Code {
  const char* path;      // in the JSON
  const char* ucum;      // unit
  std::uint32_t mdc;     // 0: none found
  const char* mdc_name;  // "" : none
  const char* loinc;     // "" : none
};

inline constexpr std::array<Code, 14> codes = {{
    {"heart_rate_bpm", "/min", 147842, "MDC_ECG_HEART_RATE", "8867-4"},
    {"intervals_ms.pr", "ms", 146944, "MDC_ECG_TIME_PD_PR_GL", "8625-6"},
    {"intervals_ms.qrs", "ms", 147228, "MDC_ECG_TIME_PD_QRS_GL", "8633-0"},
    {"intervals_ms.qt", "ms", 147232, "MDC_ECG_TIME_PD_QT_GL", "8634-8"},
    {"intervals_ms.qtc_bazett", "ms", 146952, "MDC_ECG_TIME_PD_QTC_BAZETT", "76635-2"},
    {"intervals_ms.qtc_fridericia", "ms", 146964, "MDC_ECG_TIME_PD_QTC_FREDERICA", "76634-5"},
    {"intervals_ms.qtc_framingham", "ms", 0, "", "8636-3"},
    {"intervals_ms.qtc_hodges", "ms", 0, "", "8636-3"},
    {"intervals_ms.p", "ms", 0, "", ""},
    {"rr_s", "s", 0, "", ""},
    {"st_uv", "uV", 0, "", ""},
    {"axis_deg", "deg", 147204, "MDC_ECG_ANGLE_QRS_FRONT", "8632-2"},
    {"p_axis_deg", "deg", 147200, "MDC_ECG_ANGLE_P_FRONT", "8626-4"},
    {"t_axis_deg", "deg", 147208, "MDC_ECG_ANGLE_T_FRONT", "8638-9"},
}};

}  // namespace caukham::analysis::ecg
