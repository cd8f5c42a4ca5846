// The histories of a log that live on disk: the segments of a store, read as one. A customer's events may lie in several
// segments and are merged into time order, so late rows stand where they belong.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/events/history.h"
#include "coterie/events/history_segment.h"
#include "coterie/events/string_table.h"

namespace coterie {

class HistoryStore {
 public:
  // Throws as HistorySegment does.
  explicit HistoryStore(const std::vector<std::string>& segment_paths);

  const std::vector<HistorySegment>& segments() const { return segments_; }
  unsigned partition_bits() const { return partition_bits_; }  // the most that a segment has
  std::size_t partitions() const { return std::size_t{1} << partition_bits_; }
  // Of all segments. Once: the segments give their copies up.
  StringTable take_customer_names();
  ProductWords take_products();
  // Rising.
  std::vector<RowHash> row_hashes() const;
  // Those of `only` that are in the partition.
  std::span<const std::uint64_t> only_in(std::size_t partition) const;
  // What reading the partition takes, at most.
  std::uint64_t events_in(std::size_t partition) const;
  // The text of a category's or brand's identifier; "" where it was too long to be kept.
  std::string_view category(Identifier value) const { return word(&SegmentTexts::categories, value); }
  std::string_view brand(Identifier value) const { return word(&SegmentTexts::brands, value); }

  // For whoever reads the histories: later events are not there,
  std::int64_t as_of_ms = INT64_MAX;
  // and no other customers than those of these mixed identifiers, which rise.
  std::optional<std::vector<std::uint64_t>> only;

 private:
  std::string_view word(std::vector<Word> SegmentTexts::* list, Identifier value) const;

  std::vector<HistorySegment> segments_;
  unsigned partition_bits_ = 0;
};

// Reads a store customer by customer; reused from partition to partition.
class StoredHistories {
 public:
  // Calls fn for each customer of the partition in the order of mixed identifiers.
  void for_each(const HistoryStore& store, std::size_t partition, std::int64_t log_end_ms, const std::function<void(const History&)>& fn);

  // The same step by step: goes to the partition, then gives each customer's events that are asked for. Orders must rise.
  void begin(const HistoryStore& store, std::size_t partition);
  // The events of the customer of this order; empty when there is none.
  std::span<Event> events_of(std::uint64_t order);

 private:
  std::optional<std::uint64_t> lowest_order() const;
  void visit(std::uint64_t order, std::int64_t log_end_ms, const std::function<void(const History&)>& fn);

  const HistoryStore* store_ = nullptr;
  std::vector<SegmentReader> readers_;
  std::vector<Event> events_, room_;
  DistinctCounter counter_;
};

// The mixed identifiers of a segment's customers, rising.
std::vector<std::uint64_t> customer_orders(const HistorySegment& segment);

// Events by the day they are of (UTC, days since 1970).
std::map<std::int64_t, std::uint64_t> events_by_day(const HistoryStore& store);

// What a log has up to the store's as_of_ms: one pass over everything.
SegmentFacts facts_as_of(const HistoryStore& store, int threads);

}  // namespace coterie
