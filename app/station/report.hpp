// summary.json: what an exam produced, recorded, lost and sent, so that nothing can go missing without being seen.
#pragma once
#include <cstdint>
#include <nlohmann/json_fwd.hpp>

namespace caukham::record { class Record; }

namespace caukham::station {

struct ExamDesk;
class Devices;
class Latency;

struct Timings {
  const Latency &to_window, &to_console, &to_durable;
  std::int64_t start_to_usable_ns;
};

// `devices` may be null. For simulated devices `produced` is the device's own count, taken at its side of the wire;
// for hardware it is what the sample counters say (recorded + lost).
nlohmann::json make_report(record::Record& record, const ExamDesk& desk, Devices* devices, const Timings& timings);

}  // namespace caukham::station
