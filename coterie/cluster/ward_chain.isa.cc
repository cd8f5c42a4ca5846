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

inline Floats all(float x) { return Floats{} + x; }
inline Floats most(Floats a, Floats b) { return a > b ? a : b; }

// a * a + sum, and the lanes with a <= b as bits.
#if defined(COTERIE_ISA_avx512)
inline Floats square_added(Floats a, Floats sum) { return _mm512_fmadd_ps(a, a, sum); }
inline std::uint32_t not_above(Floats a, Floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
#elif defined(COTERIE_ISA_avx2)
inline Floats square_added(Floats a, Floats sum) { return _mm256_fmadd_ps(a, a, sum); }
inline std::uint32_t not_above(Floats a, Floats b) {
  return static_cast<std::uint32_t>(_mm256_movemask_ps(_mm256_cmp_ps(a, b, _CMP_LE_OQ)));
}
#else
inline Floats square_added(Floats a, Floats sum) { return a * a + sum; }
inline std::uint32_t not_above(Floats a, Floats b) {
  const auto below = a <= b;
  std::uint32_t bits = 0;
  for (std::size_t i = 0; i < lanes; ++i) bits |= (static_cast<std::uint32_t>(below[i]) & 1u) << i;
  return bits;
}
#endif

}  // namespace

// Writes the groups whose boxes are not ruled out, rising; returns their number.
std::size_t ward_near_groups(const WardGroups& all_groups, const WardQuery& query, std::uint32_t* near) {
  std::size_t count = 0;
  for (std::size_t g = 0; g < all_groups.groups; g += lanes) {
    Floats square{};
    for (std::size_t j = 0; j < all_groups.columns; ++j) {
      const Floats p = all(query.point[j]);
      const Floats below = load(all_groups.low + j * all_groups.groups + g) - p;
      const Floats above = p - load(all_groups.high + j * all_groups.groups + g);
      square = square_added(most(most(below, above), Floats{}), square);
    }
    const Floats limit = load(all_groups.inverse_most + g) * query.scale + query.offset;
    for (std::uint32_t bits = not_above(square, limit); bits != 0; bits &= bits - 1)
      near[count++] = static_cast<std::uint32_t>(g) + static_cast<std::uint32_t>(__builtin_ctz(bits));
  }
  return count;
}

// Bit s is set when slot s of the group is not ruled out.
std::uint32_t ward_near_slots(const WardGroups& all_groups, const WardQuery& query, std::size_t group) {
  constexpr std::size_t parts = ward_group / lanes;
  const float* points = all_groups.points + group * all_groups.columns * ward_group;
  Floats square[parts] = {};
  for (std::size_t j = 0; j < all_groups.columns; ++j, points += ward_group) {
    const Floats p = all(query.point[j]);
#pragma GCC unroll 8
    for (std::size_t part = 0; part < parts; ++part)
      square[part] = square_added(load(points + part * lanes) - p, square[part]);
  }
  const float* inverse = all_groups.inverse + group * ward_group;
  std::uint32_t bits = 0;
#pragma GCC unroll 8
  for (std::size_t part = 0; part < parts; ++part)
    bits |= not_above(square[part], load(inverse + part * lanes) * query.scale + query.offset) << part * lanes;
  return bits;
}

}  // namespace coterie::COTERIE_ISA
