// exp and log of arrays, the same bits on every machine and instruction set (see base/simd_math.h).
#pragma once

#include <span>

namespace coterie {

// out[i] = e^x[i], x in [-708, 709]; 0 below. out may be x.
void exp_of(std::span<const double> x, std::span<double> out);
// out[i] = ln x[i], x positive and normal. out may be x.
void log_of(std::span<const double> x, std::span<double> out);

namespace plain {
void exp_of(std::span<const double> x, std::span<double> out);
void log_of(std::span<const double> x, std::span<double> out);
}  // namespace plain
namespace avx2 {
void exp_of(std::span<const double> x, std::span<double> out);
void log_of(std::span<const double> x, std::span<double> out);
}  // namespace avx2
namespace avx512 {
void exp_of(std::span<const double> x, std::span<double> out);
void log_of(std::span<const double> x, std::span<double> out);
}  // namespace avx512

}  // namespace coterie
