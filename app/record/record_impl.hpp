// What the parts of Record share. Not for other rooms.
#pragma once
#include <mutex>

#include "json/json_text.hpp"
#include "record/database.hpp"
#include "record/record.hpp"

namespace caukham::record {

using nlohmann::json;

struct Record::Impl {
  Layout layout;
  std::function<std::int64_t()> now;
  mutable std::mutex mutex;
  Database db;

  // Inside a transaction. The chain: digest = SHA-256(digest before, as hex text || JSON array of the row).
  void audit(std::string_view actor, std::string_view action, std::string_view subject, const json& detail);
  void must_exist(const char* table, std::string_view id, const char* what) const;  // throws not_found
  std::filesystem::path file_of(std::string_view sha256) const;
};

// Runs `change` under the mutex in one transaction; durable when it returns, undone when `change` throws.
template <class Change>
void durably(Record::Impl& impl, Change&& change) {
  const std::lock_guard lock(impl.mutex);
  Database::Transaction transaction(impl.db);
  change();
  transaction.commit();
}

// Every row of a query as a vector, under the mutex; `make` turns the current row into a value.
template <class Make, class... Values>
auto all_rows(const Record::Impl& impl, Make&& make, std::string_view sql, const Values&... values) {
  const std::lock_guard lock(impl.mutex);
  std::vector<decltype(make(std::declval<Database::Row&>()))> out;
  for (Database::Row row = impl.db.query(sql, values...); row.next();) out.push_back(make(row));
  return out;
}
template <class T>
std::optional<T> first(std::vector<T> rows) {
  if (rows.empty()) return {};
  return std::move(rows.front());
}

std::string audit_digest(std::string_view before, const AuditRow&);
void must_be_text(std::string_view value, const char* field,
                  std::size_t max_bytes = 10'000);  // throws invalid
bool is_sha256(std::string_view);

}  // namespace caukham::record
