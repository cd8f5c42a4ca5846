#include "coterie/source/block_ring.h"

#include <algorithm>
#include <cassert>
#include <cstring>
#include <utility>

namespace coterie {

BlockRing::BlockRing(BlockRingOptions options)
    : options_(options),
      buffers_(options.buffers),
      held_(static_cast<std::size_t>(options.workers)),
      next_(options.first_block),
      claimed_(options.first_block),
      block_count_(options.block_count) {
  for (std::size_t i = buffers_.size(); i-- > 0;) empty_.push_back(i);
}

std::optional<BlockRing::Empty> BlockRing::claim() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return !empty_.empty() || claimed_ >= block_count_; });
  if (claimed_ >= block_count_) return std::nullopt;
  const std::size_t buffer = empty_.back();
  empty_.pop_back();
  if (buffers_[buffer].empty()) buffers_[buffer] = HugeArray<char>(options_.buffer_bytes);
  return Empty{claimed_++, buffers_[buffer].data(), buffer};
}

BlockRing::Entry& BlockRing::entry(std::size_t index) {
  if (entries_.size() <= index - next_) entries_.resize(index - next_ + 1);
  return entries_[index - next_];
}

void BlockRing::fill(const Empty& empty, FilledBlock block) {
  {
    const std::lock_guard lock(mutex_);
    if (empty.index >= block_count_) return;  // stopped meanwhile
    entry(empty.index) = {true, empty.buffer_index, block, nullptr};
  }
  changed_.notify_all();
}

void BlockRing::end(std::size_t block_count) {
  {
    const std::lock_guard lock(mutex_);
    block_count_ = std::min(block_count_, block_count);
  }
  changed_.notify_all();
}

void BlockRing::fail(std::size_t index, std::exception_ptr error) {
  {
    const std::lock_guard lock(mutex_);
    if (index >= block_count_) return;
    entry(index) = {true, 0, {}, std::move(error)};
  }
  changed_.notify_all();
}

void BlockRing::stop() { end(0); }

bool BlockRing::is_ready(std::size_t index) const {
  return index - next_ < entries_.size() && entries_[index - next_].ready;
}

bool BlockRing::is_deliverable() const {
  if (next_ >= block_count_) return true;
  if (!is_ready(next_)) return false;
  return !entries_.front().block.lookahead_missing || next_ + 1 >= block_count_ || is_ready(next_ + 1);
}

// The block at the front, or the one its lookahead comes from, may have failed.
void BlockRing::rethrow_error_at_front() {
  const bool looks_on = entries_.front().block.lookahead_missing && is_ready(next_ + 1);
  const std::exception_ptr error =
      entries_.front().error ? entries_.front().error : looks_on ? entries_[1].error : nullptr;
  if (!error) return;
  block_count_ = 0;
  changed_.notify_all();
  std::rethrow_exception(error);
}

bool BlockRing::next(Block& block, int worker) {
  std::unique_lock lock(mutex_);
  auto& held = held_[static_cast<std::size_t>(worker)];
  if (held) empty_.push_back(*held), held.reset(), changed_.notify_all();
  changed_.wait(lock, [&] { return is_deliverable(); });
  if (next_ >= block_count_) return false;
  rethrow_error_at_front();
  FilledBlock& filled = entries_.front().block;
  if (filled.lookahead_missing && is_ready(next_ + 1)) {
    // Copied under the lock: so that nobody can give the next block back meanwhile.
    filled.lookahead = std::min(options_.max_row_bytes, entries_[1].block.size);
    std::memcpy(filled.data + filled.size, entries_[1].block.data, filled.lookahead);
  }
  held = entries_.front().buffer_index;
  block = {next_, next_ * options_.block_bytes, filled.data, filled.size, filled.lookahead};
  entries_.pop_front();
  ++next_;
  changed_.notify_all();
  return true;
}

}  // namespace coterie
