#include "coterie/events/segment_writer.h"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <iterator>

#include "coterie/base/error.h"
#include "coterie/base/output_file.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"
#include "coterie/events/log_reader.h"
#include "coterie/source/content_hash.h"

namespace coterie {
namespace {

constexpr std::string_view magic = "COTERIE1";
constexpr std::uint64_t events_a_partition = 32'000;

// Numbers the items of a partition in the order of their appearance.
class ItemNumbers {
 public:
  void begin(std::size_t events) {
    items_.clear();
    slots_.assign(std::bit_ceil(std::max<std::size_t>(64, 2 * events)), 0);
  }
  std::uint32_t number_of(const Event& event) {
    const Item item{event.product, event.category, event.brand, event.price_micros};
    const std::uint64_t hash = mix64(item.product + 0x9e3779b97f4a7c15u * static_cast<std::uint64_t>(item.price_micros)) ^ item.category ^ item.brand;
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at] != 0; at = (at + 1) & (slots_.size() - 1))
      if (items_[slots_[at] - 1] == item) return slots_[at] - 1;
    items_.push_back(item);
    slots_[at] = static_cast<std::uint32_t>(items_.size());
    return slots_[at] - 1;
  }
  const std::vector<Item>& items() const { return items_; }

 private:
  std::vector<Item> items_;
  std::vector<std::uint32_t> slots_;  // 1 + the number; 0: empty
};

struct EncodedPartition {
  std::string bytes;
  std::uint64_t customers = 0;
  SegmentFacts facts;
};

// Some customers with their events, by the order of their mixed identifiers.
struct Histories {
  struct Customer {
    std::uint64_t order;
    std::size_t begin, events;
  };
  std::vector<Event> events;
  std::vector<Customer> customers;

  void add(std::span<const Event> history) {
    customers.push_back({mix64(history.front().customer), events.size(), history.size()});
    events.insert(events.end(), history.begin(), history.end());
  }
  void sort() {
    std::sort(customers.begin(), customers.end(), [](const Customer& a, const Customer& b) { return a.order < b.order; });
  }
};

void count(std::span<const Event> history, SegmentFacts& facts) {
  facts.events += history.size();
  ++facts.customers;
  facts.first_ms = std::min(facts.first_ms, history.front().time_ms);
  facts.last_ms = std::max(facts.last_ms, history.back().time_ms);
  for (const Event& event : history) ++facts.events_by_type[static_cast<std::size_t>(event.type)];
}

void add_up(const SegmentFacts& part, SegmentFacts& facts) {
  facts.events += part.events, facts.customers += part.customers;
  facts.first_ms = std::min(facts.first_ms, part.first_ms), facts.last_ms = std::max(facts.last_ms, part.last_ms);
  for (std::size_t t = 0; t < event_type_count; ++t) facts.events_by_type[t] += part.events_by_type[t];
}

// A worker's half: partitions of the log to partitions of the segment.
class UnitEncoder {
 public:
  UnitEncoder(const EventLog& log, const SegmentWords& words, const SegmentWriterOptions& options) : log_(log), words_(words), without_(options.without) {}

  // The log's partitions [first, last) become `parts.size()` partitions of 2^bits, from `part` on.
  void encode(std::size_t first, std::size_t last, std::size_t part, unsigned bits, std::span<EncodedPartition> parts) {
    histories_.events.clear(), histories_.customers.clear();
    for (std::size_t p = first; p < last; ++p) reader_.for_each(log_, p, [&](const History& history) { histories_.add(history.events); });
    histories_.sort();
    if (without_ != nullptr) leave_out_known();
    auto at = histories_.customers.cbegin();
    for (std::size_t i = 0; i < parts.size(); ++i) {
      const auto end = std::find_if(at, histories_.customers.cend(), [&](const Histories::Customer& c) { return bits != 0 && c.order >> (64 - bits) > part + i; });
      encode_partition({at, end}, parts[i]);
      at = end;
    }
  }

 private:
  // Both are in the order of the mixed identifiers, each history in time order.
  void leave_out_known() {
    const unsigned bits = without_->partition_bits();
    std::size_t partition = ~std::size_t{0};
    for (Histories::Customer& customer : histories_.customers) {
      const std::size_t p = bits == 0 ? 0 : customer.order >> (64 - bits);
      if (p != partition) known_.begin(*without_, partition = p);
      const std::span<const Event> known = known_.events_of(customer.order);
      Event* begin = histories_.events.data() + customer.begin;
      std::vector<Event> kept;
      std::set_difference(begin, begin + customer.events, known.begin(), known.end(), std::back_inserter(kept), comes_before);
      customer.events = kept.size();
      std::copy(kept.begin(), kept.end(), begin);
    }
    std::erase_if(histories_.customers, [](const Histories::Customer& customer) { return customer.events == 0; });
  }

  void encode_partition(std::span<const Histories::Customer> customers, EncodedPartition& part) {
    part = {};
    if (customers.empty()) return;
    std::size_t events = 0;
    for (const Histories::Customer& customer : customers) events += customer.events;
    items_.begin(events);
    std::string index, records, items;
    for (const Histories::Customer& customer : customers) {
      const std::span<const Event> history(histories_.events.data() + customer.begin, customer.events);
      count(history, part.facts);
      const std::size_t size_before = records.size();
      segment::Before before;
      for (const Event& event : history) segment::put_event(records, event, items_.number_of(event), before);
      put_customer(index, history, records.size() - size_before);
    }
    segment::put(items, items_.items().size(), 4);
    for (const Item& item : items_.items()) segment::put_item(items, item, words_);
    part.bytes = std::move(items);
    part.bytes += index;
    part.bytes += records;
    part.customers = customers.size();
  }

  static void put_customer(std::string& index, std::span<const Event> history, std::size_t bytes) {
    if (bytes >> 32 != 0 || history.size() >> 32 != 0)
      throw Error(ErrorKind::memory, fmt::format("one customer has {} events, more than a store takes", history.size()), "take out the events of robots, or do without --store");
    segment::put(index, history.front().customer, 8);
    segment::put(index, history.size(), 4);
    segment::put(index, bytes, 4);
  }

  const EventLog& log_;
  const SegmentWords& words_;
  const HistoryStore* without_;
  LogReader reader_;
  StoredHistories known_;
  Histories histories_;
  ItemNumbers items_;
};

void add_words(const StringTable& table, std::vector<Word>& words) {
  for (std::uint32_t code = 0; code < table.size(); ++code) words.push_back({table.hash(code), std::string(table.text(code))});
}

void sort_words(std::vector<Word>& words) {
  std::sort(words.begin(), words.end(), [](const Word& a, const Word& b) { return a.value < b.value; });
  words.erase(std::unique(words.begin(), words.end(), [](const Word& a, const Word& b) { return a.value == b.value; }), words.end());
}

SegmentTexts texts_of(const EventLog& log) {
  SegmentTexts texts;
  for (std::size_t w = 0; w < log.store.writers(); ++w) {
    add_words(log.store.vocabulary(w).categories, texts.categories);
    add_words(log.store.vocabulary(w).brands, texts.brands);
  }
  if (log.stored)
    for (const HistorySegment& segment : log.stored->segments()) {
      texts.categories.insert(texts.categories.end(), segment.texts().categories.begin(), segment.texts().categories.end());
      texts.brands.insert(texts.brands.end(), segment.texts().brands.begin(), segment.texts().brands.end());
    }
  add_words(log.customer_names, texts.customers);
  for (std::vector<Word>* words : {&texts.categories, &texts.brands, &texts.customers}) sort_words(*words);
  texts.products = log.products.sorted();
  texts.rows = log.row_hashes;
  return texts;
}

void put_words(std::string& out, const std::vector<Word>& words) {
  segment::put(out, words.size(), 8);
  for (const Word& word : words) {
    segment::put(out, word.value, 8);
    segment::put(out, word.text.size(), 4);
    out += word.text;
  }
}

void put_products(std::string& out, const std::vector<ProductWord>& products) {
  segment::put(out, products.size(), 8);
  for (const ProductWord& word : products) {
    segment::put(out, word.product, 8), segment::put(out, word.lowest_place, 8);
    segment::put(out, word.code.size(), 1);
    out += word.code;
    segment::put(out, word.votes.size(), 1);
    std::string_view before;
    for (const ProductWord::Vote& vote : word.votes) {
      const std::string_view name = vote.name == before ? std::string_view() : vote.name;  // most customers say the same
      segment::put(out, vote.place, 8), segment::put(out, name.size(), 1);
      out += name;
      before = vote.name;
    }
  }
}

std::string texts_bytes(const SegmentTexts& texts) {
  std::string out;
  for (const std::vector<Word>* words : {&texts.categories, &texts.brands, &texts.customers}) put_words(out, *words);
  put_products(out, texts.products);
  segment::put(out, texts.rows.size(), 8);
  for (const RowHash& row : texts.rows) segment::put(out, row.first, 8), segment::put(out, row.second, 8);
  return out;
}

// Words, directory and trailer; the checksum is over all but itself and the magic behind it.
std::string end_of_segment(const SegmentTexts& texts, std::span<const HistorySegment::Partition> partitions, std::uint64_t offset, SegmentFacts& facts) {
  std::string end = texts_bytes(texts);
  const std::uint64_t directory = offset + end.size();
  for (const HistorySegment::Partition& p : partitions)
    for (const std::uint64_t value : {p.offset, p.bytes, p.checksum, p.events, p.customers}) segment::put(end, value, 8);
  for (const std::uint64_t value : {facts.events, facts.customers, static_cast<std::uint64_t>(facts.first_ms), static_cast<std::uint64_t>(facts.last_ms)}) segment::put(end, value, 8);
  for (const std::uint64_t of_type : facts.events_by_type) segment::put(end, of_type, 8);
  segment::put(end, offset, 8);
  segment::put(end, directory, 8);
  segment::put(end, facts.partition_bits, 4);
  segment::put(end, segment_format, 4);
  facts.checksum = xxh3(end);
  segment::put(end, facts.checksum, 8);
  return end.append(magic);
}

unsigned bits_for(std::uint64_t events) {
  unsigned bits = 0;
  while (bits < 20 && events >> bits > events_a_partition) ++bits;
  return bits;
}

// As many threads as partitions of this size fit into the memory.
int threads_that_fit(std::uint64_t events, const SegmentWriterOptions& options) {
  const std::size_t each = events * (2 * sizeof(Event) + 40) + 1;
  if (each > options.memory_bytes)
    throw Error(ErrorKind::memory, fmt::format("{} events of one or a few customers must be in memory together, which takes {} MB of the {} MB there are for it", events, each / 1'000'000 + 1, options.memory_bytes / 1'000'000),
                "give more --memory, or do without --store");
  const int threads = options.threads > 0 ? options.threads : default_threads();
  return static_cast<int>(std::min<std::size_t>(static_cast<std::size_t>(threads), options.memory_bytes / each));
}

}  // namespace

SegmentFacts write_segment(const EventLog& log, const std::string& path, const SegmentWriterOptions& options) {
  SegmentFacts facts;
  facts.partition_bits = bits_for(log.events());
  const SegmentTexts texts = texts_of(log);
  SegmentWords words;
  for (const Word& word : texts.categories) words.categories.add(word.value);
  for (const Word& word : texts.brands) words.brands.add(word.value);

  // A unit is a partition of the log or of the segment, whichever are fewer: the highest bits decide in both.
  const std::size_t from = log.partitions(), to = std::size_t{1} << facts.partition_bits, units = std::min(from, to), sources = from / units, targets = to / units;
  std::uint64_t most = 0;
  for (std::size_t u = 0; u < units; ++u) {
    std::uint64_t events = 0;
    for (std::size_t p = u * sources; p < (u + 1) * sources; ++p) events += log.events_in(p);
    most = std::max(most, events);
  }
  const int threads = threads_that_fit(most, options);
  std::vector<std::unique_ptr<UnitEncoder>> encoders;
  for (int w = 0; w < threads; ++w) encoders.push_back(std::make_unique<UnitEncoder>(log, words, options));

  OutputFile file(path);
  file.write(magic);
  std::uint64_t offset = magic.size();
  std::vector<HistorySegment::Partition> directory;
  const std::size_t batch = 4 * static_cast<std::size_t>(threads);
  for (std::size_t begin = 0; begin < units; begin += batch) {
    const std::size_t size = std::min(batch, units - begin);
    std::vector<EncodedPartition> parts(size * targets);
    for_each_block(size, threads, [&](std::size_t i, int worker) {
      const std::size_t unit = begin + i;
      encoders[static_cast<std::size_t>(worker)]->encode(unit * sources, (unit + 1) * sources, unit * targets, facts.partition_bits, std::span(parts).subspan(i * targets, targets));
    });
    for (const EncodedPartition& part : parts) {
      directory.push_back({offset, part.bytes.size(), xxh3(part.bytes), part.facts.events, part.customers});
      file.write(part.bytes);
      offset += part.bytes.size();
      add_up(part.facts, facts);
    }
  }
  file.write(end_of_segment(texts, directory, offset, facts));
  file.commit();
  return facts;
}

}  // namespace coterie
