#include "coterie/score/silhouette_kernels.h"

namespace coterie {

namespace plain { extern const AddDistances add_distances; }
namespace avx2 { extern const AddDistances add_distances; }
namespace avx512 { extern const AddDistances add_distances; }

AddDistances add_distances(Isa isa) {
  switch (isa) {
    case Isa::avx512: return avx512::add_distances;
    case Isa::avx2: return avx2::add_distances;
    case Isa::plain: break;
  }
  return plain::add_distances;
}

}  // namespace coterie
