// Floats on the lanes of one register, by the compiler's vector types. Only comparisons that rule out come
// from here, with a margin above any rounding, so the last bit of these numbers is of no account.
#include "coterie/cluster/ward_groups.h"

#if defined(COTERIE_ISA_avx2) || defined(COTERIE_ISA_avx512)
#include <immintrin.h>
#endif

#include <cstring>

namespace coterie::COTERIE_ISA {
namespace {

#if defined(COTERIE_ISA_avx512)
constexpr std::size_t lanes = 16;
#elif defined(COTERIE_ISA_avx2)
constexpr std::size_t lanes = 8;
#else
constexpr std::size_t lanes = 4;
#endif
typedef float Floats __attribute__((vector_size(lanes * sizeof(float))));

inline Floats load(const float* p) {
  Floats v;
  std::memcpy(&v, p, sizeof(v));
  return v;
}

inline Floats most(Floats a, Floats b) { return a > b ? a : b; }
inline Floats least(Floats a, Floats b) { return a < b ? a : b; }

// x in every lane, a * a + sum, and the lanes with a <= b as bits.
#if defined(COTERIE_ISA_avx512)
inline Floats all(float x) { return _mm512_set1_ps(x); }
inline Floats square_added(Floats a, Floats sum) { return _mm512_fmadd_ps(a, a, sum); }
inline std::uint32_t not_above(Floats a, Floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
#elif defined(COTERIE_ISA_avx2)
inline Floats all(float x) { return _mm256_set1_ps(x); }
inline Floats square_added(Floats a, Floats sum) { return _mm256_fmadd_ps(a, a, sum); }
inline std::uint32_t not_above(Floats a, Floats b) {
  return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_LE_OQ)));
}
#else
inline Floats all(float x) { return Floats{x, x, x, x}; }
inline Floats square_added(Floats a, Floats sum) { return a * a + sum; }
inline std::uint32_t not_above(Floats a, Floats b) {
  const auto below = a <= b;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < lanes; ++i) bits |= (static_cast<std::uint32_t>(below[i]) & 1u) << i;
  return bits;
}
#endif

}  // namespace

// Writes the groups from `first` (a multiple of 16) whose boxes are not ruled out, rising; returns their number.
std::size_t ward_near_groups(const WardGroups& all_groups, const WardQuery& query, std::size_t first, std::uint32_t* near) {
  std::size_t count = 0;
  for (std::size_t g = first; g < all_groups.groups; g += lanes) {
    Floats square{};
    for (std::size_t j = 0; j < all_groups.columns; ++j) {
      const Floats p = all(query.point[j]);
      const Floats inside = least(most(p, load(all_groups.low + j * all_groups.groups + g)), load(all_groups.high + j * all_groups.groups + g));
      square = square_added(p - inside, square);
    }
    Floats limit = load(all_groups.inverse_most + g) * query.scale + query.offset;
    if (all_groups.scale_most != nullptr) limit = most(limit, load(all_groups.scale_most + g) * query.inverse + load(all_groups.offset_most + g));
    for (std::uint32_t bits = not_above(square, limit); bits != 0; bits &= bits - 1)
      near[count++] = static_cast<std::uint32_t>(g) + static_cast<std::uint32_t>(__builtin_ctz(bits));
  }
  return count;
}

namespace {

#if defined(COTERIE_ISA_avx512)
constexpr std::size_t at_once = 8;  // 16 of 32 registers hold sums
#else
constexpr std::size_t at_once = 1;  // 4 or 8 of 16 registers
#endif
constexpr std::size_t parts = ward_group / lanes;

template <std::size_t count>
void near_slots(const WardGroups& all_groups, const WardQuery* const* queries, std::size_t group, std::uint32_t* bits) {
  const float* points = all_groups.points + group * all_groups.columns * ward_group;
  Floats square[count][parts] = {};
  for (std::size_t j = 0; j < all_groups.columns; ++j, points += ward_group)
#pragma GCC unroll 8
    for (std::size_t q = 0; q < count; ++q) {
      const Floats p = all(queries[q]->point[j]);
#pragma GCC unroll 8
      for (std::size_t part = 0; part < parts; ++part)
        square[q][part] = square_added(load(points + part * lanes) - p, square[q][part]);
    }
  const std::size_t slot = group * ward_group;
#pragma GCC unroll 8
  for (std::size_t q = 0; q < count; ++q) {
    bits[q] = 0;
#pragma GCC unroll 8
    for (std::size_t part = 0; part < parts; ++part) {
      const std::size_t at = slot + part * lanes;
      Floats limit = load(all_groups.inverse + at) * queries[q]->scale + queries[q]->offset;
      if (all_groups.scale != nullptr) limit = most(limit, load(all_groups.scale + at) * queries[q]->inverse + load(all_groups.offset + at));
      bits[q] |= not_above(square[q][part], limit) << part * lanes;
    }
  }
}

}  // namespace

// Bit s of bits[q] is set when slot s of the group is not ruled out for query q.
void ward_near_slots(const WardGroups& all_groups, const WardQuery* const* queries, std::size_t count, std::size_t group,
                     std::uint32_t* bits) {
  std::size_t q = 0;
  for (; q + at_once <= count; q += at_once) near_slots<at_once>(all_groups, queries + q, group, bits + q);
  if (at_once > 4 && q + 4 <= count) near_slots<4>(all_groups, queries + q, group, bits + q), q += 4;
  for (; q < count; ++q) near_slots<1>(all_groups, queries + q, group, bits + q);
}

}  // namespace coterie::COTERIE_ISA
