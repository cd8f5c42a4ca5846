// What an id is, and two tables' customers side by side.
#pragma once

#include <optional>
#include <string_view>

#include "coterie/table/customer_table.h"

namespace coterie {

// An id that is a number: up to 18 digits without a leading zero. Any other id is a text.
std::optional<std::uint64_t> canonical_number(std::string_view id);

constexpr std::size_t no_row = ~std::size_t{0};

// Calls fn(row of a, row of b) once for each customer of either, in the order of the ids; no_row where one does not have it.
template <class Fn>
void walk_together(const CustomerIds& a, const CustomerIds& b, const Fn& fn) {
  const auto walk = [&](const auto& left, std::size_t left_begin, const auto& right, std::size_t right_begin) {
    std::size_t i = 0, j = 0;
    while (i < left.size() || j < right.size()) {
      const bool only_left = j == right.size() || (i < left.size() && left[i] < right[j]);
      const bool only_right = !only_left && (i == left.size() || right[j] < left[i]);
      fn(only_right ? no_row : left_begin + i, only_left ? no_row : right_begin + j);
      i += !only_right;
      j += !only_left;
    }
  };
  walk(a.numbers, 0, b.numbers, 0);
  walk(a.texts, a.numbers.size(), b.texts, b.numbers.size());
}

}  // namespace coterie
