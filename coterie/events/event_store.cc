#include "coterie/events/event_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>

#include "coterie/base/error.h"

namespace coterie {
namespace {

std::uint64_t load(const char*& at, std::size_t bytes) {
  std::uint64_t value;
  std::memcpy(&value, at, 8);
  at += bytes;
  return bytes == 8 ? value : value & ((std::uint64_t{1} << 8 * bytes) - 1);
}

std::uint64_t load_code(const char*& at, unsigned kind, const StringTable& table) {
  if (kind == 3) return load(at, 8);
  return table.hash(static_cast<std::uint32_t>(load(at, std::size_t{1} << kind)));
}

const char* decode(const char* at, const StringTable& categories, const StringTable& brands, Event& event) {
  std::uint16_t header;
  std::memcpy(&header, at, 2);
  at += 2;
  event.type = static_cast<EventType>(header & 3);
  event.customer = load(at, header >> 2 & 1 ? 8 : 4);
  const bool wide_time = header >> 3 & 1;
  const std::uint64_t time = load(at, wide_time ? 8 : 4);
  event.time_ms = wide_time ? static_cast<std::int64_t>(time) : static_cast<std::int64_t>(time) * 1000;
  event.session = header >> 4 & 1 ? load(at, 8) : no_identifier;
  const unsigned product = header >> 5 & 3;
  event.product = product == 0 ? no_identifier : load(at, 4 * product);
  event.category = load_code(at, header >> 7 & 3, categories);
  event.brand = load_code(at, header >> 9 & 3, brands);
  const unsigned price = header >> 11 & 3;
  event.price_micros = price == 0   ? no_price
                       : price == 1 ? static_cast<std::int64_t>(load(at, 3)) * 10'000
                                    : static_cast<std::int64_t>(load(at, 8));
  return at;
}

// The record's length by its header, and its customer.
const char* skip_record(const char* at, Identifier& customer) {
  static constexpr auto lengths = [] {
    std::array<std::uint8_t, 1 << 13> all{};
    for (unsigned h = 0; h < all.size(); ++h) {
      const unsigned price = h >> 11 & 3;
      const auto code = [](unsigned kind) { return 1u << kind; };
      all[h] = static_cast<std::uint8_t>(2 + (h >> 2 & 1 ? 8 : 4) + (h >> 3 & 1 ? 8 : 4) + (h >> 4 & 1 ? 8 : 0) + 4 * (h >> 5 & 3) +
                                         code(h >> 7 & 3) + code(h >> 9 & 3) + (price == 0 ? 0 : price == 1 ? 3 : 8));
    }
    return all;
  }();
  std::uint16_t header;
  std::memcpy(&header, at, 2);
  const char* field = at + 2;
  customer = load(field, header >> 2 & 1 ? 8 : 4);
  return at + lengths[header];
}

// Words in a vocabulary of about 200 bytes each, so that a writer's two take an eighth of its share of the memory.
std::uint32_t most_words(const EventStoreOptions& options) {
  const std::size_t words = options.memory_bytes / static_cast<std::size_t>(options.writers) / 8 / 2 / 200;
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(words, 1 << 10, 1 << 20));
}

// Large pieces (robots' histories) come back in parts.
constexpr std::size_t read_back_bytes = std::size_t{1} << 20;

// The bytes of the complete records among the first `size`; the last of those may be cut.
std::size_t whole_records(const char* records, std::size_t size) {
  constexpr std::size_t longest = 64;
  Identifier customer;
  const char* at = records;
  while (at + longest <= records + size) at = skip_record(at, customer);
  return static_cast<std::size_t>(at - records);
}

[[noreturn]] void throw_spill_error(const char* what, const std::string& directory) {
  throw Error(ErrorKind::output, fmt::format("cannot {} the spill file in {}: {}", what, directory, std::strerror(errno)),
              "give another folder with --spill-dir, or more --memory so that nothing is spilled");
}

int open_unlinked(const std::string& directory) {
  std::string name = directory + "/coterie-spill-XXXXXX";
  const int file = mkostemp(name.data(), O_CLOEXEC);
  if (file < 0) throw_spill_error("create", directory);
  unlink(name.c_str());
  return file;
}

}  // namespace

EventStore::EventStore(const EventStoreOptions& options) : options_(options) {
  for (int w = 0; w < options.writers; ++w) writers_.push_back(std::make_unique<Writer>(options_));
}
EventStore::EventStore(EventStore&&) noexcept = default;
EventStore::~EventStore() = default;

std::uint64_t EventStore::events_in(std::size_t partition) const {
  std::uint64_t events = 0;
  for (const auto& writer : writers_) events += writer->cursors_[partition].events;
  return events;
}

std::uint64_t EventStore::spilled_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& writer : writers_) bytes += writer->spill_size_;
  return bytes;
}

std::size_t EventStore::memory_bytes() const {
  std::size_t bytes = 0;
  for (const auto& writer : writers_) bytes += writer->slabs_.size() * Writer::slab_bytes;
  return bytes;
}

template <class Fn>
void EventStore::for_each_run(std::size_t partition, const Fn& fn) const {
  std::vector<char> read_back;
  for (const auto& writer : writers_) {
    for (const Writer::Piece& piece : writer->pieces_[partition]) {
      if (piece.data != nullptr) {
        fn(*writer, piece.data, piece.size);
        continue;
      }
      read_back.resize(std::min<std::size_t>(piece.size, read_back_bytes) + 8);
      for (std::uint64_t done = 0; done < piece.size;) {
        const std::size_t size = std::min<std::size_t>(piece.size - done, read_back_bytes);
        writer->read_spilled(piece.offset + done, std::span(read_back).first(size));
        const std::size_t whole = done + size == piece.size ? size : whole_records(read_back.data(), size);
        fn(*writer, read_back.data(), whole);
        done += whole;
      }
    }
    const Writer::Cursor& cursor = writer->cursors_[partition];
    const char* start = cursor.end - (cursor.at == nullptr ? 0 : Writer::block_bytes);
    if (cursor.at != nullptr) fn(*writer, start, static_cast<std::size_t>(cursor.at - start));
  }
}

void EventStore::read_customers(std::size_t partition, std::vector<Identifier>& customers) const {
  customers.resize(events_in(partition));
  Identifier* out = customers.data();
  for_each_run(partition, [&](const Writer&, const char* at, std::size_t size) {
    for (const char* end = at + size; at < end; ++out) at = skip_record(at, *out);
  });
  assert(out == customers.data() + customers.size());
}

void EventStore::read_events(std::size_t partition, std::span<const std::uint32_t> place, std::span<Event> events) const {
  const std::uint32_t* to = place.data();
  for_each_run(partition, [&](const Writer& writer, const char* at, std::size_t size) {
    for (const char* end = at + size; at < end; ++to) at = decode(at, writer.categories, writer.brands, events[*to]);
  });
  assert(to == place.data() + place.size());
}

void EventStore::release() { writers_.clear(); }

EventStore::Writer::Writer(const EventStoreOptions& options)
    : categories(most_words(options)),
      brands(most_words(options)),
      shift_(static_cast<unsigned>(64 - options.partition_bits)),
      memory_bytes_(std::max(options.memory_bytes / static_cast<std::size_t>(options.writers), slab_bytes)),
      spill_directory_(options.spill_directory),
      cursors_(std::size_t{1} << options.partition_bits),
      pieces_(std::size_t{1} << options.partition_bits) {
}

void EventStore::Writer::read_spilled(std::uint64_t offset, std::span<char> into) const {
  for (std::size_t done = 0; done < into.size();) {
    const ssize_t got = pread(spill_file_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw_spill_error("read back", spill_directory_);
    done += static_cast<std::size_t>(got);
  }
}

EventStore::Writer::~Writer() {
  if (spill_file_ >= 0) close(spill_file_);
}

Event* EventStore::Writer::decode_run(const char* at, const char* end, Event* out) const {
  for (; at < end; ++out) at = decode(at, categories, brands, *out);
  return out;
}

// In chunks; a record that the end of a chunk cuts waits for the next.
Event* EventStore::Writer::read_back(const Piece& piece, Event* out) const {
  std::vector<char> chunk(std::min<std::uint64_t>(piece.size, read_back_bytes) + 8);  // decoding looks 8 bytes ahead
  std::size_t waiting = 0;
  for (std::uint64_t done = 0; done < piece.size;) {
    const std::size_t wanted = std::min<std::uint64_t>(chunk.size() - 8 - waiting, piece.size - done);
    const ssize_t got = pread(spill_file_, chunk.data() + waiting, wanted, static_cast<off_t>(piece.offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) throw_spill_error("read back", spill_directory_);
    done += static_cast<std::uint64_t>(got);
    const char* at = chunk.data();
    const char* end = at + waiting + got;
    for (; done == piece.size ? at < end : end - at >= longest_record; ++out) at = decode(at, categories, brands, *out);
    waiting = static_cast<std::size_t>(end - at);
    std::memmove(chunk.data(), at, waiting);
  }
  return out;
}

void EventStore::Writer::next_block(std::size_t partition) {
  if (cursors_[partition].at != nullptr) close_block(partition);
  char* block = take_block();  // may spill, which closes every block
  cursors_[partition].at = block;
  cursors_[partition].end = block + block_bytes;
}

void EventStore::Writer::close_block(std::size_t partition) {
  Cursor& cursor = cursors_[partition];
  char* start = cursor.end - block_bytes;
  pieces_[partition].push_back({start, 0, static_cast<std::uint64_t>(cursor.at - start)});
  cursor.at = cursor.end = nullptr;
}

char* EventStore::Writer::take_block() {
  if (free_blocks_.empty() && slab_used_ + block_bytes > slab_bytes) {
    if ((slabs_.size() + 1) * slab_bytes > memory_bytes_) spill();
    else slabs_.emplace_back(slab_bytes), slab_used_ = 0;
  }
  if (!free_blocks_.empty()) {
    char* block = free_blocks_.back();
    free_blocks_.pop_back();
    return block;
  }
  char* block = slabs_.back().data() + slab_used_;
  slab_used_ += block_bytes;
  return block;
}

// Writes everything in memory to the spill file, partition by partition, so that each comes back in one read.
void EventStore::Writer::spill() {
  if (spill_file_ < 0) spill_file_ = open_unlinked(spill_directory_);
  std::vector<char> run;
  const auto flush = [&] {
    for (std::size_t done = 0; done < run.size();) {
      const ssize_t put_bytes = pwrite(spill_file_, run.data() + done, run.size() - done, static_cast<off_t>(spill_size_));
      if (put_bytes < 0 && errno == EINTR) continue;
      if (put_bytes <= 0) throw_spill_error("write", spill_directory_);
      done += static_cast<std::size_t>(put_bytes);
      spill_size_ += static_cast<std::uint64_t>(put_bytes);
    }
    run.clear();
  };
  for (std::size_t partition = 0; partition < pieces_.size(); ++partition) {
    if (cursors_[partition].at != nullptr) close_block(partition);
    Piece spilled{nullptr, spill_size_ + run.size(), 0};
    std::vector<Piece>& pieces = pieces_[partition];
    const auto first = std::find_if(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.data != nullptr; });
    for (auto piece = first; piece != pieces.end(); ++piece) {
      run.insert(run.end(), piece->data, piece->data + piece->size);
      spilled.size += piece->size;
      free_blocks_.push_back(piece->data);
      if (run.size() > std::size_t{4} << 20) flush();
    }
    pieces.erase(first, pieces.end());
    if (spilled.size != 0) pieces.push_back(spilled);
  }
  flush();
}

}  // namespace coterie
