// exp and log of eight doubles, for kernels in x.isa.cc only. Made of the operations of base/simd.h and
// exact integer steps, so plain, AVX2 and AVX-512 give the same bits (the C library's exp does not
// promise the same bits on two machines).
//
// exp: x = n ln 2 + r, |r| <= ln(2)/2, Taylor of degree 13 (remainder 4e-18), scaled by 2^n.
// log: x = 2^e m, m in [sqrt(1/2), sqrt(2)], log m = 2 atanh((m-1)/(m+1)) by its series.
// Both within 2 units in the last place (measured against long double in base/exp_log_test.cc).
#pragma once

#include <bit>

#include "coterie/base/simd.h"

namespace coterie::COTERIE_ISA {

#if defined(COTERIE_ISA_avx512)

// 2^n for the n that was rounded into the low bits of t by adding 1.5 * 2^52; n in [-1022, 1023].
inline F64x8 power_of_two(F64x8 t) {
  const __m512i n = _mm512_add_epi64(_mm512_castpd_si512(t.v), _mm512_set1_epi64(1023));
  return {_mm512_castsi512_pd(_mm512_maskz_slli_epi64(0xff, n, 52))};
}
// The biased exponent of a positive normal number, as a double.
inline F64x8 biased_exponent(F64x8 x) {
  const __m512i e = _mm512_maskz_srli_epi64(0xff, _mm512_castpd_si512(x.v), 52);
  const __m512i magic = _mm512_set1_epi64(0x4330000000000000);
  return {_mm512_sub_pd(_mm512_castsi512_pd(_mm512_or_si512(e, magic)), _mm512_set1_pd(0x1p52))};
}
// The significand of a positive normal number, in [1, 2).
inline F64x8 significand(F64x8 x) {
  const __m512i m = _mm512_and_si512(_mm512_castpd_si512(x.v), _mm512_set1_epi64(0x000fffffffffffff));
  return {_mm512_castsi512_pd(_mm512_or_si512(m, _mm512_set1_epi64(0x3ff0000000000000)))};
}

#elif defined(COTERIE_ISA_avx2)

inline __m256d power_of_two_half(__m256d t) {
  const __m256i n = _mm256_add_epi64(_mm256_castpd_si256(t), _mm256_set1_epi64x(1023));
  return _mm256_castsi256_pd(_mm256_slli_epi64(n, 52));
}
inline __m256d biased_exponent_half(__m256d x) {
  const __m256i e = _mm256_srli_epi64(_mm256_castpd_si256(x), 52);
  const __m256i magic = _mm256_set1_epi64x(0x4330000000000000);
  return _mm256_sub_pd(_mm256_castsi256_pd(_mm256_or_si256(e, magic)), _mm256_set1_pd(0x1p52));
}
inline __m256d significand_half(__m256d x) {
  const __m256i m = _mm256_and_si256(_mm256_castpd_si256(x), _mm256_set1_epi64x(0x000fffffffffffff));
  return _mm256_castsi256_pd(_mm256_or_si256(m, _mm256_set1_epi64x(0x3ff0000000000000)));
}
inline F64x8 power_of_two(F64x8 t) { return {power_of_two_half(t.low), power_of_two_half(t.high)}; }
inline F64x8 biased_exponent(F64x8 x) { return {biased_exponent_half(x.low), biased_exponent_half(x.high)}; }
inline F64x8 significand(F64x8 x) { return {significand_half(x.low), significand_half(x.high)}; }

#else

inline F64x8 power_of_two(F64x8 t) {
  return each_lane([&](int i) { return std::bit_cast<double>((std::bit_cast<std::uint64_t>(t.lane[i]) + 1023) << 52); });
}
inline F64x8 biased_exponent(F64x8 x) {
  return each_lane([&](int i) { return static_cast<double>(std::bit_cast<std::uint64_t>(x.lane[i]) >> 52); });
}
inline F64x8 significand(F64x8 x) {
  return each_lane([&](int i) {
    const std::uint64_t m = std::bit_cast<std::uint64_t>(x.lane[i]) & 0x000fffffffffffff;
    return std::bit_cast<double>(m | 0x3ff0000000000000);
  });
}

#endif

inline constexpr double ln2_high = 0x1.62e42fefa39efp-1;
inline constexpr double ln2_low = 0x1.abc9e3b39803fp-56;

// e^x for x in [-708, 709]; 0 below -708. Not for NaN or x above 709.
inline F64x8 exp(F64x8 x) {
  constexpr double one_over_factorial[] = {1.0, 1.0, 1.0 / 2, 1.0 / 6, 1.0 / 24, 1.0 / 120, 1.0 / 720, 1.0 / 5040,
                                           1.0 / 40320, 1.0 / 362880, 1.0 / 3628800, 1.0 / 39916800,
                                           1.0 / 479001600, 1.0 / 6227020800};
  const F64x8 least = F64x8::all(-708), magic = F64x8::all(0x1.8p52);
  const Mask8 vanishes = x < least;
  const F64x8 y = select(vanishes, least, x);
  const F64x8 t = fma(y, F64x8::all(0x1.71547652b82fep0), magic);
  const F64x8 n = t - magic;
  const F64x8 r = fma(n, F64x8::all(-ln2_low), fma(n, F64x8::all(-ln2_high), y));
  F64x8 p = F64x8::all(one_over_factorial[13]);
  for (int i = 12; i >= 0; --i) p = fma(p, r, F64x8::all(one_over_factorial[i]));
  return select(vanishes, F64x8::all(0), p * power_of_two(t));
}

// The natural logarithm of a positive normal number.
inline F64x8 log(F64x8 x) {
  const F64x8 one = F64x8::all(1), zero = F64x8::all(0);
  F64x8 m = significand(x);
  const Mask8 upper = F64x8::all(0x1.6a09e667f3bcdp0) < m;
  const F64x8 e = biased_exponent(x) - F64x8::all(1023) + select(upper, one, zero);
  m = select(upper, m * F64x8::all(0.5), m);
  const F64x8 s = (m - one) / (m + one), z = s * s;
  F64x8 p = F64x8::all(2.0 / 23);
  for (int i = 21; i >= 3; i -= 2) p = fma(p, z, F64x8::all(2.0 / i));
  const F64x8 tail = fma(s * z, p, e * F64x8::all(ln2_low));
  return fma(e, F64x8::all(ln2_high), fma(s, F64x8::all(2), tail));
}

}  // namespace coterie::COTERIE_ISA
