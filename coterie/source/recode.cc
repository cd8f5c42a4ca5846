#include "coterie/source/recode.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "coterie/source/parse_number.h"
#include "coterie/source/parse_time.h"

namespace coterie {
namespace {

constexpr std::size_t sniffed_bytes = 4096, chunk_bytes = 64 << 10;
constexpr std::uint32_t replacement = 0xfffd;

// Windows-1252 from 0x80 on; 0: not assigned.
constexpr std::array<std::uint16_t, 32> windows_1252 = {0x20ac, 0,      0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021, 0x02c6, 0x2030, 0x0160,
                                                        0x2039, 0x0152, 0,      0x017d, 0,      0,      0x2018, 0x2019, 0x201c, 0x201d, 0x2022,
                                                        0x2013, 0x2014, 0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0,      0x017e, 0x0178};

void append_utf8(std::string& out, std::uint32_t c) {
  const auto put = [&](std::uint32_t byte) { out += static_cast<char>(byte); };
  if (c < 0x80) return put(c);
  if (c < 0x800) return put(0xc0 | c >> 6), put(0x80 | (c & 0x3f));
  if (c < 0x10000) return put(0xe0 | c >> 12), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
  put(0xf0 | c >> 18), put(0x80 | (c >> 12 & 0x3f)), put(0x80 | (c >> 6 & 0x3f)), put(0x80 | (c & 0x3f));
}

bool is_blank(char c) { return c == ' '; }

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    while (at < line.size() && is_blank(line[at])) ++at;
    const std::size_t begin = at;
    while (at < line.size() && !is_blank(line[at])) ++at;
    if (at > begin) words.push_back(line.substr(begin, at - begin));
  }
  return words;
}

bool is_number_or_date(std::string_view word) { return parse_micros(word).has_value() || parse_time(word).has_value() || word.find_first_not_of("0123456789-/:.") == word.npos; }

bool asks_for_blanks(std::string_view bytes) {
  std::size_t lines = 0, width = 0;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t newline = bytes.find('\n', at);
    if (newline == bytes.npos) break;  // the last line may be cut
    std::string_view line = bytes.substr(at, newline - at);
    at = newline + 1;
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (line.find_first_of(",;\t|\"") != line.npos) return false;
    const auto words = words_of(line);
    if (words.empty()) continue;
    if (width != 0 && words.size() != width) return false;
    width = words.size();
    if (lines > 0 && !std::all_of(words.begin(), words.end(), is_number_or_date)) return false;
    ++lines;
  }
  return lines >= 2 && width >= 2;
}

// Zeros at every odd byte (or every even one) of a text that is mostly ASCII.
bool zeros_at(std::string_view bytes, std::size_t first) {
  const std::size_t looked_at = std::min<std::size_t>(bytes.size(), 64) / 2 * 2;
  std::size_t zeros = 0;
  for (std::size_t i = first; i < looked_at; i += 2) zeros += bytes[i] == 0;
  return looked_at >= 4 && zeros * 10 >= looked_at / 2 * 9;
}

}  // namespace

const char* name_of(Recoding recoding) {
  switch (recoding) {
    case Recoding::none: return "none";
    case Recoding::utf16_little_endian: return "UTF-16LE";
    case Recoding::utf16_big_endian: return "UTF-16BE";
    case Recoding::blanks: return "blanks";
  }
  return "unknown";
}

Recoding recoding_of(std::string_view bytes) {
  if (bytes.starts_with("\xff\xfe")) return Recoding::utf16_little_endian;
  if (bytes.starts_with("\xfe\xff")) return Recoding::utf16_big_endian;
  if (zeros_at(bytes, 1) && !zeros_at(bytes, 0)) return Recoding::utf16_little_endian;
  if (zeros_at(bytes, 0) && !zeros_at(bytes, 1)) return Recoding::utf16_big_endian;
  return asks_for_blanks(bytes) ? Recoding::blanks : Recoding::none;
}

bool is_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = [&](std::size_t j) { return j < text.size() ? static_cast<unsigned char>(text[j]) : 0u; };
    const unsigned first = byte(i);
    const auto follows = [&](std::size_t j) { return (byte(j) & 0xc0u) == 0x80u; };
    if (first < 0x80) i += 1;
    else if (first >= 0xc2 && first < 0xe0 && follows(i + 1)) i += 2;
    else if (first >= 0xe0 && first < 0xf0 && follows(i + 1) && follows(i + 2) && !(first == 0xe0 && byte(i + 1) < 0xa0) && !(first == 0xed && byte(i + 1) >= 0xa0)) i += 3;
    else if (first >= 0xf0 && first < 0xf5 && follows(i + 1) && follows(i + 2) && follows(i + 3) && !(first == 0xf0 && byte(i + 1) < 0x90) && !(first == 0xf4 && byte(i + 1) >= 0x90)) i += 4;
    else return false;
  }
  return true;
}

std::string utf8_of(std::string_view text) {
  if (is_utf8(text)) return std::string(text);
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool is_extra = byte >= 0x80 && byte < 0xa0;
    append_utf8(out, !is_extra ? byte : windows_1252[byte - 0x80] != 0 ? windows_1252[byte - 0x80] : replacement);
  }
  return out;
}

RecodedStream::RecodedStream(RawInput input) : source_(std::move(input)) {
  ready_.resize(sniffed_bytes);
  ready_.resize(source_.read(ready_.data(), sniffed_bytes));
  recoding_ = recoding_of(ready_);
  if (recoding_ == Recoding::none) return;
  const std::string first = std::exchange(ready_, {});
  ended_ = first.size() < sniffed_bytes;
  recode(first, ended_);
}

std::size_t RecodedStream::read(char* out, std::size_t n) {
  std::size_t done = 0;
  while (done < n) {
    if (ready_at_ < ready_.size()) {
      const std::size_t taken = ready_.copy(out + done, n - done, ready_at_);
      done += taken, ready_at_ += taken;
      continue;
    }
    ready_.clear(), ready_at_ = 0;
    if (recoding_ == Recoding::none) return done + source_.read(out + done, n - done);
    if (ended_) break;
    std::string chunk(chunk_bytes, '\0');
    chunk.resize(source_.read(chunk.data(), chunk_bytes));
    ended_ = chunk.size() < chunk_bytes;
    recode(chunk, ended_);
  }
  return done;
}

void RecodedStream::recode(std::string_view bytes, bool at_end) {
  if (recoding_ == Recoding::blanks) return recode_blanks(bytes);
  recode_utf16(bytes);
  const bool cut = at_end && (!odd_.empty() || high_surrogate_ != 0);
  if (cut) append_utf8(ready_, replacement);
}

void RecodedStream::recode_utf16(std::string_view bytes) {
  const std::size_t low = recoding_ == Recoding::utf16_little_endian ? 0 : 1;
  for (const char c : bytes) {
    odd_ += c;
    if (odd_.size() < 2) continue;
    put_unit(static_cast<unsigned char>(odd_[low]) | static_cast<unsigned>(static_cast<unsigned char>(odd_[1 - low])) << 8);
    odd_.clear();
  }
}

void RecodedStream::put_unit(unsigned unit) {
  const bool is_mark = at_start_ && unit == 0xfeff;
  at_start_ = false;
  if (is_mark) return;
  const bool is_high = unit >= 0xd800 && unit < 0xdc00, is_low = unit >= 0xdc00 && unit < 0xe000;
  if (high_surrogate_ != 0) {
    const unsigned high = std::exchange(high_surrogate_, 0u);
    if (is_low) return append_utf8(ready_, 0x10000 + ((high - 0xd800) << 10) + (unit - 0xdc00));
    append_utf8(ready_, replacement);
  }
  if (is_high) high_surrogate_ = unit;
  else append_utf8(ready_, is_low ? replacement : unit);
}

// Blanks at the begin and the end of a line go, runs between words become one tab.
void RecodedStream::recode_blanks(std::string_view bytes) {
  for (const char c : bytes) {
    if (is_blank(c)) {
      in_blanks_ = true;
      continue;
    }
    const bool ends_line = c == '\n' || c == '\r';
    if (in_blanks_ && !line_begins_ && !ends_line) ready_ += '\t';
    in_blanks_ = false;
    line_begins_ = c == '\n';
    ready_ += c;
  }
}

}  // namespace coterie
