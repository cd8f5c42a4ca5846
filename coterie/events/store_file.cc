#include "coterie/events/store_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "coterie/base/error.h"

namespace coterie {
namespace {

constexpr const char* make_again = "make the store again: coterie run ALL_LOGS --out DIR --store";

}  // namespace

StoreFile::StoreFile(std::string path, const char* what) : path_(std::move(path)), what_(what), file_(open(path_.c_str(), O_RDONLY | O_CLOEXEC)) {
  if (file_ < 0) throw Error(ErrorKind::missing_input, fmt::format("{} cannot be opened: {}", what_, std::strerror(errno)), make_again, path_);
  struct stat status;
  size_ = fstat(file_, &status) == 0 ? static_cast<std::uint64_t>(status.st_size) : 0;
}

StoreFile::~StoreFile() {
  if (file_ >= 0) close(file_);
}

void StoreFile::fail(const std::string& message) const { throw Error(ErrorKind::damaged_input, message, make_again, path_); }

void StoreFile::read(std::uint64_t offset, std::span<char> into) const {
  for (std::size_t done = 0; done < into.size();) {
    const ssize_t got = pread(file_, into.data() + done, into.size() - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) fail(fmt::format("{} cannot be read to the end", what_));
    done += static_cast<std::size_t>(got);
  }
}

std::uint64_t StoreParser::number(std::size_t bytes) {
  std::uint64_t value = 0;
  std::memcpy(&value, text(bytes).data(), bytes);
  return value;
}

std::string_view StoreParser::text(std::size_t bytes) {
  if (bytes > bytes_.size()) file_.fail("a list in the store ends too early");
  const std::string_view taken = bytes_.substr(0, bytes);
  bytes_.remove_prefix(bytes);
  return taken;
}

}  // namespace coterie
