#include "coterie/events/history_segment.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "coterie/base/error.h"
#include "coterie/base/random.h"
#include "coterie/source/content_hash.h"

namespace coterie {
namespace {

constexpr std::string_view magic = "COTERIE1";
constexpr std::size_t trailer_bytes = 104, directory_entry_bytes = 40, customer_bytes = 16;

[[noreturn]] void throw_damaged(const std::string& path, const std::string& what) {
  throw Error(ErrorKind::damaged_input, what, "make the store again: coterie run ALL_LOGS --out DIR --store", path);
}

std::uint64_t number_at(const char* at, std::size_t bytes = 8) {
  std::uint64_t value = 0;
  std::memcpy(&value, at, bytes);
  return value;
}

// Takes numbers and texts off the front of some bytes.
class Parser {
 public:
  Parser(std::string_view bytes, const std::string& path) : bytes_(bytes), path_(path) {}

  std::uint64_t number(std::size_t size) { return number_at(text(size).data(), size); }
  std::string_view text(std::size_t size) {
    if (size > bytes_.size()) throw_damaged(path_, "the segment's words end too early");
    const std::string_view taken = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return taken;
  }

 private:
  std::string_view bytes_;
  const std::string& path_;
};

std::vector<Word> parse_words(Parser& parser) {
  std::vector<Word> words;
  for (std::uint64_t left = parser.number(8); left > 0; --left) {
    const Identifier value = parser.number(8);
    words.push_back({value, std::string(parser.text(parser.number(4)))});
  }
  return words;
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

HistorySegment::HistorySegment(std::string path) : path_(std::move(path)) {
  file_ = open(path_.c_str(), O_RDONLY | O_CLOEXEC);
  if (file_ < 0) throw Error(ErrorKind::missing_input, fmt::format("the store's file cannot be opened: {}", std::strerror(errno)), "make the store again: coterie run ALL_LOGS --out DIR --store", path_);
  struct stat status;
  size_ = fstat(file_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
  read_end();
}

HistorySegment::HistorySegment(HistorySegment&& other) noexcept
    : path_(std::move(other.path_)), file_(std::exchange(other.file_, -1)), size_(other.size_), facts_(other.facts_), texts_(std::move(other.texts_)),
      words_(std::move(other.words_)), partitions_(std::move(other.partitions_)) {}

HistorySegment::~HistorySegment() {
  if (file_ >= 0) close(file_);
}

void HistorySegment::read_at(std::uint64_t offset, char* into, std::size_t bytes) const {
  for (std::size_t done = 0; done < bytes;) {
    const ssize_t got = pread(file_, into + done, bytes - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw_damaged(path_, "the segment cannot be read to its end");
    done += static_cast<std::size_t>(got);
  }
}

// Trailer, words and directory.
void HistorySegment::read_end() {
  char trailer[trailer_bytes];
  if (size_ < magic.size() + trailer_bytes) throw_damaged(path_, "this is no segment of a store: it is too short");
  read_at(size_ - trailer_bytes, trailer, trailer_bytes);
  if (std::string_view(trailer + trailer_bytes - magic.size(), magic.size()) != magic || number_at(trailer + 84, 4) != segment_format)
    throw_damaged(path_, fmt::format("this is no segment of a store of format {}, or it breaks off", segment_format));
  facts_ = parse_facts(trailer);
  const std::uint64_t words_at = number_at(trailer + 64), directory_at = number_at(trailer + 72), end = size_ - trailer_bytes;
  if (facts_.partition_bits > 32 || words_at > directory_at || directory_at + (directory_entry_bytes << facts_.partition_bits) != end)
    throw_damaged(path_, "the segment's parts do not fit into it");
  std::string tail(static_cast<std::size_t>(size_ - words_at), '\0');
  read_at(words_at, tail.data(), tail.size());
  const std::size_t directory = static_cast<std::size_t>(directory_at - words_at);
  if (xxh3(std::string_view(tail).substr(0, tail.size() - 16)) != facts_.checksum) throw_damaged(path_, "the end of the segment does not have its checksum");
  Parser parser(std::string_view(tail).substr(0, directory), path_);
  texts_.categories = parse_words(parser), texts_.brands = parse_words(parser), texts_.customers = parse_words(parser);
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
  if (entry.offset + entry.bytes > size_) throw_damaged(path_, "a partition lies beyond the segment's end");
  bytes.resize(entry.bytes + segment::slack);
  read_at(entry.offset, bytes.data(), entry.bytes);
  if (xxh3({bytes.data(), entry.bytes}) != entry.checksum) throw_damaged(path_, fmt::format("partition {} does not have its checksum", partition));
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
