#include "coterie/deliver/contact_address.h"

#include <locale.h>
#include <wctype.h>

#include <algorithm>
#include <cstdint>
#include <span>

namespace coterie {
namespace {

bool is_blank(char c) { return static_cast<unsigned char>(c) <= ' ' || c == 0x7f; }

bool is_digit(char c) { return c >= '0' && c <= '9'; }

// One character of UTF-8 at the start of the text; size 1 and the byte itself where there is none.
struct Character {
  std::uint32_t code;
  std::size_t size;
};

Character first_character(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0u; };
  const auto follows = [&](std::size_t i) { return (byte(i) & 0xc0u) == 0x80u; };
  const unsigned first = byte(0);
  if (first >= 0xc2 && first < 0xe0 && follows(1)) return {(first & 0x1f) << 6 | (byte(1) & 0x3f), 2};
  if (first >= 0xe0 && first < 0xf0 && follows(1) && follows(2)) return {(first & 0xf) << 12 | (byte(1) & 0x3f) << 6 | (byte(2) & 0x3f), 3};
  if (first >= 0xf0 && first < 0xf5 && follows(1) && follows(2) && follows(3))
    return {(first & 7) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | (byte(3) & 0x3f), 4};
  return {first, 1};
}

void append_utf8(std::string& text, std::uint32_t code) {
  if (code < 0x80) {
    text += static_cast<char>(code);
    return;
  }
  if (code < 0x800) {
    text += static_cast<char>(0xc0 | code >> 6);
  } else if (code < 0x10000) {
    text += static_cast<char>(0xe0 | code >> 12);
    text += static_cast<char>(0x80 | (code >> 6 & 0x3f));
  } else {
    text += static_cast<char>(0xf0 | code >> 18);
    text += static_cast<char>(0x80 | (code >> 12 & 0x3f));
    text += static_cast<char>(0x80 | (code >> 6 & 0x3f));
  }
  text += static_cast<char>(0x80 | (code & 0x3f));
}

// glibc's table of Unicode's mappings; C.UTF-8 is part of every Debian.
std::uint32_t lower_code(std::uint32_t code) {
  static const locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", static_cast<locale_t>(nullptr));
  return unicode == static_cast<locale_t>(nullptr) ? code : static_cast<std::uint32_t>(towlower_l(static_cast<wint_t>(code), unicode));
}

bool is_punctuation(char c) { return (c >= '!' && c <= '/') || (c >= ':' && c <= '@') || (c >= '[' && c <= '`') || (c >= '{' && c <= '~'); }

template <class Drop>
std::string without(std::string text, Drop drop) {
  std::erase_if(text, drop);
  return text;
}

}  // namespace

std::string_view stripped(std::string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  if (text.size() > 254 || at == 0 || at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos) return false;
  if (std::any_of(text.begin(), text.end(), [](char c) { return is_blank(c) || c == ',' || c == ';' || c == '"' || c == '<' || c == '>'; })) return false;
  const std::string_view domain = text.substr(at + 1);
  const std::size_t dot = domain.find('.');
  return dot != std::string_view::npos && dot != 0 && domain.back() != '.' && domain.find("..") == std::string_view::npos;
}

std::string lower_case(std::string_view text) {
  std::string lower;
  while (!text.empty()) {
    const Character character = first_character(text);
    if (character.size == 1) lower += text[0] >= 'A' && text[0] <= 'Z' ? static_cast<char>(text[0] + 32) : text[0];
    else append_utf8(lower, lower_code(character.code));
    text.remove_prefix(character.size);
  }
  return lower;
}

std::string google_email(std::string_view email) {
  std::string lower = without(lower_case(email), is_blank);
  const std::size_t at = lower.find('@');
  const std::string domain = at == std::string::npos ? "" : lower.substr(at + 1);
  if (domain != "gmail.com" && domain != "googlemail.com") return lower;
  const std::string mailbox = lower.substr(0, std::min(at, lower.find('+')));
  return without(mailbox, [](char c) { return c == '.'; }) + "@" + domain;
}

namespace {

// In front of first names, and behind last names, in whatever case, with points and commas or without. Not here: what is a name, too ("Md" for
// Mohammed, "Junior" in Brazil, "V").
constexpr std::string_view titles[] = {"mr", "mrs", "ms", "miss", "mx", "dr", "prof", "herr", "frau", "mme", "mlle", "sr", "sra"};
constexpr std::string_view suffixes[] = {"jr", "sr", "ii", "iii", "iv", "phd", "esq"};

bool is_one_of(std::span<const std::string_view> words, std::string_view word) {
  const std::string bare = without(std::string(word), [](char c) { return c == '.' || c == ','; });
  return std::find(words.begin(), words.end(), bare) != words.end();
}

std::string google_name(std::string_view name) {
  std::string lower = lower_case(stripped(name));
  std::replace_if(lower.begin(), lower.end(), is_blank, ' ');
  lower.erase(std::unique(lower.begin(), lower.end(), [](char a, char b) { return a == ' ' && b == ' '; }), lower.end());
  return lower;
}

}  // namespace

// Something always remains: a name that is nothing but titles stays.
std::string google_first_name(std::string_view name) {
  std::string rest = google_name(name);
  for (std::size_t blank; (blank = rest.find(' ')) != std::string::npos && is_one_of(titles, std::string_view(rest).substr(0, blank));) rest.erase(0, blank + 1);
  return rest;
}

std::string google_last_name(std::string_view name) {
  std::string rest = google_name(name);
  for (std::size_t blank; (blank = rest.rfind(' ')) != std::string::npos && is_one_of(suffixes, std::string_view(rest).substr(blank + 1));) {
    rest.erase(blank);
    while (rest.size() > 1 && (rest.back() == ',' || rest.back() == ' ')) rest.pop_back();
  }
  return rest;
}

std::string meta_email(std::string_view email) { return lower_case(stripped(email)); }

std::string meta_phone(std::string_view e164) {
  std::string digits = without(std::string(e164), [](char c) { return !is_digit(c); });
  digits.erase(0, digits.find_first_not_of('0'));
  return digits;
}

std::string meta_name(std::string_view name) { return std::string(stripped(without(lower_case(name), is_punctuation))); }

std::string meta_city(std::string_view city) {
  return without(lower_case(city), [](char c) { return is_punctuation(c) || is_blank(c); });
}

std::string meta_postal_code(std::string_view postal_code, std::string_view country) {
  const std::string code = without(lower_case(postal_code), [](char c) { return c == '-' || is_blank(c); });
  const std::string where = lower_case(country);
  if (where == "us") return code.substr(0, 5);
  // Behind the sector, a digit, stand the two letters of the unit.
  const bool has_unit = code.size() >= 5 && is_digit(code[code.size() - 3]) && !is_digit(code[code.size() - 2]) && !is_digit(code.back());
  return where == "gb" && has_unit ? code.substr(0, code.size() - 2) : code;
}

}  // namespace coterie
