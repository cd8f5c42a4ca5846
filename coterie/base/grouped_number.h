// Whole numbers as people read them.
#pragma once

#include <string>

namespace coterie {

// Rounded to a whole number, thousands set apart: 1234567.2 as "1,234,567", -1000 as "-1,000". Exact to 2^53.
std::string grouped(double value);

}  // namespace coterie
