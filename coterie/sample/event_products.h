// The shelves of the sample shop: about 600 categories, 131 category codes, 200,000 products. Product fixes
// category, code, brand and (but for one change of price) price. Popularity is Zipf-like on every level.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace coterie {

// One slot of an alias table (Walker 1977; Vose 1991): take the slot itself or its alias.
struct AliasSlot {
  std::uint32_t keep;  // take the slot itself when 32 fresh bits are below this
  std::uint32_t alias;
};
// Weights need not sum to 1. Slots number from `first`.
std::vector<AliasSlot> alias_table(const std::vector<double>& weights, std::uint32_t first = 0);

// The products of a category: [begin, branded_end) have a brand, [branded_end, end) have none.
struct Shelf {
  std::uint32_t begin, branded_end, end;
  std::uint32_t unbranded_share;  // in 2^-16
};

struct EventProducts {
  std::vector<AliasSlot> categories;  // popularity of the categories
  std::vector<Shelf> shelves;         // a category each
  std::vector<AliasSlot> products;    // popularity within each part of a shelf
  std::string text;                   // "product_id,category_id,category_code,brand,price," twice a product
  std::vector<std::uint32_t> text_begin;   // 2 n + 1 offsets into text: before and after the price change
  std::vector<std::uint8_t> price_change;  // the day (from 0) of the second price
};

// Shares of events, not of products: the blanks of the published log.
inline constexpr double blank_category_code_share = 35'413'780.0 / 109'950'743.0;
inline constexpr double blank_brand_share = 15'341'158.0 / 109'950'743.0;

EventProducts build_event_products(std::uint64_t seed, char delimiter);

// Each takes 64 random bits; drawn afresh for every event, the shares above come out in expectation.
inline std::uint32_t draw_alias(const AliasSlot* table, std::uint32_t begin, std::uint32_t end, std::uint32_t place,
                                std::uint32_t coin) {
  const auto slot = begin + static_cast<std::uint32_t>((std::uint64_t{place} * (end - begin)) >> 32);
  return coin < table[slot].keep ? slot : table[slot].alias;
}
inline std::uint32_t draw_category(const EventProducts& shop, std::uint64_t bits) {
  return draw_alias(shop.categories.data(), 0, static_cast<std::uint32_t>(shop.categories.size()),
                    static_cast<std::uint32_t>(bits >> 32), static_cast<std::uint32_t>(bits));
}
inline std::uint32_t draw_product(const EventProducts& shop, std::uint32_t category, std::uint64_t bits) {
  const Shelf& shelf = shop.shelves[category];
  const bool unbranded = (bits & 0xffff) < shelf.unbranded_share;
  const std::uint32_t begin = unbranded ? shelf.branded_end : shelf.begin, end = unbranded ? shelf.end : shelf.branded_end;
  return draw_alias(shop.products.data(), begin, end, static_cast<std::uint32_t>(bits >> 32),
                    static_cast<std::uint32_t>(bits >> 16 << 16));
}
// The middle of a row: "product_id,category_id,category_code,brand,price,".
inline std::string_view product_text(const EventProducts& shop, std::uint32_t product, std::uint32_t day) {
  const std::uint32_t i = 2 * product + (day >= shop.price_change[product]);
  return {shop.text.data() + shop.text_begin[i], shop.text_begin[i + 1] - shop.text_begin[i]};
}

}  // namespace coterie
