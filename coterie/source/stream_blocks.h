// Pipes, compressed files and texts to be recoded in blocks: one thread reads, decompresses and recodes ahead of the workers.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "coterie/source/block.h"
#include "coterie/source/block_ring.h"
#include "coterie/source/recode.h"

namespace coterie {

class StreamBlocks {
 public:
  // Reads and keeps the first head_bytes; the rest is read once next() is called. options.threads > 0.
  StreamBlocks(RawInput input, ByteReaderOptions options, std::size_t head_bytes);
  ~StreamBlocks();

  const std::string& head() const { return head_; }
  // See ByteReader. Throws Error(damaged_input) when reading (not: decompressing) fails.
  bool next(Block& block, int worker);
  void stop();

  // The rest is known after the end.
  std::uint64_t bytes_read() const { return stream_.source().raw().bytes_read(); }
  Recoding recoding() const { return stream_.recoding(); }
  Compression compression() const { return stream_.source().compression(); }
  const std::optional<Damage>& damage() const { return stream_.source().damage(); }
  const std::string& hash() const { return hash_; }
  const RawInput& input() const { return stream_.source().raw().input(); }

 private:
  void produce();
  bool fill_next();
  std::size_t fill(char* buffer);

  ByteReaderOptions options_;
  RecodedStream stream_;
  std::string head_;
  std::string pending_;  // bytes read and not yet part of a delivered block
  bool at_end_ = false;
  std::string hash_;
  BlockRing ring_;
  std::once_flag started_;
  std::jthread producer_;
};

}  // namespace coterie
