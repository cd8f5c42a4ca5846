// How far one category tells another: Cramér's V, from 0 (not at all) to 1 (wholly).
#pragma once

#include <cstdint>
#include <span>

namespace coterie {

struct CramersV {
  double plain = 0;      // sqrt(chi^2 / n / min(rows - 1, columns - 1)), Cramér 1946; NaN where a category has one level
  double corrected = 0;  // Bergsma, "A bias-correction for Cramér's V and Tschuprow's T", 2013: near 0 of independent categories
  std::uint64_t rows = 0;  // where neither is missing
};

// Codes of levels, a row each; `missing` is none of them. Rows count as often as their weight says (empty: once).
constexpr std::uint32_t missing_level = ~std::uint32_t{0};
CramersV cramers_v(std::span<const std::uint32_t> a, std::span<const std::uint32_t> b, std::span<const double> weights = {});

}  // namespace coterie
