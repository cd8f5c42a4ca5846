// One file of a history store: the histories of a log, customers in the order of their mixed identifiers, cut into
// partitions by the highest bits of them. Written once and never changed. events/STORE_FORMAT.md has the bytes.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "coterie/events/event.h"
#include "coterie/events/product_words.h"
#include "coterie/events/segment_record.h"
#include "coterie/events/store_file.h"

namespace coterie {

constexpr std::uint32_t segment_format = 2;
using RowHash = std::pair<std::uint64_t, std::uint64_t>;  // 128 bits of a row's text, high half first

// What a segment says of itself at its end.
struct SegmentFacts {
  std::uint64_t events = 0, customers = 0;
  std::int64_t first_ms = INT64_MAX, last_ms = INT64_MIN;
  std::array<std::uint64_t, event_type_count> events_by_type{};
  unsigned partition_bits = 0;
  std::uint64_t checksum = 0;  // XXH3-64 of words, directory and facts, and so of all partitions' checksums
};

struct Word {
  Identifier value = 0;
  std::string text;
};

// The texts behind identifiers, each list rising by value; and the hashes of the rows where equal ones are dropped, rising.
struct SegmentTexts {
  std::vector<Word> categories, brands, customers;
  std::vector<ProductWord> products;
  std::vector<RowHash> rows;
};

class HistorySegment {
 public:
  struct Partition {
    std::uint64_t offset = 0, bytes = 0, checksum = 0, events = 0, customers = 0;
  };

  // Reads all but the partitions. Throws Error(missing_input) when the file is not there, Error(damaged_input) when it
  // is no segment of this format or its end does not have its checksum.
  explicit HistorySegment(std::string path);

  const std::string& path() const { return file_.path(); }
  const SegmentFacts& facts() const { return facts_; }
  const SegmentTexts& texts() const { return texts_; }
  const SegmentWords& words() const { return words_; }
  std::vector<Word> take_customers() { return std::move(texts_.customers); }
  std::vector<ProductWord> take_products() { return std::move(texts_.products); }
  std::span<const Partition> partitions() const { return partitions_; }

  // The bytes of a partition, and segment::slack more. Throws Error(damaged_input) when they do not have their checksum.
  void read(std::size_t partition, std::vector<char>& bytes) const;

 private:
  void read_end();

  StoreFile file_;
  SegmentFacts facts_;
  SegmentTexts texts_;
  SegmentWords words_;
  std::vector<Partition> partitions_;
};

// Walks over the customers of a range of mixed identifiers of a segment. Reused; keeps the partition it stands in.
class SegmentReader {
 public:
  explicit SegmentReader(const HistorySegment& segment) : segment_(&segment) {}

  // Goes to the first customer of the partition of 2^bits.
  void begin(std::size_t partition, unsigned bits);
  bool at_end() const { return at_ == stop_ && next_ == last_; }
  Identifier customer() const { return customers_[at_].id; }
  std::uint64_t order() const { return customers_[at_].order; }  // the customer's mixed identifier
  std::uint32_t events() const { return customers_[at_].events; }
  // Appends the customer's history to `events`.
  void append(std::vector<Event>& events) const;
  void next();

 private:
  struct Customer {
    std::uint64_t order;
    Identifier id;
    std::uint32_t events;
    std::uint64_t begin;  // of the history's bytes
  };
  void load(std::size_t partition);
  void skip_empty();
  static constexpr std::size_t none = ~std::size_t{0};

  const HistorySegment* segment_;
  std::size_t loaded_ = none;
  std::vector<char> bytes_;
  std::vector<Item> items_;
  std::vector<Customer> customers_;
  std::size_t at_ = 0, stop_ = 0;    // customers of the loaded partition that are in the range
  std::size_t next_ = 0, last_ = 0;  // the segment's partitions to come
};

}  // namespace coterie
