#include "coterie/base/exp_log.h"

#include <algorithm>

#include "coterie/base/simd_math.h"

namespace coterie::COTERIE_ISA {
namespace {

template <class Fn>
void each(std::span<const double> x, std::span<double> out, const Fn& fn) {
  std::size_t i = 0;
  for (; i + 8 <= x.size(); i += 8) fn(F64x8::load(x.data() + i)).store(out.data() + i);
  if (i == x.size()) return;
  double last[8] = {1, 1, 1, 1, 1, 1, 1, 1};
  std::copy(x.begin() + static_cast<std::ptrdiff_t>(i), x.end(), last);
  fn(F64x8::load(last)).store(last);
  std::copy_n(last, x.size() - i, out.data() + i);
}

}  // namespace

void exp_of(std::span<const double> x, std::span<double> out) {
  each(x, out, [](F64x8 v) { return exp(v); });
}
void log_of(std::span<const double> x, std::span<double> out) {
  each(x, out, [](F64x8 v) { return log(v); });
}

}  // namespace coterie::COTERIE_ISA
