// How many different values there are in a short list, by comparing each with all before it: faster than
// a hash table up to a few dozen, because eight are compared at once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace coterie {

constexpr std::size_t most_compared = 64;

// values[0, n), n <= most_compared; 64 bytes beyond are readable.
std::size_t count_distinct_short(const std::uint64_t* values, std::size_t n);

namespace plain {
std::size_t count_distinct_short(const std::uint64_t* values, std::size_t n);
}
namespace avx2 {
std::size_t count_distinct_short(const std::uint64_t* values, std::size_t n);
}
namespace avx512 {
std::size_t count_distinct_short(const std::uint64_t* values, std::size_t n);
}

}  // namespace coterie
