// What kind of CSV a file is, found from its first 64 KiB and shown to the user.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace coterie {

struct Dialect {
  char delimiter = ',';
  bool byte_order_mark = false;  // UTF-8's, skipped
  bool windows_1252 = false;     // some bytes are no UTF-8 and are taken for Windows-1252
  bool crlf = false;             // for show; rows may end either way
  bool has_header = true;
  std::vector<std::string> columns;               // the header's names in UTF-8, or column_1, column_2, ...
  std::vector<std::vector<std::string>> samples;  // the first rows behind the header (at most 1,000), for roles
  std::size_t header_bytes = 0;                   // where the first data row begins in the decompressed bytes
};

// Chooses among , ; tab | the delimiter under which most rows of `head` have the same number (>= 2) of
// fields; more fields win a tie, then the order given here. `forced` (not 0) is taken without a guess.
// The first row is a header unless one of its fields is a point in time or a number.
// Throws Error(no_usable_rows) for an empty file or a first line beyond the head, Error(usage) for what is no text.
Dialect sniff_dialect(std::string_view head, bool head_is_all, const std::string& path, char forced = 0);

// A name without case, blanks and signs, as names are compared: "Customer ID" as "customerid".
std::string normal_form(std::string_view name);

// "," as "comma", "\t" as "tab": for people.
std::string name_of_delimiter(char delimiter);

}  // namespace coterie
