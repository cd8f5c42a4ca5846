// Eight doubles at once, for kernels in x.isa.cc only (compiled three times, see base/cpu.h).
// Every operation is the correctly rounded IEEE one in each lane, so plain, AVX2 and AVX-512 give the
// same bits: a kernel keeps one row a lane and never adds lanes but by sum(), whose order is fixed.
// to_i32 is for whole numbers within int32; bits() gives lane i of a mask as bit i.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>

#if defined(COTERIE_ISA_avx2) || defined(COTERIE_ISA_avx512)
#include <immintrin.h>
#endif

#ifndef COTERIE_ISA
#error "base/simd.h is for x.isa.cc files only"
#endif

namespace coterie::COTERIE_ISA {

#if defined(COTERIE_ISA_avx512)

struct Mask8 {
  __mmask8 bits;
};
struct F64x8 {
  __m512d v;
  static F64x8 load(const double* p) { return {_mm512_loadu_pd(p)}; }
  static F64x8 all(double x) { return {_mm512_set1_pd(x)}; }
  void store(double* p) const { _mm512_storeu_pd(p, v); }
  static F64x8 from_i32(const std::int32_t* p) { return {_mm512_maskz_cvtepi32_pd(0xff, _mm256_loadu_si256(reinterpret_cast<const __m256i*>(p)))}; }
  void to_i32(std::int32_t* p) const { _mm256_storeu_si256(reinterpret_cast<__m256i*>(p), _mm512_maskz_cvttpd_epi32(0xff, v)); }
};
inline unsigned bits(Mask8 m) { return m.bits; }
inline F64x8 operator+(F64x8 a, F64x8 b) { return {_mm512_add_pd(a.v, b.v)}; }
inline F64x8 operator-(F64x8 a, F64x8 b) { return {_mm512_sub_pd(a.v, b.v)}; }
inline F64x8 operator*(F64x8 a, F64x8 b) { return {_mm512_mul_pd(a.v, b.v)}; }
inline F64x8 operator/(F64x8 a, F64x8 b) { return {_mm512_div_pd(a.v, b.v)}; }
inline F64x8 fma(F64x8 a, F64x8 b, F64x8 c) { return {_mm512_fmadd_pd(a.v, b.v, c.v)}; }  // a * b + c
inline F64x8 sqrt(F64x8 a) { return {_mm512_maskz_sqrt_pd(0xff, a.v)}; }  // maskz: g++ 12 warns of the other
inline Mask8 operator<(F64x8 a, F64x8 b) { return {_mm512_cmp_pd_mask(a.v, b.v, _CMP_LT_OQ)}; }
inline F64x8 select(Mask8 m, F64x8 yes, F64x8 no) { return {_mm512_mask_blend_pd(m.bits, no.v, yes.v)}; }

#elif defined(COTERIE_ISA_avx2)

struct Mask8 {
  __m256d low, high;
};
struct F64x8 {
  __m256d low, high;
  static F64x8 load(const double* p) { return {_mm256_loadu_pd(p), _mm256_loadu_pd(p + 4)}; }
  static F64x8 all(double x) { return {_mm256_set1_pd(x), _mm256_set1_pd(x)}; }
  void store(double* p) const { _mm256_storeu_pd(p, low), _mm256_storeu_pd(p + 4, high); }
  static F64x8 from_i32(const std::int32_t* p) {
    return {_mm256_cvtepi32_pd(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p))),
            _mm256_cvtepi32_pd(_mm_loadu_si128(reinterpret_cast<const __m128i*>(p + 4)))};
  }
  void to_i32(std::int32_t* p) const {
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), _mm256_cvttpd_epi32(low));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p + 4), _mm256_cvttpd_epi32(high));
  }
};
inline unsigned bits(Mask8 m) {
  return static_cast<unsigned>(_mm256_movemask_pd(m.low)) | static_cast<unsigned>(_mm256_movemask_pd(m.high)) << 4;
}
inline F64x8 operator+(F64x8 a, F64x8 b) { return {_mm256_add_pd(a.low, b.low), _mm256_add_pd(a.high, b.high)}; }
inline F64x8 operator-(F64x8 a, F64x8 b) { return {_mm256_sub_pd(a.low, b.low), _mm256_sub_pd(a.high, b.high)}; }
inline F64x8 operator*(F64x8 a, F64x8 b) { return {_mm256_mul_pd(a.low, b.low), _mm256_mul_pd(a.high, b.high)}; }
inline F64x8 operator/(F64x8 a, F64x8 b) { return {_mm256_div_pd(a.low, b.low), _mm256_div_pd(a.high, b.high)}; }
inline F64x8 fma(F64x8 a, F64x8 b, F64x8 c) {
  return {_mm256_fmadd_pd(a.low, b.low, c.low), _mm256_fmadd_pd(a.high, b.high, c.high)};
}
inline F64x8 sqrt(F64x8 a) { return {_mm256_sqrt_pd(a.low), _mm256_sqrt_pd(a.high)}; }
inline Mask8 operator<(F64x8 a, F64x8 b) {
  return {_mm256_cmp_pd(a.low, b.low, _CMP_LT_OQ), _mm256_cmp_pd(a.high, b.high, _CMP_LT_OQ)};
}
inline F64x8 select(Mask8 m, F64x8 yes, F64x8 no) {
  return {_mm256_blendv_pd(no.low, yes.low, m.low), _mm256_blendv_pd(no.high, yes.high, m.high)};
}

#else

struct Mask8 {
  bool lane[8];
};
struct F64x8 {
  double lane[8];
  static F64x8 load(const double* p) {
    F64x8 r;
    for (int i = 0; i < 8; ++i) r.lane[i] = p[i];
    return r;
  }
  static F64x8 all(double x) { return {{x, x, x, x, x, x, x, x}}; }
  void store(double* p) const {
    for (int i = 0; i < 8; ++i) p[i] = lane[i];
  }
  static F64x8 from_i32(const std::int32_t* p) {
    F64x8 r;
    for (int i = 0; i < 8; ++i) r.lane[i] = p[i];
    return r;
  }
  void to_i32(std::int32_t* p) const {
    for (int i = 0; i < 8; ++i) p[i] = static_cast<std::int32_t>(lane[i]);
  }
};
inline unsigned bits(Mask8 m) {
  unsigned result = 0;
  for (int i = 0; i < 8; ++i) result |= static_cast<unsigned>(m.lane[i]) << i;
  return result;
}
template <class Fn>
inline F64x8 each_lane(const Fn& fn) {
  F64x8 r;
  for (int i = 0; i < 8; ++i) r.lane[i] = fn(i);
  return r;
}
inline F64x8 operator+(F64x8 a, F64x8 b) { return each_lane([&](int i) { return a.lane[i] + b.lane[i]; }); }
inline F64x8 operator-(F64x8 a, F64x8 b) { return each_lane([&](int i) { return a.lane[i] - b.lane[i]; }); }
inline F64x8 operator*(F64x8 a, F64x8 b) { return each_lane([&](int i) { return a.lane[i] * b.lane[i]; }); }
inline F64x8 operator/(F64x8 a, F64x8 b) { return each_lane([&](int i) { return a.lane[i] / b.lane[i]; }); }
inline F64x8 fma(F64x8 a, F64x8 b, F64x8 c) {
  return each_lane([&](int i) { return std::fma(a.lane[i], b.lane[i], c.lane[i]); });
}
inline F64x8 sqrt(F64x8 a) { return each_lane([&](int i) { return std::sqrt(a.lane[i]); }); }
inline Mask8 operator<(F64x8 a, F64x8 b) {
  Mask8 m;
  for (int i = 0; i < 8; ++i) m.lane[i] = a.lane[i] < b.lane[i];
  return m;
}
inline F64x8 select(Mask8 m, F64x8 yes, F64x8 no) {
  return each_lane([&](int i) { return m.lane[i] ? yes.lane[i] : no.lane[i]; });
}

#endif

// The lanes' sum as ((0+4)+(2+6)) + ((1+5)+(3+7)).
inline double sum(F64x8 a) {
  double x[8];
  a.store(x);
  return ((x[0] + x[4]) + (x[2] + x[6])) + ((x[1] + x[5]) + (x[3] + x[7]));
}

}  // namespace coterie::COTERIE_ISA
