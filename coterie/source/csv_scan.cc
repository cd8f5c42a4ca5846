#include "coterie/source/csv_scan.h"

#include "coterie/base/cpu.h"

namespace coterie {

void scan_rows(const char* begin, const char* end, char delimiter, RowIndex& index) {
  static const auto chosen = isa() == Isa::avx512 ? avx512::scan_rows : isa() == Isa::avx2 ? avx2::scan_rows : plain::scan_rows;
  chosen(begin, end, delimiter, index);
}

}  // namespace coterie
