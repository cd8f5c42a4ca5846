#include "coterie/base/exp_log.h"

#include "coterie/base/cpu.h"

namespace coterie {

void exp_of(std::span<const double> x, std::span<double> out) {
  switch (isa()) {
    case Isa::avx512: return avx512::exp_of(x, out);
    case Isa::avx2: return avx2::exp_of(x, out);
    case Isa::plain: return plain::exp_of(x, out);
  }
}

void log_of(std::span<const double> x, std::span<double> out) {
  switch (isa()) {
    case Isa::avx512: return avx512::log_of(x, out);
    case Isa::avx2: return avx2::log_of(x, out);
    case Isa::plain: return plain::log_of(x, out);
  }
}

}  // namespace coterie
