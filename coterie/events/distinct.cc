#include "coterie/events/distinct.h"

#include "coterie/base/cpu.h"

namespace coterie {

std::size_t count_distinct_short(const std::uint64_t* values, std::size_t n) {
  static const auto chosen = isa() == Isa::avx512 ? avx512::count_distinct_short
                             : isa() == Isa::avx2 ? avx2::count_distinct_short
                                                  : plain::count_distinct_short;
  return chosen(values, n);
}

}  // namespace coterie
