// A CSV file row by row on one thread: for files of customers and lists, not for logs.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "coterie/source/bytes.h"
#include "coterie/source/dialect.h"
#include "coterie/source/ledger.h"

namespace coterie {

class CsvFile {
 public:
  // Looks at the file's head. Throws Error: missing_input, usage (no text, packed in an unknown format), no_usable_rows (empty).
  explicit CsvFile(std::string path, char delimiter = 0);

  const std::string& path() const { return path_; }
  const Dialect& dialect() const { return dialect_; }

  // Calls fn with the fields of each row that has as many as the header, in order; they are valid during the call.
  // The other rows are counted by reason. May be called again, and then reads the file again (not "-").
  // Throws Error(damaged_input) when a compressed file breaks off.
  RowCounts for_each_row(const std::function<void(std::span<const std::string_view> fields)>& fn);

  // What the last for_each_row read.
  const InputFile& facts() const { return facts_; }

 private:
  std::string path_;
  char delimiter_;
  Dialect dialect_;
  std::unique_ptr<ByteReader> opened_;  // a stream, which cannot be opened twice
  InputFile facts_;
};

}  // namespace coterie
