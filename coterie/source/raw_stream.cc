#include "coterie/source/raw_stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <cstring>

#include "coterie/base/error.h"

namespace coterie {
namespace {

constexpr std::size_t chunk_bytes = 256 << 10;
constexpr int pipe_bytes = 1 << 20;  // larger than the usual 64 KiB: fewer wake-ups

[[noreturn]] void fail_to_open(const std::string& name, int code) {
  const bool absent = code == ENOENT || code == ENOTDIR;
  throw Error(ErrorKind::missing_input,
              absent ? "there is no such file" : fmt::format("cannot be opened: {}", std::strerror(code)),
              absent && name.find("://") != name.npos ? "download it first, and give the file"
              : absent         ? "check the path; a relative one starts at the working directory"
              : code == EACCES ? "make the file readable for this user, or run as its owner"
                               : "",
              name);
}

[[noreturn]] void fail_on_folder(const std::string& name) {
  throw Error(ErrorKind::missing_input, "is a folder, not a file", "give the files in it by name", name);
}

}  // namespace

FileDescriptor::~FileDescriptor() {
  if (number_ >= 0) close(number_);
}

void fail_to_read(const std::string& name, int code) {
  throw Error(ErrorKind::damaged_input, fmt::format("reading failed: {}", std::strerror(code)),
              "check the disk or the connection and copy the file anew", name);
}

RawInput open_input(const std::string& path) {
  const bool standard = path == "-";
  RawInput input{.file = FileDescriptor(standard ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)
                                                 : open(path.c_str(), O_RDONLY | O_CLOEXEC)),
                 .name = standard ? "standard input" : path};
  struct stat status;
  if (!input.file || fstat(input.file.number(), &status) != 0) fail_to_open(input.name, errno);
  if (S_ISDIR(status.st_mode)) fail_on_folder(input.name);
  if (S_ISFIFO(status.st_mode)) fcntl(input.file.number(), F_SETPIPE_SZ, pipe_bytes);
  // Files like those in /proc say they are empty and are not: size 0 is read as a stream.
  const bool at_start = !standard || lseek(input.file.number(), 0, SEEK_CUR) == 0;
  input.is_regular = S_ISREG(status.st_mode) && status.st_size > 0 && at_start;
  if (input.is_regular) input.bytes = static_cast<std::uint64_t>(status.st_size);
  return input;
}

RawStream::RawStream(RawInput input)
    : input_(std::move(input)), stopped_(eventfd(0, EFD_CLOEXEC)), chunk_(chunk_bytes) {}

std::span<const char> RawStream::unread() {
  if (chunk_begin_ == chunk_end_) {
    chunk_begin_ = 0;
    chunk_end_ = 0;  // offset() stays right if reading throws
    chunk_end_ = read_fully(chunk_.data(), chunk_.size());
  }
  return {chunk_.data() + chunk_begin_, chunk_end_ - chunk_begin_};
}

void RawStream::skip(std::size_t bytes) {
  assert(bytes <= chunk_end_ - chunk_begin_);
  chunk_begin_ += bytes;
}

std::size_t RawStream::read(char* out, std::size_t n) {
  const std::size_t from_chunk = std::min(n, chunk_end_ - chunk_begin_);
  std::memcpy(out, chunk_.data() + chunk_begin_, from_chunk);
  chunk_begin_ += from_chunk;
  return from_chunk + (from_chunk < n ? read_fully(out + from_chunk, n - from_chunk) : 0);
}

void RawStream::drain() {
  while (!unread().empty()) skip(unread().size());
}

void RawStream::stop() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(stopped_.number(), &one, sizeof one);
}

// Waits until the input has data or its end; false when stop() was called.
bool RawStream::wait_for_data() {
  pollfd waits[2] = {{stopped_.number(), POLLIN, 0}, {input_.file.number(), POLLIN, 0}};
  while (poll(waits, 2, -1) < 0 && errno == EINTR) continue;
  return waits[0].revents == 0;
}

std::size_t RawStream::read_fully(char* out, std::size_t n) {
  std::size_t done = 0;
  while (done < n && wait_for_data()) {
    const ssize_t got = ::read(input_.file.number(), out + done, n - done);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got < 0) fail_to_read(input_.name, errno);
    if (got == 0) break;
    hash_.add({out + done, static_cast<std::size_t>(got)});
    read_ += static_cast<std::uint64_t>(got);
    done += static_cast<std::size_t>(got);
  }
  return done;
}

}  // namespace coterie
