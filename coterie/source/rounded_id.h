// Identifiers that a spreadsheet has rounded: it shows long numbers as 1.23457E+12 and keeps fifteen digits of any. Different
// customers then have one id, so such an id is none.
#pragma once

#include <span>
#include <string_view>

namespace coterie {

// What to do about it, for messages.
inline constexpr const char* rounded_id_fix = "export the table again, with the column of ids formatted as text";

// "1.23457E+12", "1,23457E+12", "1E+12".
bool is_scientific_id(std::string_view text);

// Sixteen digits or more, with zeros only behind the fifteenth: "1234567890123450".
bool ends_in_rounding_zeros(std::string_view text);

// Whether the column was rounded: all of its long numbers end in zeros, which by chance happens once in a million columns.
bool are_rounded_ids(std::span<const std::string_view> values);

}  // namespace coterie
