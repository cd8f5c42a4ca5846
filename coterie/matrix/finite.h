// The one check that every numeric station makes of what it is handed.
#pragma once

#include "coterie/base/matrix.h"

namespace coterie {

// Throws Error(usage) that names the first row and column (counted from 0) whose value is NaN or infinite,
// or whose weight is not a positive finite number. One streaming pass.
void require_finite(MatrixView x, int threads = 0);

}  // namespace coterie
