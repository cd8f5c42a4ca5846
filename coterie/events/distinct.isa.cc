#include "coterie/events/distinct.h"

#if defined(COTERIE_ISA_avx2) || defined(COTERIE_ISA_avx512)
#include <immintrin.h>
#endif

namespace coterie::COTERIE_ISA {
namespace {

// Whether `value` is among the `count` values at `kept`; whole groups of eight are read, and what stands
// behind `count` is masked out.
#if defined(COTERIE_ISA_avx512)
inline bool contains(const std::uint64_t* kept, std::size_t count, std::uint64_t value) {
  const __m512i wanted = _mm512_set1_epi64(static_cast<long long>(value));
  unsigned hit = 0;
  std::size_t i = 0;
  for (; i + 8 <= count; i += 8) hit |= _mm512_cmpeq_epi64_mask(_mm512_loadu_si512(kept + i), wanted);
  return (hit | (_mm512_cmpeq_epi64_mask(_mm512_loadu_si512(kept + i), wanted) & ((1u << (count - i)) - 1))) != 0;
}
#elif defined(COTERIE_ISA_avx2)
inline bool contains(const std::uint64_t* kept, std::size_t count, std::uint64_t value) {
  const __m256i wanted = _mm256_set1_epi64x(static_cast<long long>(value));
  const auto equal = [&](std::size_t i) {
    const __m256i four = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(kept + i));
    return static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(_mm256_cmpeq_epi64(four, wanted))));
  };
  unsigned hit = 0;
  std::size_t i = 0;
  for (; i + 4 <= count; i += 4) hit |= equal(i);
  return (hit | (equal(i) & ((1u << (count - i)) - 1))) != 0;
}
#else
inline bool contains(const std::uint64_t* kept, std::size_t count, std::uint64_t value) {
  bool hit = false;
  for (std::size_t i = 0; i < count; ++i) hit |= kept[i] == value;
  return hit;
}
#endif

}  // namespace

// Nothing is written: a store just before a wider load would stall it.
std::size_t count_distinct_short(const std::uint64_t* values, std::size_t n) {
  std::size_t distinct = n != 0;
  for (std::size_t i = 1; i < n; ++i) distinct += !contains(values, i, values[i]);
  return distinct;
}

}  // namespace coterie::COTERIE_ISA
