#include "coterie/cluster/kmeans_kernels.h"

namespace coterie {

namespace plain { extern const KmeansKernels kmeans_kernels; }
namespace avx2 { extern const KmeansKernels kmeans_kernels; }
namespace avx512 { extern const KmeansKernels kmeans_kernels; }

const KmeansKernels& kmeans_kernels(Isa isa) {
  switch (isa) {
    case Isa::avx512: return avx512::kmeans_kernels;
    case Isa::avx2: return avx2::kmeans_kernels;
    case Isa::plain: break;
  }
  return plain::kmeans_kernels;
}

}  // namespace coterie
