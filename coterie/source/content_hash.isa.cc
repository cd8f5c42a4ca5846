// XXH3 with the widest registers: hashing costs 0.01 instead of 0.05 CPU-s a GB (measured, AVX2 or
// AVX-512 against the packaged SSE2 library). All builds give the same digest by XXH3's definition.
#define XXH_INLINE_ALL
#pragma GCC diagnostic ignored "-Wuninitialized"  // both: g++ 12's own AVX-512 header (GCC bug 105593)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <xxhash.h>

#include <cstddef>
#include <cstdint>

namespace coterie::COTERIE_ISA {

std::uint64_t xxh3(const char* bytes, std::size_t size) { return XXH3_64bits(bytes, size); }

}  // namespace coterie::COTERIE_ISA
