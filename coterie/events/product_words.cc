#include "coterie/events/product_words.h"

#include <algorithm>
#include <utility>

#include "coterie/source/recode.h"

namespace coterie {
namespace {

std::string_view without_blanks(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
}

// At most longest_text bytes of a UTF-8 text, whole characters.
std::string cut(std::string text) {
  if (text.size() <= ProductWords::longest_text) return text;
  const std::string_view dots = "\u2026";
  std::size_t end = ProductWords::longest_text - dots.size();
  while ((static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end).append(dots);
}

}  // namespace

void ProductWords::add(Identifier customer, Identifier product, std::string_view code, std::string_view name) {
  name = without_blanks(name);
  if (product < named_flag && name.empty()) return;
  const auto [it, is_new] = products_.try_emplace(product);
  Product& known = it->second;
  const std::uint64_t place = sample_place(customer);
  if (is_new && product >= named_flag) known.code = utf8_of(code);
  if (known.code.size() > longest_text) known.code.clear();
  known.lowest_place = std::min(known.lowest_place, place);
  if (!name.empty()) vote(known, place, cut(utf8_of(name)));
  if (products_.size() > most_ || products_.size() + names_.size() > room_) make_room();
}

void ProductWords::add(const ProductWord& word) {
  Product& known = products_[word.product];
  known.code = word.code;
  known.lowest_place = std::min(known.lowest_place, word.lowest_place);
  for (const ProductWord::Vote& v : word.votes) vote(known, v.place, v.name);
}

void ProductWords::add(const ProductWords& others) {
  for (const auto& [product, other] : others.products_) {
    Product& known = products_[product];
    known.code = other.code;
    known.lowest_place = std::min(known.lowest_place, other.lowest_place);
    for (const Vote& v : other.votes) vote(known, v.place, others.names_.text(v.name));
  }
}

void ProductWords::vote(Product& product, std::uint64_t place, std::string_view name) {
  std::vector<Vote>& votes = product.votes;
  const auto at = std::lower_bound(votes.begin(), votes.end(), place, [](const Vote& v, std::uint64_t p) { return v.place < p; });
  if (at == votes.end() && votes.size() == most_votes) return;
  const std::uint32_t number = names_.add(name, hash_text(name));
  if (at == votes.end() || at->place != place) votes.insert(at, {place, number});
  else if (name < names_.text(at->name)) at->name = number;
  if (votes.size() > most_votes) votes.pop_back();
}

void ProductWords::lower_limit() {
  limit_ = std::min(limit_, sample_limit(events_));
  next_look_ = events_ + events_ / 8;
}

void ProductWords::make_room() {
  keep_below(limit_);
  if (products_.size() > most_) {
    std::vector<std::uint64_t> places;
    for (const auto& [product, known] : products_) places.push_back(known.lowest_place);
    const auto middle = places.begin() + static_cast<std::ptrdiff_t>(most_ / 2);
    std::nth_element(places.begin(), middle, places.end());
    keep_below(limit_ = *middle);
  }
  room_ = std::max<std::size_t>(1 << 15, 2 * (products_.size() + names_.size()));
}

void ProductWords::keep_below(std::uint64_t limit) {
  std::erase_if(products_, [&](const auto& entry) { return entry.second.lowest_place >= limit; });
  const StringTable names = std::exchange(names_, StringTable());
  for (auto& [product, known] : products_) {
    std::erase_if(known.votes, [&](const Vote& v) { return v.place >= limit; });
    for (Vote& v : known.votes) v.name = names_.add(names.text(v.name), names.hash(v.name));
  }
}

std::string ProductWords::code(Identifier product) const {
  if (product < named_flag) return std::to_string(product);
  const auto it = products_.find(product);
  return it == products_.end() ? "" : it->second.code;
}

std::string ProductWords::name(Identifier product) const {
  const auto it = products_.find(product);
  if (it == products_.end()) return "";
  std::string_view best;
  std::ptrdiff_t most = 0;
  for (const Vote& v : it->second.votes) {
    const std::string_view name = names_.text(v.name);
    const auto votes = std::count_if(it->second.votes.begin(), it->second.votes.end(), [&](const Vote& other) { return other.name == v.name; });
    if (votes > most || (votes == most && name < best)) best = name, most = votes;
  }
  return std::string(best);
}

std::vector<ProductWord> ProductWords::sorted() const {
  std::vector<ProductWord> words;
  for (const auto& [product, known] : products_) {
    ProductWord& word = words.emplace_back(ProductWord{product, known.code, known.lowest_place, {}});
    for (const Vote& v : known.votes) word.votes.push_back({v.place, std::string(names_.text(v.name))});
  }
  std::sort(words.begin(), words.end(), [](const ProductWord& a, const ProductWord& b) { return a.product < b.product; });
  return words;
}

}  // namespace coterie
