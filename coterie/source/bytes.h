// Files as blocks of decompressed bytes, taken by many workers at once. Regular file, pipe, gzip and zstd
// give the same blocks for the same content, on any number of threads.
#pragma once

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "coterie/source/block.h"
#include "coterie/source/decompress.h"
#include "coterie/source/recode.h"
#include "coterie/source/tabular.h"

namespace coterie {

class FileBlocks;
class StreamBlocks;

// What a report says about an input.
struct InputFile {
  std::string path;  // as given; "-" is standard input
  std::uint64_t bytes = 0;  // as stored
  Compression format = Compression::plain;
  std::string hash;  // of the bytes as stored: see source/content_hash.h
  std::string made_from = {};  // "Parquet": no text, but read as the CSV made of it; bytes and hash are those of the CSV
};

class ByteReader {
 public:
  static constexpr std::size_t head_bytes = 64 << 10;

  // "-" is standard input. Throws Error(missing_input) when the path is not there, a folder or not ours to
  // read, Error(usage) when it is packed in a format that is not read (xz, zip, ...).
  explicit ByteReader(std::string path, ByteReaderOptions options = {});
  ByteReader(ByteReader&&) noexcept;
  ~ByteReader();  // stops all reading, also that of a pipe into which nobody writes

  // The first 64 KiB of decompressed bytes (all, if fewer). They are also part of the blocks.
  std::string_view head() const { return head_; }
  bool head_is_all() const { return head_.size() < head_bytes; }
  Compression compression() const;
  // Of what is a table and no text (source/tabular.h): it is read as the CSV made of it, bytes and hash too.
  std::optional<TabularFormat> tabular() const { return tabular_format_; }
  Recoding recoding() const;  // of UTF-16 and of columns set apart by blanks

  // The next block; false at the end. Any worker in [0, threads), each from one thread at a time; blocks are
  // handed out in rising index. A block's memory is valid until the same worker calls next() again.
  // Throws Error(damaged_input) when the disk fails or a plain file shrinks while it is read; afterwards the
  // other workers find the end. A damaged compressed stream is no exception: see damage().
  bool next(Block& block, int worker);

  // For a worker that gives up: all workers find the end. facts() and damage() are void then.
  void stop();

  // Raw bytes read so far and altogether (nothing for a pipe): for progress.
  std::uint64_t bytes_read() const;
  std::optional<std::uint64_t> total_bytes() const;

  int threads() const { return options_.threads; }

  // --- after next() was false for every worker ---

  // A truncated or corrupt gzip or zstd stream; all decompressed bytes before the damage were in blocks.
  std::optional<Damage> damage() const;
  InputFile facts() const;

 private:
  RawInput open();
  void finish_tabular();

  std::string path_;
  ByteReaderOptions options_;
  std::string head_;
  std::optional<TabularFormat> tabular_format_;
  std::unique_ptr<TabularSource> tabular_;
  std::unique_ptr<std::mutex> finishing_ = std::make_unique<std::mutex>();
  std::variant<std::unique_ptr<FileBlocks>, std::unique_ptr<StreamBlocks>> blocks_;
};

}  // namespace coterie
