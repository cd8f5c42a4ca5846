#include "coterie/events/event_store.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "coterie/base/error.h"

namespace coterie {
namespace {

// Words in a vocabulary of about 200 bytes each, so that a writer's two take an eighth of its share of the memory.
std::uint32_t most_words(const EventStoreOptions& options) {
  const std::size_t words = options.memory_bytes / static_cast<std::size_t>(options.writers) / 8 / 2 / 200;
  return static_cast<std::uint32_t>(std::clamp<std::size_t>(words, 1 << 10, 1 << 20));
}

// Large pieces (robots' histories) come back in parts.
constexpr std::size_t read_back_bytes = std::size_t{1} << 20;

// The items take a sixteenth of the memory at most.
std::uint32_t most_items(const EventStoreOptions& options) {
  const std::size_t affordable = std::max<std::size_t>(options.memory_bytes / 16 / ItemTable::bytes_of_one, 1 << 12);
  return static_cast<std::uint32_t>(std::min({affordable, std::size_t{options.most_items}, std::size_t{record::most_items}}));
}

// The bytes of the complete records among the first `size`; the last of those may be cut.
std::size_t whole_records(const char* records, std::size_t size) {
  const char* at = records;
  while (at + record::longest <= records + size) at = record::skip(at);
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

EventStore::EventStore(const EventStoreOptions& options) : options_(options), items_(std::make_unique<ItemTable>(most_items(options))) {
  options_.memory_bytes -= std::min(options_.memory_bytes, items_->memory_bytes());
  for (int w = 0; w < options.writers; ++w) writers_.push_back(std::make_unique<Writer>(options_, *items_));
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

void EventStore::for_each_run(std::size_t partition, const Run& fn) const {
  std::vector<char> read_back;
  for (const auto& writer : writers_) {
    for (const Writer::Piece& piece : writer->pieces_[partition]) {
      if (piece.data != nullptr) {
        fn(writer->vocabulary, piece.data, piece.size);
        continue;
      }
      read_back.resize(std::min<std::size_t>(piece.size, read_back_bytes) + record::slack);
      for (std::uint64_t done = 0; done < piece.size;) {
        const std::size_t size = std::min<std::size_t>(piece.size - done, read_back_bytes);
        writer->read_spilled(piece.offset + done, std::span(read_back).first(size));
        const std::size_t whole = done + size == piece.size ? size : whole_records(read_back.data(), size);
        fn(writer->vocabulary, read_back.data(), whole);
        done += whole;
      }
    }
    const Writer::Cursor& cursor = writer->cursors_[partition];
    const char* start = cursor.end - (cursor.at == nullptr ? 0 : Writer::block_bytes);
    if (cursor.at != nullptr) fn(writer->vocabulary, start, static_cast<std::size_t>(cursor.at - start));
  }
}

void EventStore::release() { writers_.clear(); }

EventStore::Writer::Writer(const EventStoreOptions& options, ItemTable& log_items)
    : items(log_items),
      vocabulary{StringTable(most_words(options)), StringTable(most_words(options))},
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

void EventStore::Writer::next_block(std::size_t partition) {
  if (cursors_[partition].at != nullptr) close_block(partition);
  char* block = take_block();  // may spill, which closes every block
  Cursor& cursor = cursors_[partition];
  cursor.at = block;
  cursor.end = block + block_bytes;
  cursor.recent = {};
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
