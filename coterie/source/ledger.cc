#include "coterie/source/ledger.h"

#include <fmt/format.h>

#include <numeric>
#include <utility>

namespace coterie {

const char* name_of(Reason reason) {
  switch (reason) {
    case Reason::no_customer: return "no_customer";
    case Reason::no_time: return "no_time";
    case Reason::bad_time: return "bad_time";
    case Reason::bad_price: return "bad_price";
    case Reason::unknown_event_type: return "unknown_event_type";
    case Reason::wrong_field_count: return "wrong_field_count";
    case Reason::unfinished_last_line: return "unfinished_last_line";
    case Reason::unterminated_quote: return "unterminated_quote";
    case Reason::text_after_quote: return "text_after_quote";
    case Reason::row_too_long: return "row_too_long";
    case Reason::missing_value: return "missing_value";
    case Reason::bad_number: return "bad_number";
    case Reason::unknown_category: return "unknown_category";
    case Reason::unknown_customer: return "unknown_customer";
    case Reason::duplicate_customer: return "duplicate_customer";
    case Reason::duplicate_row: return "duplicate_row";
    case Reason::rounded_id: return "rounded_id";
    case Reason::outlier: return "outlier";
    case Reason::bad_quantity: return "bad_quantity";
    case Reason::cancellation: return "cancellation";
    case Reason::returned: return "returned";
    case Reason::zero_quantity: return "zero_quantity";
    case Reason::zero_price: return "zero_price";
    case Reason::negative_price: return "negative_price";
    case Reason::after_as_of: return "after_as_of";
    case Reason::repeated_row: return "repeated_row";
  }
  return "unknown";
}

std::uint64_t RowCounts::all_set_aside() const { return std::accumulate(set_aside.begin(), set_aside.end(), std::uint64_t{0}); }

RowCounts& RowCounts::operator+=(const RowCounts& other) {
  read += other.read;
  used += other.used;
  blank_lines += other.blank_lines;
  for (std::size_t r = 0; r < reason_count; ++r) set_aside[r] += other.set_aside[r];
  return *this;
}

std::string csv_field(std::string_view text, char delimiter) {
  const bool plain = text.find_first_of("\"\r\n") == std::string_view::npos && text.find(delimiter) == std::string_view::npos;
  if (plain) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) quoted.append(c == '"' ? 2 : 1, c);
  return quoted + '"';
}

Ledger::Ledger(const std::string& rejects_path) {
  if (rejects_path.empty()) return;
  output_ = std::make_unique<OutputFile>(rejects_path);
  output_->write("file,line,column,column_name,reason,field\n");
}

void Ledger::begin_file(const std::string& path, std::uint64_t header_newlines) {
  path_ = path;
  next_block_ = 0;
  lines_ = header_newlines;
  file_ = {};
}

void Ledger::add_block(std::size_t block, BlockLedger&& ledger) {
  const std::lock_guard lock(mutex_);
  waiting_.emplace(block, std::move(ledger));
  drain();
}

void Ledger::drain() {
  for (auto it = waiting_.find(next_block_); it != waiting_.end(); it = waiting_.find(next_block_)) {
    const BlockLedger& ledger = it->second;
    for (const Reject& reject : ledger.rejects) {
      if (!output_) break;
      output_->write(fmt::format("{},{},{},{},{},{}\n", csv_field(path_), lines_ + reject.line + 1, reject.column,
                                 csv_field(reject.column_name), name_of(reject.reason), csv_field(reject.field)));
    }
    file_ += ledger.rows;
    lines_ += ledger.newlines;
    waiting_.erase(it);
    ++next_block_;
  }
}

RowCounts Ledger::end_file() {
  total_ += file_;
  return file_;
}

}  // namespace coterie
