// Station 1: from files to partitioned events, every row in the ledger.
//
// Workers take blocks of a file in turn. Where the first row of a block begins is handed from block to
// block (a quoted field may cross the border); everything else is independent. The answer depends
// neither on the number of threads nor on the order in which the files are given.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "coterie/events/census.h"
#include "coterie/events/event_rows.h"
#include "coterie/events/event_store.h"
#include "coterie/events/history_store.h"
#include "coterie/events/product_words.h"
#include "coterie/events/roles.h"
#include "coterie/events/string_table.h"
#include "coterie/source/bytes.h"
#include "coterie/source/dialect.h"
#include "coterie/source/ledger.h"

namespace coterie {

struct ReadEventsOptions {
  LogKind kind = LogKind::events;
  OrderRules orders = {};                        // net_returns is of LogKind::orders; drop_duplicates reads with one worker
  std::optional<DateOrder> date_order = {};      // none: guessed for each file
  std::map<std::string, std::string> roles = {};  // role name -> column name; the rest is found
  char delimiter = 0;                        // 0: guessed for each file
  int threads = 0;                           // 0: all processors
  std::size_t memory_bytes = std::size_t{2} << 30;  // for the records; beyond it they spill
  std::size_t names_bytes = ~std::size_t{0};        // for customers' ids that are texts; beyond it Error(memory)
  std::string spill_directory = "/tmp";
  std::int64_t as_of_ms = INT64_MAX;         // events after it are set aside as after_as_of
  RowVisitor visitor = {};                   // reads with one worker
  std::string rejects_path = {};             // "": rejects are counted, not written
  bool count_days = false;                   // also count the used rows of each file by day
  bool may_be_empty = false;                 // a file with a header and no row is none that cannot be used; one whose rows are all bad is
  std::vector<RowHash> rows_before = {};     // with drop_duplicates: rows that count as read before, rising
  bool product_words = false;                // also keep what products are called
  bool census = false;                       // also count what the columns hold
  std::size_t census_bytes = ~std::size_t{0};  // for it; beyond it Error(memory)
  std::size_t block_bytes = coterie::block_bytes;   // smaller in tests
  // Called after each block with raw bytes read and the total (0 = unknown), from any worker.
  std::function<void(std::uint64_t done, std::uint64_t total)> progress = {};
};

struct InputReport {
  InputFile file;
  Dialect dialect;  // without its samples
  RoleMap roles;
  RowCounts rows;
  bool last_line_without_newline = false;
  std::map<std::int64_t, std::uint64_t> used_by_day = {};  // with count_days: used rows by the day of the event (UTC, days since 1970)
};

// What was read, without the events themselves.
struct ReadReport {
  std::vector<InputReport> inputs;  // sorted by path
  RowCounts rows;
  std::array<std::uint64_t, event_type_count> events_by_type{};
  std::int64_t first_ms = INT64_MAX, last_ms = INT64_MIN;  // of the used rows
};

// What was read, in memory; or what a store holds.
struct EventLog {
  ReadReport report;
  EventStore store;             // without writers when the log is in a store
  StringTable customer_names;   // ids that are no canonical numbers, by identifier
  std::string customer_column;  // its name in the first file
  bool has_role[role_count];    // a column plays the role in every file
  std::unique_ptr<OutputFile> rejects;  // written, and to be committed with the other outputs; may be null
  std::unique_ptr<HistoryStore> stored = nullptr;
  std::vector<RowHash> row_hashes = {};  // with drop_duplicates: of all rows read here, rising
  Census census = {};                    // where asked for
  ProductWords products = ProductWords();  // where asked for, or of a store: of the products that sampled customers have

  std::size_t partitions() const { return stored ? stored->partitions() : store.partitions(); }
  std::uint64_t events_in(std::size_t partition) const { return stored ? stored->events_in(partition) : store.events_in(partition); }
  std::uint64_t events() const { return report.rows.used; }
  // The text of a category's or brand's identifier; "" where it was too long to be kept.
  std::string_view category(Identifier value) const;
  std::string_view brand(Identifier value) const;
  // Gives the events back to the system.
  void release();
};

// Throws Error: missing_input, missing_column, damaged_input (a truncated compressed file, with the line
// where it breaks off), no_usable_rows, memory (the customers' names take too much), output (rejects, spill).
EventLog read_events(std::vector<std::string> paths, const ReadEventsOptions& options);

}  // namespace coterie
