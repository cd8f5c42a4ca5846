// The values at given places of a sorted order, without sorting.
//
// What: a histogram over the leading 16 bits of the doubles (sign, exponent, 4 bits of the mantissa) says which bucket
//   holds each place; only the values of those buckets are gathered and selected from. Of each bucket the first value
//   that comes is counted, not gathered: a column of which most is 0 costs no more than any other.
// Cost: two passes over the values, whatever the number of places.
// Tested by order_statistics_test.cc against sorting.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace coterie {

// result[i] = the value at place places[i] in rising order; places rise (equal ones allowed) and are below values.size().
// -0 counts as 0. No NaN.
std::vector<double> order_statistics(std::span<const double> values, std::span<const std::size_t> places);

}  // namespace coterie
