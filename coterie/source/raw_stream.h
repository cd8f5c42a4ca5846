// An input opened, and its bytes as stored, one after the other: what decompression reads from.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string>

#include "coterie/base/memory.h"
#include "coterie/source/content_hash.h"

namespace coterie {

// A file descriptor that closes itself.
class FileDescriptor {
 public:
  explicit FileDescriptor(int number = -1) : number_(number) {}
  FileDescriptor(FileDescriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    std::swap(number_, other.number_);
    return *this;
  }
  ~FileDescriptor();
  int number() const { return number_; }
  explicit operator bool() const { return number_ >= 0; }

 private:
  int number_;
};

struct RawInput {
  FileDescriptor file;
  std::string name;            // the path, or "standard input": the place in errors
  bool is_regular = false;     // of known size, readable at any offset
  std::uint64_t bytes = 0;     // regular files: the size when opened
};

// Opens a path; "-" is standard input (read at any offset if it is a file redirected from its start).
// Throws Error(missing_input) when it is not there, a folder, or not ours to read.
RawInput open_input(const std::string& path);

// The Error(damaged_input) for a failed read.
[[noreturn]] void fail_to_read(const std::string& name, int code);

// The raw bytes of a regular file or pipe in order, hashed and counted on the way.
class RawStream {
 public:
  explicit RawStream(RawInput input);

  // The unread bytes of the present chunk (filled whole from the input, so that chunks do not depend on how
  // a pipe was written); empty at the end of the stream only. Throws Error(damaged_input) when reading fails.
  std::span<const char> unread();
  void skip(std::size_t bytes);
  // Copies up to n bytes to `out`, past the chunk straight from the input; fewer at the end only.
  std::size_t read(char* out, std::size_t n);
  // Reads on to the end, for the hash.
  void drain();

  std::uint64_t offset() const { return read_ - (chunk_end_ - chunk_begin_); }  // of the first unread byte
  std::uint64_t bytes_read() const { return read_; }
  const RawInput& input() const { return input_; }
  std::string finish_hash() { return hash_.finish(); }

  // From another thread: reads in progress and later ones find the end.
  void stop();

 private:
  std::size_t read_fully(char* out, std::size_t n);
  bool wait_for_data();

  RawInput input_;
  FileDescriptor stopped_;  // an eventfd
  HugeArray<char> chunk_;
  std::size_t chunk_begin_ = 0, chunk_end_ = 0;
  std::atomic<std::uint64_t> read_ = 0;
  StreamHash hash_;
};

}  // namespace coterie
