// Fuzz target: any bytes as a CSV file.
//
// Oracles: (1) the reader of source/csv.h gives, in blocks of any size, what a plain reader gives (source/csv_test.h);
// (2) read_events puts every row of the file either among the used or among those set aside, as many as the plain reader
// finds, and the same ones for any size of block and number of threads.
// The first byte chooses the size of blocks, the second the delimiter; the rest is the text.
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <string>

#include "coterie/base/error.h"
#include "coterie/events/read_events.h"
#include "coterie/source/csv_test.h"

namespace {

void require(bool holds, const char* claim) {
  if (holds) return;
  fmt::print(stderr, "does not hold: {}\n", claim);
  std::abort();
}

// A file in memory, under a name that can be opened.
struct MemoryFile {
  explicit MemoryFile(const std::string& text) : file(memfd_create("csv", MFD_CLOEXEC)) {
    require(file >= 0 && write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()), "a file can be made in memory");
  }
  ~MemoryFile() { close(file); }
  std::string path() const { return fmt::format("/proc/self/fd/{}", file); }
  int file;
};

// Whether a file with this text must be refused as no text (source/dialect.h): a zero byte, or over 5 % control characters
// other than tab and line ends, in the head.
bool is_binary(const std::string& text) {
  const auto controls = std::count_if(text.begin(), text.end(), [](unsigned char c) { return c < 9 || (c > 13 && c < 32); });
  return text.find('\0') != std::string::npos || controls * 20 > static_cast<long>(text.size());
}

// Nothing where the log has no usable row or is no text.
std::optional<coterie::RowCounts> counts_of(const std::string& path, bool binary, char delimiter, std::size_t block, int threads) {
  try {
    return coterie::read_events({path}, {.roles = {{"time", "t"}, {"event_type", "e"}, {"customer", "c"}, {"product", "p"}, {"price", "m"}},
                                         .delimiter = delimiter, .threads = threads, .memory_bytes = std::size_t{32} << 20, .block_bytes = block})
        .report.rows;
  } catch (const coterie::Error& error) {
    const bool refused = error.kind == coterie::ErrorKind::usage && binary;
    if (!refused && error.kind != coterie::ErrorKind::no_usable_rows) fmt::print(stderr, "{}\n", text_of(error));
    require(refused || error.kind == coterie::ErrorKind::no_usable_rows, "a text with a good header fails only for want of usable rows");
    return {};
  }
}

void check_ledger(const std::string& body, char delimiter, std::size_t block) {
  const std::string text = fmt::format("t{0}e{0}p{0}m{0}c\n", delimiter) + body;
  const MemoryFile file(text);
  const bool binary = is_binary(text);
  const auto counts = counts_of(file.path(), binary, delimiter, block, 1);
  const auto others = counts_of(file.path(), binary, delimiter, block * 3 + 1, 2);
  require(counts.has_value() == others.has_value(), "whether a row is usable does not depend on blocks and threads");
  if (!counts) return;
  const coterie::PlainCsv plain = coterie::plain_csv(text, delimiter);
  require(counts->read == counts->used + counts->all_set_aside(), "rows read = used + set aside");
  require(counts->read == plain.rows.size() - 1, "as many rows are read as a plain reader finds behind the header");
  require(counts->blank_lines == plain.blank_lines, "as many lines are blank as a plain reader finds");
  require(counts->used == others->used && counts->set_aside == others->set_aside && counts->blank_lines == others->blank_lines,
          "the counts do not depend on blocks and threads");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  const std::size_t block = 1 + data[0];
  const char delimiter = ",;\t|"[data[1] % 4];
  const std::string text(reinterpret_cast<const char*>(data) + 2, size - 2);
  require(coterie::blocked_csv(text, delimiter, block) == coterie::plain_csv(text, delimiter), "the fast reader and the plain one agree");
  check_ledger(text, delimiter, block);
  return 0;
}
