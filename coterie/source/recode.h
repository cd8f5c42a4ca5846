// Texts that the CSV reader cannot take as they are, made into what it takes while they are read: UTF-16 into UTF-8, and
// columns set apart by runs of blanks into columns set apart by tabs. Lines stay lines, so that line numbers are those
// of the file; byte columns are those of the recoded line.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "coterie/source/decompress.h"

namespace coterie {

enum class Recoding { none, utf16_little_endian, utf16_big_endian, blanks };
const char* name_of(Recoding recoding);  // "UTF-16LE"

// What the first bytes (some thousands, decompressed) ask for. UTF-16: a byte order mark, or zeros at every other byte of the
// first 64. Blanks: at least two lines, none of which has , ; tab or |, each with the same number (>= 2) of words, all words
// behind the first line numbers or dates.
Recoding recoding_of(std::string_view first_bytes);

// "caf\xe9" is no UTF-8: bytes of Windows-1252 (which has all of Latin-1) become UTF-8. Valid UTF-8 stays as it is.
bool is_utf8(std::string_view text);
std::string utf8_of(std::string_view text);

// A decompressed stream, recoded as its first bytes ask.
class RecodedStream {
 public:
  explicit RecodedStream(RawInput input);

  // As DecompressedStream::read.
  std::size_t read(char* out, std::size_t n);

  Recoding recoding() const { return recoding_; }
  DecompressedStream& source() { return source_; }
  const DecompressedStream& source() const { return source_; }

 private:
  void recode(std::string_view bytes, bool at_end);
  void recode_utf16(std::string_view bytes);
  void put_unit(unsigned unit);
  void recode_blanks(std::string_view bytes);

  DecompressedStream source_;
  Recoding recoding_ = Recoding::none;
  std::string ready_;          // recoded and not yet handed out, from ready_at_
  std::size_t ready_at_ = 0;
  std::string odd_;            // half a unit of UTF-16
  unsigned high_surrogate_ = 0;
  bool at_start_ = true, line_begins_ = true, in_blanks_ = false;
  bool ended_ = false;
};

}  // namespace coterie
