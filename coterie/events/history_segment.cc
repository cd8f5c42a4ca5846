#include "coterie/events/history_segment.h"

#include <fmt/format.h>

#include <cstring>

#include "coterie/base/random.h"
#include "coterie/source/content_hash.h"

namespace coterie {
namespace {

constexpr std::string_view magic = "COTERIE1";
constexpr std::size_t trailer_bytes = 104, directory_entry_bytes = 40, customer_bytes = 16;

std::uint64_t number_at(const char* at, std::size_t bytes = 8) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, bytes);
  return value;
}

std::vector<Word> parse_words(StoreParser& parser) {
  std::vector<Word> words;
  for (std::uint64_t left = parser.number(8); left > 0; --left) {
    const Identifier value = parser.number(8);
    words.push_back({value, std::string(parser.text(parser.number(4)))});
  }
  return words;
}

std::vector<ProductWord> parse_products(StoreParser& parser) {
  std::vector<ProductWord> products;
  for (std::uint64_t left = parser.number(8); left > 0; --left) {
    ProductWord& word = products.emplace_back();
    word.product = parser.number(8), word.lowest_place = parser.number(8);
    word.code = parser.text(parser.number(1));
    for (std::uint64_t votes = parser.number(1); votes > 0; --votes) {
      const std::uint64_t place = parser.number(8);
      const std::string_view name = parser.text(parser.number(1));
      word.votes.push_back({place, name.empty() && !word.votes.empty() ? word.votes.back().name : std::string(name)});
    }
  }
  return products;
}

SegmentFacts parse_facts(const char* trailer) {
  SegmentFacts facts;
  facts.events = number_at(trailer), facts.customers = number_at(trailer + 8);
  facts.first_ms = static_cast<std::int64_t>(number_at(trailer + 16)), facts.last_ms = static_cast<std::int64_t>(number_at(trailer + 24));
  for (std::size_t t = 0; t < event_type_count; ++t) facts.events_by_type[t] = number_at(trailer + 32 + 8 * t);
  facts.partition_bits = static_cast<unsigned>(number_at(trailer + 80, 4));
  facts.checksum = number_at(trailer + 88);
  return facts;
}

}  // namespace

HistorySegment::HistorySegment(std::string path) : file_(std::move(path), "the segment") { read_end(); }

// Trailer, words and directory.
void HistorySegment::read_end() {
  char trailer[trailer_bytes];
  if (file_.size() < magic.size() + trailer_bytes) file_.fail("this is no segment of a store: it is too short");
  file_.read(file_.size() - trailer_bytes, trailer);
  if (std::string_view(trailer + trailer_bytes - magic.size(), magic.size()) != magic || number_at(trailer + 84, 4) != segment_format)
    file_.fail(fmt::format("this is no segment of a store of format {}, or it breaks off", segment_format));
  facts_ = parse_facts(trailer);
  const std::uint64_t words_at = number_at(trailer + 64), directory_at = number_at(trailer + 72), end = file_.size() - trailer_bytes;
  if (facts_.partition_bits > 32 || words_at > directory_at || directory_at + (directory_entry_bytes << facts_.partition_bits) != end)
    file_.fail("the segment's parts do not fit into it");
  std::string tail(static_cast<std::size_t>(file_.size() - words_at), '\0');
  file_.read(words_at, tail);
  const std::size_t directory = static_cast<std::size_t>(directory_at - words_at);
  if (xxh3(std::string_view(tail).substr(0, tail.size() - 16)) != facts_.checksum) file_.fail("the end of the segment does not have its checksum");
  StoreParser parser(std::string_view(tail).substr(0, directory), file_);
  texts_.categories = parse_words(parser), texts_.brands = parse_words(parser), texts_.customers = parse_words(parser), texts_.products = parse_products(parser);
  for (std::uint64_t left = parser.number(8); left > 0; --left) {
    const std::uint64_t high = parser.number(8);
    texts_.rows.emplace_back(high, parser.number(8));
  }
  for (const Word& word : texts_.categories) words_.categories.add(word.value);
  for (const Word& word : texts_.brands) words_.brands.add(word.value);
  for (std::size_t at = directory; at + trailer_bytes < tail.size(); at += directory_entry_bytes) {
    const char* entry = tail.data() + at;
    partitions_.push_back({number_at(entry), number_at(entry + 8), number_at(entry + 16), number_at(entry + 24), number_at(entry + 32)});
  }
}

void HistorySegment::read(std::size_t partition, std::vector<char>& bytes) const {
  const Partition& entry = partitions_[partition];
  if (entry.offset + entry.bytes > file_.size()) file_.fail("a partition lies beyond the segment's end");
  bytes.resize(entry.bytes + segment::slack);
  file_.read(entry.offset, std::span(bytes).first(entry.bytes));
  if (xxh3({bytes.data(), entry.bytes}) != entry.checksum) file_.fail(fmt::format("partition {} does not have its checksum", partition));
}

void SegmentReader::load(std::size_t partition) {
  if (loaded_ == partition) return;
  loaded_ = none;
  items_.clear(), customers_.clear();
  const HistorySegment::Partition& entry = segment_->partitions()[partition];
  if (entry.bytes != 0) {
    segment_->read(partition, bytes_);
    items_.resize(number_at(bytes_.data(), 4));
    const char* at = bytes_.data() + 4;
    for (Item& item : items_) at = segment::load_item(at, segment_->words(), item);
    std::uint64_t begin = static_cast<std::uint64_t>(at - bytes_.data()) + customer_bytes * entry.customers;
    customers_.reserve(entry.customers);
    for (std::uint64_t c = 0; c < entry.customers; ++c, at += customer_bytes) {
      const Identifier id = number_at(at);
      customers_.push_back({mix64(id), id, static_cast<std::uint32_t>(number_at(at + 8, 4)), begin});
      begin += number_at(at + 12, 4);
    }
  }
  loaded_ = partition;
}

void SegmentReader::begin(std::size_t partition, unsigned bits) {
  const unsigned own = segment_->facts().partition_bits;
  if (own >= bits) {
    next_ = partition << (own - bits), last_ = (partition + 1) << (own - bits);
    at_ = stop_ = 0;
    skip_empty();
    return;
  }
  load(partition >> (bits - own));
  next_ = last_ = 0;
  const auto place_of = [&](std::size_t of) {
    if (of >> bits != 0) return customers_.size();
    const std::uint64_t least = std::uint64_t{of} << (64 - bits);
    return static_cast<std::size_t>(std::partition_point(customers_.begin(), customers_.end(), [&](const Customer& c) { return c.order < least; }) - customers_.begin());
  };
  at_ = place_of(partition), stop_ = place_of(partition + 1);
}

void SegmentReader::skip_empty() {
  while (at_ == stop_ && next_ != last_) {
    load(next_++);
    at_ = 0, stop_ = customers_.size();
  }
}

void SegmentReader::next() {
  ++at_;
  skip_empty();
}

void SegmentReader::append(std::vector<Event>& events) const {
  const Customer& customer = customers_[at_];
  segment::Before before;
  const char* at = bytes_.data() + customer.begin;
  std::size_t place = events.size();
  events.resize(place + customer.events);
  for (std::uint32_t left = customer.events; left > 0; --left, ++place) {
    at = segment::load_event(at, items_, before, events[place]);
    events[place].customer = customer.id;
  }
}

}  // namespace coterie
