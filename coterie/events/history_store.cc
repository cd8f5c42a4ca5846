#include "coterie/events/history_store.h"

#include <algorithm>

#include "coterie/base/parallel.h"
#include "coterie/base/time.h"

namespace coterie {

HistoryStore::HistoryStore(const std::vector<std::string>& segment_paths) {
  for (const std::string& path : segment_paths) {
    segments_.emplace_back(path);
    partition_bits_ = std::max(partition_bits_, segments_.back().facts().partition_bits);
  }
}

StringTable HistoryStore::take_customer_names() {
  StringTable names;
  for (HistorySegment& segment : segments_)
    for (const Word& word : segment.take_customers()) names.add(word.text, word.value);
  return names;
}

ProductWords HistoryStore::take_products() {
  ProductWords products;
  std::uint64_t events = 0;
  for (HistorySegment& segment : segments_) {
    for (const ProductWord& word : segment.take_products()) products.add(word);
    events += segment.facts().events;
  }
  products.keep_below(sample_limit(events));
  return products;
}

std::vector<RowHash> HistoryStore::row_hashes() const {
  std::vector<RowHash> rows;
  for (const HistorySegment& segment : segments_) rows.insert(rows.end(), segment.texts().rows.begin(), segment.texts().rows.end());
  std::sort(rows.begin(), rows.end());
  return rows;
}

std::span<const std::uint64_t> HistoryStore::only_in(std::size_t partition) const {
  if (!only) return {};
  const auto first_of = [&](std::size_t p) {
    if (p >> partition_bits_ != 0) return only->end();
    return std::lower_bound(only->begin(), only->end(), partition_bits_ == 0 ? 0 : std::uint64_t{p} << (64 - partition_bits_));
  };
  return {first_of(partition), first_of(partition + 1)};
}

std::uint64_t HistoryStore::events_in(std::size_t partition) const {
  std::uint64_t events = 0;
  for (const HistorySegment& segment : segments_) {
    const unsigned finer = partition_bits_ - segment.facts().partition_bits;
    events += segment.partitions()[partition >> finer].events;
  }
  return events;
}

std::string_view HistoryStore::word(std::vector<Word> SegmentTexts::* list, Identifier value) const {
  for (const HistorySegment& segment : segments_) {
    const std::vector<Word>& words = segment.texts().*list;
    const auto it = std::lower_bound(words.begin(), words.end(), value, [](const Word& word, Identifier v) { return word.value < v; });
    if (it != words.end() && it->value == value) return it->text;
  }
  return "";
}

void StoredHistories::begin(const HistoryStore& store, std::size_t partition) {
  if (store_ != &store) {
    store_ = &store;
    readers_.clear();
    for (const HistorySegment& segment : store.segments()) readers_.emplace_back(segment);
  }
  for (SegmentReader& reader : readers_) reader.begin(partition, store.partition_bits());
}

std::optional<std::uint64_t> StoredHistories::lowest_order() const {
  std::optional<std::uint64_t> lowest;
  for (const SegmentReader& reader : readers_)
    if (!reader.at_end() && (!lowest || reader.order() < *lowest)) lowest = reader.order();
  return lowest;
}

std::span<Event> StoredHistories::events_of(std::uint64_t order) {
  events_.clear();
  int parts = 0;
  for (SegmentReader& reader : readers_) {
    while (!reader.at_end() && reader.order() < order) reader.next();
    if (reader.at_end() || reader.order() != order) continue;
    reader.append(events_);
    reader.next();
    ++parts;
  }
  if (parts > 1) sort_history(events_, room_);
  if (store_->as_of_ms != INT64_MAX)
    events_.erase(std::partition_point(events_.begin(), events_.end(), [&](const Event& event) { return event.time_ms <= store_->as_of_ms; }), events_.end());
  return events_;
}

void StoredHistories::visit(std::uint64_t order, std::int64_t log_end_ms, const std::function<void(const History&)>& fn) {
  const std::span<Event> events = events_of(order);
  if (events.empty()) return;
  History history{events, log_end_ms, {}, &counter_};
  for (const Event& event : events) ++history.count_by_type[static_cast<std::size_t>(event.type)];
  fn(history);
}

void StoredHistories::for_each(const HistoryStore& store, std::size_t partition, std::int64_t log_end_ms, const std::function<void(const History&)>& fn) {
  const std::span<const std::uint64_t> only = store.only_in(partition);
  if (store.only && only.empty()) return;
  begin(store, partition);
  if (store.only)
    for (const std::uint64_t order : only) visit(order, log_end_ms, fn);
  else
    while (const std::optional<std::uint64_t> order = lowest_order()) visit(*order, log_end_ms, fn);
  if (events_.capacity() > HistoryReader::most_copied) events_ = {}, room_ = {};
}

std::vector<std::uint64_t> customer_orders(const HistorySegment& segment) {
  std::vector<std::uint64_t> orders;
  SegmentReader reader(segment);
  for (reader.begin(0, 0); !reader.at_end(); reader.next()) orders.push_back(reader.order());
  return orders;
}

std::map<std::int64_t, std::uint64_t> events_by_day(const HistoryStore& store) {
  std::map<std::int64_t, std::uint64_t> days;
  StoredHistories reader;
  for (std::size_t p = 0; p < store.partitions(); ++p)
    reader.for_each(store, p, 0, [&](const History& history) {
      for (const Event& event : history.events) ++days[floor_divide(event.time_ms, ms_per_day)];
    });
  return days;
}

SegmentFacts facts_as_of(const HistoryStore& store, int threads) {
  std::vector<StoredHistories> readers(static_cast<std::size_t>(threads > 0 ? threads : default_threads()));
  std::vector<SegmentFacts> of_partition(store.partitions());
  for_each_block(store.partitions(), threads, [&](std::size_t p, int worker) {
    SegmentFacts& facts = of_partition[p];
    readers[static_cast<std::size_t>(worker)].for_each(store, p, 0, [&](const History& history) {
      facts.events += history.events.size();
      ++facts.customers;
      facts.first_ms = std::min(facts.first_ms, history.events.front().time_ms);
      facts.last_ms = std::max(facts.last_ms, history.events.back().time_ms);
      for (std::size_t t = 0; t < event_type_count; ++t) facts.events_by_type[t] += history.count_by_type[t];
    });
  });
  SegmentFacts all;
  for (const SegmentFacts& facts : of_partition) {
    all.events += facts.events, all.customers += facts.customers;
    all.first_ms = std::min(all.first_ms, facts.first_ms), all.last_ms = std::max(all.last_ms, facts.last_ms);
    for (std::size_t t = 0; t < event_type_count; ++t) all.events_by_type[t] += facts.events_by_type[t];
  }
  return all;
}

}  // namespace coterie
