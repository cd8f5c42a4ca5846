// Sixteen floats at once, for kernels in x.isa.cc only; the rules are those of base/simd.h. For what single precision is
// enough for: twice as many values an instruction, and half of the memory.
#pragma once

#include "coterie/base/simd.h"

namespace coterie::COTERIE_ISA {

#if defined(COTERIE_ISA_avx512)

struct F32x16 {
  __m512 v;
  static F32x16 load(const float* p) { return {_mm512_loadu_ps(p)}; }
  static F32x16 all(float x) { return {_mm512_set1_ps(x)}; }
  F64x8 low() const { return {_mm512_maskz_cvtps_pd(0xff, _mm512_castps512_ps256(v))}; }
  F64x8 high() const { return {_mm512_maskz_cvtps_pd(0xff, _mm512_maskz_extractf32x8_ps(0xff, v, 1))}; }
};
inline F32x16 operator-(F32x16 a, F32x16 b) { return {_mm512_sub_ps(a.v, b.v)}; }
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) { return {_mm512_fmadd_ps(a.v, b.v, c.v)}; }  // a * b + c
inline F32x16 sqrt(F32x16 a) { return {_mm512_maskz_sqrt_ps(0xffff, a.v)}; }

#elif defined(COTERIE_ISA_avx2)

struct F32x16 {
  __m256 first, second;
  static F32x16 load(const float* p) { return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)}; }
  static F32x16 all(float x) { return {_mm256_set1_ps(x), _mm256_set1_ps(x)}; }
  static F64x8 wide(__m256 v) { return {_mm256_cvtps_pd(_mm256_castps256_ps128(v)), _mm256_cvtps_pd(_mm256_extractf128_ps(v, 1))}; }
  F64x8 low() const { return wide(first); }
  F64x8 high() const { return wide(second); }
};
inline F32x16 operator-(F32x16 a, F32x16 b) { return {_mm256_sub_ps(a.first, b.first), _mm256_sub_ps(a.second, b.second)}; }
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) {
  return {_mm256_fmadd_ps(a.first, b.first, c.first), _mm256_fmadd_ps(a.second, b.second, c.second)};
}
inline F32x16 sqrt(F32x16 a) { return {_mm256_sqrt_ps(a.first), _mm256_sqrt_ps(a.second)}; }

#else

struct F32x16 {
  float lane[16];
  static F32x16 load(const float* p) {
    F32x16 r;
    for (int i = 0; i < 16; ++i) r.lane[i] = p[i];
    return r;
  }
  static F32x16 all(float x) {
    F32x16 r;
    for (float& lane : r.lane) lane = x;
    return r;
  }
  F64x8 low() const {
    return each_lane([&](int i) { return static_cast<double>(lane[i]); });
  }
  F64x8 high() const {
    return each_lane([&](int i) { return static_cast<double>(lane[8 + i]); });
  }
};
template <class Fn>
inline F32x16 each_float(const Fn& fn) {
  F32x16 r;
  for (int i = 0; i < 16; ++i) r.lane[i] = fn(i);
  return r;
}
inline F32x16 operator-(F32x16 a, F32x16 b) { return each_float([&](int i) { return a.lane[i] - b.lane[i]; }); }
inline F32x16 fma(F32x16 a, F32x16 b, F32x16 c) { return each_float([&](int i) { return std::fma(a.lane[i], b.lane[i], c.lane[i]); }); }
inline F32x16 sqrt(F32x16 a) { return each_float([&](int i) { return std::sqrt(a.lane[i]); }); }

#endif

}  // namespace coterie::COTERIE_ISA
