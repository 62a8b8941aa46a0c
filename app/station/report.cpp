#include "station/report.hpp"

#include <nlohmann/json.hpp>

#include "record/record.hpp"
#include "station/station_impl.hpp"

namespace caukham::station {

using nlohmann::json;

namespace {

json stream_report(const StreamTotals& totals, const ExamDesk& desk, Devices* devices, bool& ok, bool& digests_equal) {
  json gaps = json::array();
  std::uint64_t in_gaps = 0;
  for (const auto& gap : totals.gaps) {
    in_gaps += gap.length;
    gaps.push_back({{"at_s", static_cast<double>(gap.first_sample) / totals.info.rate_hz},
                    {"length_ms", static_cast<double>(gap.length) * 1000.0 / totals.info.rate_hz},
                    {"samples", gap.length},
                    {"reason", gap.reason}});
  }
  auto produced = totals.recorded + totals.lost;
  if (const auto counted = devices ? devices->produced(totals.info) : std::nullopt) produced = *counted;
  json console = nullptr;
  for (const auto& result : desk.evidence) {
    if (result.stream != totals.info.id) continue;
    console = result.samples;
    digests_equal = digests_equal && result.equal;
    ok = ok && result.equal && result.samples == totals.recorded;
  }
  ok = ok && produced == totals.recorded + totals.lost && totals.lost == in_gaps && totals.missed_chunks == 0;
  return {{"name", totals.info.device_kind + "/" + totals.info.name}, {"unit", totals.info.unit},
          {"rate_hz", totals.info.rate_hz}, {"simulated", totals.info.simulated}, {"produced", produced},
          {"recorded", totals.recorded}, {"console", console}, {"lost", totals.lost}, {"records", totals.records},
          {"digest", totals.digest}, {"gaps", gaps}};
}

json percentiles(const Latency& latency) {
  return {{"p50", latency.percentile_ms(0.5)}, {"p95", latency.percentile_ms(0.95)}, {"count", latency.count()}};
}

}  // namespace

json make_report(record::Record& record, const ExamDesk& desk, Devices* devices, const Timings& timings) {
  bool ok = true, digests_equal = true;
  json report;
  report["exam"] = desk.exam.id;
  report["simulated"] = record.exam(desk.exam.id)->simulated;
  report["streams"] = json::array();
  for (const auto& totals : desk.totals)
    report["streams"].push_back(stream_report(totals, desk, devices, ok, digests_equal));
  report["captures"] = json::array();
  for (const auto& capture : record.captures(desk.exam.id)) {
    const auto files = record.attachments(capture.id);
    ok = ok && !files.empty();
    report["captures"].push_back({{"kind", capture.kind}, {"stream", capture.stream}, {"side", capture.side},
                                  {"asked_by", capture.asked_by}, {"attached", !files.empty()},
                                  {"sha256", files.empty() ? "" : files[0].sha256}, {"simulated", capture.simulated}});
  }
  const auto audit = record.verify_audit();
  report["audit_intact"] = audit.intact;
  report["audit_events"] = record.audit().size();
  report["digests_equal"] = digests_equal && !desk.evidence.empty();
  report["latency_ms"] = {{"device_to_window", percentiles(timings.to_window)},
                          {"device_to_console", percentiles(timings.to_console)},
                          {"capture_to_durable", percentiles(timings.to_durable)}};
  report["start_to_usable_ms"] = static_cast<double>(timings.start_to_usable_ns) / 1e6;
  report["exam_seconds"] = static_cast<double>(desk.closed_ns - desk.opened_ns) / 1e9;
  if (devices) report["cpu_s"] = devices->cpu_seconds();
  report["ok"] = ok && audit.intact;
  return report;
}

}  // namespace caukham::station
