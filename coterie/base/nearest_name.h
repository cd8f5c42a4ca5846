// "did you mean": the known name that is nearest to a mistyped one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace coterie {

// The name with the fewest insertions, deletions, replacements and swaps of neighbours (optimal string alignment,
// Damerau 1964) from `typed`, letters' case aside; ties to the first. None where more than two fifths of the longer
// of the two would have to change.
std::optional<std::string> nearest_name(std::string_view typed, std::span<const std::string> known);

// " (did you mean "City"?)", or nothing.
std::string did_you_mean(std::string_view typed, std::span<const std::string> known);

}  // namespace coterie
