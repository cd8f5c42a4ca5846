#include "coterie/score/silhouette_kernels.h"

namespace coterie {

namespace plain { extern const SilhouetteKernels silhouette_kernels; }
namespace avx2 { extern const SilhouetteKernels silhouette_kernels; }
namespace avx512 { extern const SilhouetteKernels silhouette_kernels; }

const SilhouetteKernels& silhouette_kernels(Isa isa) {
  switch (isa) {
    case Isa::avx512: return avx512::silhouette_kernels;
    case Isa::avx2: return avx2::silhouette_kernels;
    case Isa::plain: break;
  }
  return plain::silhouette_kernels;
}

}  // namespace coterie
