#include "coterie/base/output_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cassert>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <utility>

#include "coterie/base/error.h"

namespace coterie {
namespace {

constexpr std::size_t buffer_bytes = 256 << 10;

std::string hint_for(int code) {
  switch (code) {
    case ENOSPC:
    case EDQUOT: return "free some space on that disk, or write to another one";
    case EACCES:
    case EPERM:
    case EROFS: return "choose a folder that you may write to";
    case ENOENT: return "create the folder first";
    case EISDIR: return "give the name of a file, not of a folder";
  }
  return "";
}

[[noreturn]] void fail(const std::string& path, int code) {
  throw Error(ErrorKind::output, fmt::format("cannot be written: {}", std::strerror(code)), hint_for(code), path);
}

// Devices and pipes cannot be replaced by a renamed file.
bool is_written_directly(const std::string& path) {
  struct stat status;
  if (path == "-") return true;
  if (stat(path.c_str(), &status) != 0) return false;
  if (S_ISDIR(status.st_mode)) fail(path, EISDIR);
  return !S_ISREG(status.st_mode);
}

std::string behind_links(const std::string& path) {
  std::error_code ignored;
  if (!std::filesystem::is_symlink(path, ignored)) return path;
  const auto target = std::filesystem::weakly_canonical(path, ignored);
  return ignored ? path : target.string();
}

int open_directly(const std::string& path) {
  return path == "-" ? dup(STDOUT_FILENO) : open(path.c_str(), O_WRONLY | O_CLOEXEC);
}

int open_temporary(const std::string& path) {
  return open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
}

// A temporary file whose process runs no more.
bool is_orphan(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return false;
  pid_t process = 0;
  const auto parsed = std::from_chars(name.data() + prefix.size(), name.data() + name.size(), process);
  if (parsed.ec != std::errc() || process <= 0 || parsed.ptr == name.data() + name.size() || *parsed.ptr != '-') return false;
  return kill(process, 0) != 0 && errno == ESRCH;
}

// Removes what killed runs left for this target.
void remove_orphans(const std::filesystem::path& target) {
  const std::string prefix = target.filename().string() + ".tmp-";
  std::error_code ignored;
  const auto folder = target.parent_path();
  for (const auto& entry : std::filesystem::directory_iterator(folder.empty() ? "." : folder, ignored))
    if (is_orphan(entry.path().filename().native(), prefix)) std::filesystem::remove_all(entry.path(), ignored);
}

}  // namespace

std::string temporary_name_beside(const std::string& target) {
  static std::atomic<int> count = 0;
  const auto folder = std::filesystem::path(target).parent_path();
  std::error_code ignored;
  if (!folder.empty() && !std::filesystem::is_directory(folder, ignored)) fail(target, ENOENT);
  remove_orphans(target);
  std::string name = fmt::format("{}.tmp-{}-{}", target, getpid(), count++);
  std::filesystem::remove_all(name, ignored);  // of an earlier process with our number that was killed
  return name;
}

std::string temporary_path_for(const std::string& path) {
  const std::string target = behind_links(path);
  std::error_code ignored;
  if (std::filesystem::is_directory(target, ignored)) fail(path, EISDIR);
  return temporary_name_beside(target);
}

void move_into_place(const std::string& temporary, const std::string& path) {
  if (rename(temporary.c_str(), behind_links(path).c_str()) == 0) return;
  const int code = errno;
  unlink(temporary.c_str());
  fail(path, code);
}

OutputFile::OutputFile(std::string path) : path_(std::move(path)) {
  if (!is_written_directly(path_)) temporary_ = temporary_path_for(path_);
  file_ = temporary_.empty() ? open_directly(path_) : open_temporary(temporary_);
  if (file_ < 0) fail(path_, errno);
  buffer_.reserve(buffer_bytes);
}

OutputFile::OutputFile(OutputFile&& other) noexcept
    : path_(std::move(other.path_)),
      temporary_(std::move(other.temporary_)),
      buffer_(std::move(other.buffer_)),
      file_(std::exchange(other.file_, -1)) {}

OutputFile::~OutputFile() {
  if (file_ < 0) return;
  close(file_);
  if (!temporary_.empty()) unlink(temporary_.c_str());
}

void OutputFile::write(std::string_view bytes) {
  assert(file_ >= 0 && "write after commit");
  if (buffer_.size() + bytes.size() > buffer_bytes) flush();
  if (bytes.size() >= buffer_bytes) return write_through(bytes);
  buffer_ += bytes;
}

void OutputFile::flush() {
  write_through(buffer_);
  buffer_.clear();
}

void OutputFile::write_through(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(file_, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail(path_, errno);
    bytes.remove_prefix(static_cast<std::size_t>(written));
  }
}

void OutputFile::commit() {
  flush();
  const int closed = close(std::exchange(file_, -1));  // network file systems report a full disk only here
  const int code = errno;
  if (closed != 0 && !temporary_.empty()) unlink(temporary_.c_str());
  if (closed != 0) fail(path_, code);
  if (!temporary_.empty()) move_into_place(temporary_, path_);
}

void write_file(const std::string& path, std::string_view bytes) {
  OutputFile file(path);
  file.write(bytes);
  file.commit();
}

}  // namespace coterie
