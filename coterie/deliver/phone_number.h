// Phone numbers as people write them, brought into the form of ITU-T Recommendation E.164: "+", calling code, national
// number; at most 15 digits. Numbering plans (calling_codes.h) are libphonenumber's.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace coterie {

// Whether this is a country's ISO 3166-1 code of two letters, in any case.
bool is_country_code(std::string_view text);

// The number in E.164, or nothing: rather no number than another person's. `country` (ISO 3166-1, may be empty) says
// how a number without "+" is to be read: behind the country's international prefix stands a calling code, its trunk
// prefix is dropped, and what remains must have as many digits as the country's numbers have. Blanks and - . / ( ) count
// for nothing; letters, extensions and digits of other scripts make it no number.
std::optional<std::string> e164(std::string_view text, std::string_view country);

}  // namespace coterie
