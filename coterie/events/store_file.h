// A file of a history store, as it is read: whole parts at their offsets. events/STORE_FORMAT.md has what is in them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace coterie {

class StoreFile {
 public:
  // `what` is what errors call it: "the segment". Throws Error(missing_input) when it is not there.
  StoreFile(std::string path, const char* what);
  StoreFile(StoreFile&& other) noexcept : path_(std::move(other.path_)), what_(other.what_), file_(std::exchange(other.file_, -1)), size_(other.size_) {}
  StoreFile& operator=(StoreFile&&) = delete;
  ~StoreFile();

  const std::string& path() const { return path_; }
  std::uint64_t size() const { return size_; }
  // Fills `into` with the bytes from `offset` on. Any thread. Throws Error(damaged_input) where there are fewer.
  void read(std::uint64_t offset, std::span<char> into) const;
  // Throws Error(damaged_input) with the file's path.
  [[noreturn]] void fail(const std::string& message) const;

 private:
  std::string path_;
  const char* what_;
  int file_ = -1;
  std::uint64_t size_ = 0;
};

// Takes numbers (little-endian) and texts off the front of some bytes of a file. Throws Error(damaged_input) where they end too early.
class StoreParser {
 public:
  StoreParser(std::string_view bytes, const StoreFile& file) : bytes_(bytes), file_(file) {}

  std::uint64_t number(std::size_t bytes);
  std::string_view text(std::size_t bytes);
  std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
  const StoreFile& file_;
};

}  // namespace coterie
