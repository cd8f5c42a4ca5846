// The ledger: every row is used or set aside for a stated reason, and the counts add up.
// Workers hand in one BlockLedger a block, in any order; the Ledger puts them in order, turns line
// numbers within the block into line numbers of the file, and writes rejects.csv as it goes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "coterie/base/output_file.h"

namespace coterie {

enum class Reason : std::uint8_t {
  no_customer,
  no_time,
  bad_time,
  bad_price,
  unknown_event_type,
  wrong_field_count,
  unfinished_last_line,
  unterminated_quote,
  text_after_quote,
  row_too_long,
  missing_value,
  bad_number,
  unknown_category,
  unknown_customer,
  duplicate_customer,
  duplicate_row,
  rounded_id,   // of the customer, by a spreadsheet: "1.23457E+12"
  outlier,      // removed because it was asked for
  bad_quantity,
  cancellation,
  returned,
  zero_quantity,
  zero_price,
  negative_price,
  after_as_of,  // later than the time the run looks at; counted, but not listed one by one
  repeated_row, // of a refresh: the store holds the event already; counted, but not listed one by one
};
constexpr std::size_t reason_count = 26;
const char* name_of(Reason reason);  // "wrong_field_count"

struct Reject {
  std::uint64_t line = 0;    // newlines between the block's first row and the field
  std::uint32_t column = 1;  // byte column of the field in its line, from 1
  Reason reason = Reason::no_customer;
  std::string column_name;   // empty where the whole row is meant
  std::string field;         // the offending field, at most 100 bytes of it
};

struct RowCounts {
  std::uint64_t read = 0;  // = used + sum of set_aside
  std::uint64_t used = 0;
  std::array<std::uint64_t, reason_count> set_aside{};
  std::uint64_t blank_lines = 0;  // lines without a byte are no rows

  std::uint64_t all_set_aside() const;
  RowCounts& operator+=(const RowCounts& other);
};

struct BlockLedger {
  RowCounts rows;
  std::uint64_t newlines = 0;   // of the rows that begin in the block
  std::vector<Reject> rejects;  // in the order of the file
};

class Ledger {
 public:
  // Writes rejects to `rejects_path` (under a temporary name); an empty path keeps counts only.
  explicit Ledger(const std::string& rejects_path);

  // `header_newlines`: lines before the first row.
  void begin_file(const std::string& path, std::uint64_t header_newlines);
  // Thread-safe; `block` counts from 0 in each file.
  void add_block(std::size_t block, BlockLedger&& ledger);
  // All blocks of the file are in: its counts.
  RowCounts end_file();
  // Newlines of the file so far: a damaged file breaks off in the line after them.
  std::uint64_t newlines() const { return lines_; }

  const RowCounts& total() const { return total_; }
  // rejects.csv, complete but not yet under its name; null without a path.
  std::unique_ptr<OutputFile> take_output() { return std::move(output_); }

 private:
  void drain();

  std::mutex mutex_;
  std::map<std::size_t, BlockLedger> waiting_;
  std::size_t next_block_ = 0;
  std::uint64_t lines_ = 0;  // newlines before the next block
  std::string path_;
  RowCounts file_, total_;
  std::unique_ptr<OutputFile> output_;
};

// A field as CSV text: quoted where it has to be.
std::string csv_field(std::string_view text, char delimiter = ',');

}  // namespace coterie
