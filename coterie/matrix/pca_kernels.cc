#include "coterie/matrix/pca_kernels.h"

namespace coterie {

namespace plain { extern const AddProducts add_products; }
namespace avx2 { extern const AddProducts add_products; }
namespace avx512 { extern const AddProducts add_products; }

AddProducts add_products(Isa isa) {
  switch (isa) {
    case Isa::avx512: return avx512::add_products;
    case Isa::avx2: return avx2::add_products;
    case Isa::plain: break;
  }
  return plain::add_products;
}

}  // namespace coterie
