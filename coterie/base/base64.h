// Bytes as text (RFC 4648, with padding), for large arrays in JSON.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace coterie {

std::string base64(std::span<const std::byte> bytes);
// None where the text is no base64.
std::optional<std::vector<std::byte>> from_base64(std::string_view text);

}  // namespace coterie
