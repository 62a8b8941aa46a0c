// SQLite behind one small class: every sqlite3_* call of the program is in database.cpp, so that the
// encrypted build (sqlite3mc) is a change of one file. WAL, synchronous FULL (a commit that returned survives
// a power cut), foreign keys on. One thread at a time: the owner (Record) has the mutex. Errors: RecordError
// with a sentence.
#pragma once
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;
struct sqlite3_stmt;

namespace caukham::record {

class Database {
 public:
  // Opens or creates and brings the schema up to migrations.size(); before an existing database is migrated a
  // copy is made beside it ("caukham.db.v1.backup"). Throws corrupt, newer_schema, busy, full, io; nothing is
  // replaced.
  static Database open(const std::filesystem::path&, std::span<const char* const> migrations);
  Database(Database&&) noexcept = default;
  ~Database() = default;

  class Row {  // of the statement's current row; columns from 0
   public:
    bool next();  // false: no more rows
    std::int64_t integer(int column) const;
    std::string text(int column) const;

   private:
    friend class Database;
    struct Finalize { void operator()(sqlite3_stmt*) const; };
    Row(sqlite3* db, std::string_view sql);
    void bind(int index, std::int64_t);
    void bind(int index, std::string_view);
    sqlite3* db_;
    std::unique_ptr<sqlite3_stmt, Finalize> statement_;
  };

  // Parameters ?1, ?2, … are integers or texts; a span of texts fills several.
  template <class... Values>
  Row query(std::string_view sql, const Values&... values) const {
    Row row(db_.get(), sql);
    [[maybe_unused]] int index = 0;
    (bind_one(row, index, values), ...);
    return row;
  }
  template <class... Values>
  void run(std::string_view sql, const Values&... values) {
    Row row = query(sql, values...);
    while (row.next()) {}
  }
  std::int64_t changes() const;  // rows touched by the last run()

  class Transaction {  // rolls back unless committed
   public:
    explicit Transaction(Database& db) : db_(&db) { db_->run("BEGIN IMMEDIATE"); }
    ~Transaction();
    void commit();  // durable when it returns
    Transaction(const Transaction&) = delete;
    Transaction& operator=(const Transaction&) = delete;

   private:
    Database* db_;
  };

  void script(const char* sql);               // several statements
  std::vector<std::string> problems() const;  // integrity_check and foreign_key_check; empty: sound
  void backup(const std::filesystem::path& to) const;

 private:
  struct Close { void operator()(sqlite3*) const; };
  explicit Database(sqlite3* db) : db_(db) {}
  template <class Value>
  static void bind_one(Row& row, int& index, const Value& value) {
    if constexpr (std::is_integral_v<Value>) {
      row.bind(++index, static_cast<std::int64_t>(value));
    } else if constexpr (std::is_same_v<Value, std::span<const std::string>>) {
      for (const std::string& text : value) row.bind(++index, text);
    } else {
      row.bind(++index, std::string_view(value));
    }
  }
  std::unique_ptr<sqlite3, Close> db_;
};

}  // namespace caukham::record
