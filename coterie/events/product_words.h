// What products are called: the texts of codes that are no numbers ("85123A"), and the names that a column gives them ("WHITE HANGING HEART").
//
// Only products of sampled customers (events/customer_sample.h) have words: no others are shown, and so of twenty million codes a worker keeps
// a few hundred thousand at most. While a log is read its size is not known yet, but the sample only shrinks: each worker keeps the words of
// those who would be in the sample of what it has read so far.
//
// Rows may give a product several names (a title that changed, a remark). Then the five customers with the lowest places in the draw have a vote
// each, and the name with most votes is shown, of several the first in byte order: so neither threads nor the order of rows and files
// decide, and a slip of one clerk hardly can. A customer whose rows have several names votes for the first of them in byte order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "coterie/events/customer_sample.h"
#include "coterie/events/event.h"
#include "coterie/events/string_table.h"

namespace coterie {

// One product's words by themselves, as they stand in a store. Texts are UTF-8.
struct ProductWord {
  struct Vote {
    std::uint64_t place;  // of the customer in the draw
    std::string name;
  };
  Identifier product = 0;
  std::string code;                               // "" of a number, which is its own text, and of a text too long to be shown
  std::uint64_t lowest_place = ~std::uint64_t{0};  // of the customers who have the product
  std::vector<Vote> votes;                        // rising by place
};

class ProductWords {
 public:
  static constexpr std::size_t most_votes = 5, longest_text = 100;  // bytes; a longer name is cut, a longer code has no text
  static constexpr std::size_t bytes_of_one = 256;                  // of a product with its votes, about

  // Of more than `most` products those are dropped first whose customers come late in the draw, and so those with few customers.
  explicit ProductWords(std::size_t most = ~std::size_t{0}) : most_(most) {}

  // Asked for each event of a log: whether the customer may be in the sample in the end.
  bool wants(Identifier customer) {
    if (++events_ >= next_look_) lower_limit();
    return sample_place(customer) < limit_;
  }
  // Of an event whose customer is wanted. `name` may be blank; texts that are no UTF-8 are taken for Windows-1252.
  void add(Identifier customer, Identifier product, std::string_view code, std::string_view name);
  void add(const ProductWord& word);
  void add(const ProductWords& others);
  // Leaves the words of the customers below this place, whatever else was read on the way.
  void keep_below(std::uint64_t limit);

  // The product's code: a number's digits, or its text; "" where it has no words.
  std::string code(Identifier product) const;
  // "" where none is known.
  std::string name(Identifier product) const;
  // Rising by product.
  std::vector<ProductWord> sorted() const;
  std::size_t size() const { return products_.size(); }

 private:
  struct Vote {
    std::uint64_t place;
    std::uint32_t name;  // in names_
  };
  struct Product {
    std::string code;
    std::uint64_t lowest_place = ~std::uint64_t{0};
    std::vector<Vote> votes;  // rising by place
  };
  void vote(Product& product, std::uint64_t place, std::string_view name);
  void lower_limit();
  void make_room();

  std::size_t most_;
  std::uint64_t limit_ = ~std::uint64_t{0};
  std::uint64_t events_ = 0, next_look_ = sampled_events;
  std::size_t room_ = 1 << 15;  // of products and names, until some are dropped
  std::unordered_map<Identifier, Product> products_;
  StringTable names_;
};

}  // namespace coterie
