// Blocks filled ahead of the workers that take them: a few buffers go round between the threads that fill
// them (from a disk, a pipe, a decompressor) and the workers. Blocks are delivered in rising index.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <limits>
#include <mutex>
#include <optional>
#include <vector>

#include "coterie/base/memory.h"
#include "coterie/source/block.h"

namespace coterie {

// The bytes of one block in a buffer.
struct FilledBlock {
  char* data = nullptr;
  std::size_t size = 0;
  std::size_t lookahead = 0;
  bool lookahead_missing = false;  // to be copied from the next block's own bytes when delivered
};

struct BlockRingOptions {
  std::size_t buffers;             // at least workers + fillers + 1
  std::size_t buffer_bytes;
  std::size_t block_bytes;
  std::size_t max_row_bytes;
  int workers;
  std::size_t first_block = 0;
  std::size_t block_count = std::numeric_limits<std::size_t>::max();  // until end() tells
};

class BlockRing {
 public:
  struct Empty {
    std::size_t index;  // the block to be filled
    char* buffer;
    std::size_t buffer_index;
  };

  explicit BlockRing(BlockRingOptions options);

  // --- for the threads that fill ---
  // Waits for an empty buffer; nothing when all blocks are claimed or the ring is stopped.
  std::optional<Empty> claim();
  void fill(const Empty& empty, FilledBlock block);
  // The blocks before `block_count` were all there are.
  void end(std::size_t block_count);
  // Block `index` cannot be had: the worker that comes for it gets this exception.
  void fail(std::size_t index, std::exception_ptr error);

  // --- for the workers ---
  // Gives back the worker's last block and waits for the next; false at the end.
  bool next(Block& block, int worker);
  // Every later claim() and next() finds the end.
  void stop();

 private:
  struct Entry {
    bool ready = false;
    std::size_t buffer_index = 0;
    FilledBlock block;
    std::exception_ptr error;
  };
  Entry& entry(std::size_t index);
  bool is_ready(std::size_t index) const;
  bool is_deliverable() const;
  void rethrow_error_at_front();

  const BlockRingOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<HugeArray<char>> buffers_;
  std::vector<std::size_t> empty_;                 // indexes of buffers
  std::vector<std::optional<std::size_t>> held_;   // a worker's buffer
  std::deque<Entry> entries_;                      // of blocks next_, next_ + 1, ...
  std::size_t next_;                               // the next block to deliver
  std::size_t claimed_;                            // the next block to fill
  std::size_t block_count_;
};

}  // namespace coterie
