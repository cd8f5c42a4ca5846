#include "coterie/source/stream_blocks.h"

#include <algorithm>
#include <exception>
#include <utility>

namespace coterie {

StreamBlocks::StreamBlocks(RawInput input, ByteReaderOptions options, std::size_t head_bytes)
    : options_(options),
      stream_(std::move(input)),
      ring_({.buffers = static_cast<std::size_t>(options.threads) + 3,
             .buffer_bytes = options.block_bytes + options.max_row_bytes + readable_beyond,
             .block_bytes = options.block_bytes,
             .max_row_bytes = options.max_row_bytes,
             .workers = options.threads}) {
  head_.resize(head_bytes);
  head_.resize(stream_.read(head_.data(), head_bytes));
  at_end_ = head_.size() < head_bytes;
  pending_ = head_;
}

StreamBlocks::~StreamBlocks() { stop(); }

void StreamBlocks::stop() {
  ring_.stop();
  stream_.source().raw().stop();
}

bool StreamBlocks::next(Block& block, int worker) {
  std::call_once(started_, [this] { producer_ = std::jthread([this] { produce(); }); });
  return ring_.next(block, worker);
}

void StreamBlocks::produce() {
  std::size_t index = 0;
  try {
    while (fill_next()) ++index;
    stream_.source().raw().drain();  // behind a damage, for the hash
    hash_ = stream_.source().raw().finish_hash();
    ring_.end(index);
  } catch (...) {
    ring_.fail(index, std::current_exception());
  }
}

// One block and its lookahead; false at the end. The lookahead begins the next block.
bool StreamBlocks::fill_next() {
  if (at_end_ && pending_.empty()) return false;
  const auto empty = ring_.claim();
  if (!empty) return false;
  const std::size_t filled = fill(empty->buffer);
  const std::size_t own = std::min(filled, options_.block_bytes);
  pending_.insert(0, empty->buffer + own, filled - own);
  if (own > 0) ring_.fill(*empty, {empty->buffer, own, filled - own});
  return own > 0;
}

// Fills a buffer with what is pending and what follows it; what does not fit stays pending.
std::size_t StreamBlocks::fill(char* buffer) {
  const std::size_t room = options_.block_bytes + options_.max_row_bytes;
  const std::size_t from_pending = pending_.copy(buffer, room);
  pending_.erase(0, from_pending);
  if (at_end_ || from_pending == room) return from_pending;
  const std::size_t from_stream = stream_.read(buffer + from_pending, room - from_pending);
  at_end_ = from_stream < room - from_pending;
  return from_pending + from_stream;
}

}  // namespace coterie
