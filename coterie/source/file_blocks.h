// Plain regular files in blocks. Cached: each worker reads its block into its own buffer, which stays hot in
// its cache (0.066 CPU-s a GB; mapping the file costs 0.09 to 0.12, and a shrinking file would kill the
// process). Not cached: at the first block that is not in the page cache, threads start to read ahead with
// direct I/O, which is at the disk's speed three times as fast as through the page cache (measured:
// 1.5 against 0.48 GB/s). What is partly cached works too: each block is first sought in the cache.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "coterie/base/memory.h"
#include "coterie/source/block.h"
#include "coterie/source/block_ring.h"
#include "coterie/source/raw_stream.h"

namespace coterie {

class FileBlocks {
 public:
  // `input` is regular. options.threads > 0.
  FileBlocks(RawInput input, ByteReaderOptions options);
  ~FileBlocks();

  std::string head(std::size_t bytes) const;
  // See ByteReader. Throws Error(damaged_input) when the file shrinks meanwhile or the disk fails.
  bool next(Block& block, int worker);
  void stop();
  std::uint64_t bytes_read() const { return bytes_read_; }
  std::uint64_t bytes() const { return input_.bytes; }
  std::string hash() const;

 private:
  struct Range {
    std::uint64_t offset;
    std::size_t size;
  };
  Range own_bytes(std::size_t index) const;
  std::size_t lookahead_of(std::size_t index) const;
  std::size_t buffer_bytes() const;

  // A worker reads its block by itself, until a block is not in the page cache.
  bool take_index(std::size_t& index);
  void read_own(Block& block, int worker);
  // Threads read ahead, from then on.
  void start_ring();
  void read_ahead(BlockRing& ahead);
  BlockRing* ring();

  // These return where in `buffer` the range starts.
  const char* read_for_worker(char* buffer, Range range);
  char* read_from_disk(char* buffer, Range range);
  char* read_buffered(char* buffer, Range range) const;
  // False when the page cache does not hold all of it.
  bool read_cached(char* buffer, Range range);
  // Null when the file system cannot.
  char* read_direct(char* buffer, Range range);

  void hash_pieces(Range own, const char* data);

  RawInput input_;
  FileDescriptor direct_file_;
  ByteReaderOptions options_;
  std::size_t block_count_;
  std::atomic<bool> ask_cache_;  // which parts of the file are cached? (Else it is not known, or does not matter.)
  std::atomic<bool> direct_works_;
  std::atomic<std::uint64_t> bytes_read_ = 0;
  std::vector<std::uint64_t> piece_digests_;
  std::vector<HugeArray<char>> own_buffers_;  // one a worker

  std::mutex mutex_;      // guards next_ and ring_
  std::size_t next_ = 0;  // the next block that a worker reads by itself
  std::unique_ptr<BlockRing> ring_;
  std::vector<std::jthread> readers_;
};

}  // namespace coterie
