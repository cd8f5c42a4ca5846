#include "coterie/source/csv_file.h"

#include <cstring>
#include <memory>

#include "coterie/base/error.h"
#include "coterie/source/csv.h"
#include "coterie/source/whole_head.h"

namespace coterie {
namespace {

Reason reason_of(RowFault fault) {
  switch (fault) {
    case RowFault::unterminated_quote: return Reason::unterminated_quote;
    case RowFault::text_after_quote: return Reason::text_after_quote;
    default: return Reason::row_too_long;
  }
}

// Behind a row that is too long: the first row of the block that is whole.
const char* behind_newline(const Block& block) {
  const void* newline = std::memchr(block.data, '\n', block.size);
  return newline == nullptr ? nullptr : static_cast<const char*>(newline) + 1;
}

// Calls on_row for each row of the file, block by block.
template <class OnRow>
CsvCounts read_rows(ByteReader& reader, const Dialect& dialect, const OnRow& on_row) {
  const auto scratch = std::make_unique<CsvScratch>();
  CsvCounts counts;
  std::uint64_t next = dialect.header_bytes;  // where the next row begins
  bool inside_long_row = false;
  for (Block block; reader.next(block, 0);) {
    const char* stop = block.data + block.size;
    const char* begin = inside_long_row ? behind_newline(block) : block.data + (next - block.offset);
    if (begin == nullptr || begin >= stop) continue;
    const CsvSpan span{begin, stop, stop + block.lookahead, block.lookahead < max_row_bytes};
    const char* following = next_row_start(span, dialect.delimiter, scratch->row);
    inside_long_row = following == nullptr;
    if (!inside_long_row) next = block.offset + static_cast<std::uint64_t>(following - block.data);
    counts.blank_lines += for_each_csv_row(span, dialect.delimiter, *scratch, on_row).blank_lines;
  }
  return counts;
}

}  // namespace

CsvFile::CsvFile(std::string path, char delimiter) : path_(std::move(path)), delimiter_(delimiter) {
  auto reader = std::make_unique<ByteReader>(path_, ByteReaderOptions{.threads = 1});
  require_whole_head(*reader, path_);
  dialect_ = sniff_dialect(reader->head(), reader->head_is_all(), path_, delimiter_);
  if (path_ == "-" || !reader->total_bytes()) opened_ = std::move(reader);
}

RowCounts CsvFile::for_each_row(const std::function<void(std::span<const std::string_view>)>& fn) {
  const auto reader = opened_ ? std::move(opened_) : std::make_unique<ByteReader>(path_, ByteReaderOptions{.threads = 1});
  RowCounts rows;
  const auto take = [&](const CsvRow& row) {
    ++rows.read;
    if (row.fault != RowFault::none) {
      ++rows.set_aside[static_cast<std::size_t>(reason_of(row.fault))];
    } else if (row.fields.size() != dialect_.columns.size()) {
      ++rows.set_aside[static_cast<std::size_t>(Reason::wrong_field_count)];
    } else {
      ++rows.used;
      fn(row.fields);
    }
  };
  rows.blank_lines = read_rows(*reader, dialect_, take).blank_lines;
  if (const auto damage = reader->damage())
    throw Error(ErrorKind::damaged_input, damage->message, "get the file again from its source; nothing was written", path_);
  facts_ = reader->facts();
  return rows;
}

}  // namespace coterie
