// A file in blocks of decompressed bytes: the unit of work of the parsers.
#pragma once

#include <cstddef>
#include <cstdint>

namespace coterie {

// 4 MiB: reading a cached file costs 0.066 CPU-s a GB with blocks of 1 to 4 MiB, more with smaller or larger
// ones (measured, L2 1 MiB), direct reads from disk want at least this, and it is the piece of the content hash.
constexpr std::size_t block_bytes = 4 << 20;
constexpr std::size_t max_row_bytes = 256 << 10;  // longer rows are not parsed across blocks
constexpr std::size_t readable_beyond = 64;

// Block i covers [i * block_bytes, (i + 1) * block_bytes) of the decompressed stream, whatever it is read from.
struct Block {
  std::size_t index = 0;
  std::uint64_t offset = 0;     // of data in the decompressed stream
  const char* data = nullptr;
  std::size_t size = 0;         // own bytes: block_bytes, fewer in the last block
  std::size_t lookahead = 0;    // bytes of the stream right after the own ones: min(max_row_bytes, rest)
  // readable_beyond bytes after data + size + lookahead may be read; their values mean nothing.
};

enum class FileAccess {
  automatic,  // from the page cache if it is there, else a large file directly from the disk
  buffered,   // through the page cache
  direct,     // past the page cache (where the file system can)
};

struct ByteReaderOptions {
  int threads = 0;                          // workers that will call next(); 0 = default_threads()
  std::size_t block_bytes = coterie::block_bytes;      // > 0
  std::size_t max_row_bytes = coterie::max_row_bytes;  // any size, also larger than a block
  FileAccess access = FileAccess::automatic;           // of plain regular files
};

}  // namespace coterie
