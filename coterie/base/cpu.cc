#include "coterie/base/cpu.h"

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace coterie {
namespace {

Isa best_of_processor() {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const bool has_avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                        __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") &&
                        __builtin_cpu_supports("pclmul");
  const bool has_avx512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                          __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") &&
                          __builtin_cpu_supports("avx512vbmi2");
  if (has_avx2 && has_avx512) return Isa::avx512;
  if (has_avx2) return Isa::avx2;
#endif
  return Isa::plain;
}

Isa chosen() {
  const Isa best = best_of_processor();
  const char* wish = std::getenv("COTERIE_ISA");
  if (wish == nullptr) return best;
  if (wish == std::string_view("plain")) return Isa::plain;
  if (wish == std::string_view("avx2")) return std::min(best, Isa::avx2);
  return best;
}

}  // namespace

Isa isa() {
  static const Isa value = chosen();
  return value;
}

const char* name_of(Isa isa) {
  switch (isa) {
    case Isa::plain: return "plain";
    case Isa::avx2: return "avx2";
    case Isa::avx512: return "avx512";
  }
  return "unknown";
}

}  // namespace coterie
