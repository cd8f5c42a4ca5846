// SHA-256 (FIPS 180-4), by OpenSSL.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace coterie {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

// The first 128 bits: short, and nobody finds a text that has another's.
using ShortDigest = std::array<std::uint64_t, 2>;
ShortDigest short_sha256(std::string_view bytes);

}  // namespace coterie
