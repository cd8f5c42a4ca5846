#include "coterie/base/output_folder.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "coterie/base/error.h"
#include "coterie/base/output_file.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;

std::string without_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') path.pop_back();
  return path;
}

std::string behind_links(const std::string& path) {
  std::error_code ignored;
  if (!fs::is_symlink(path, ignored)) return path;
  const auto target = fs::weakly_canonical(path, ignored);
  return ignored ? path : target.string();
}

[[noreturn]] void fail(const std::string& path, int code) {
  throw Error(ErrorKind::output, fmt::format("the folder cannot be written: {}", std::strerror(code)), "give a folder you may write to with --out", path);
}

void require_ours(const std::string& path, const std::function<bool(const std::string&)>& is_ours) {
  std::error_code ignored;
  if (!fs::exists(path, ignored)) return;
  if (!fs::is_directory(path, ignored)) throw Error(ErrorKind::usage, "this is a file, and a folder is to be written", "give another --out", path);
  for (const auto& entry : fs::directory_iterator(path, ignored)) {
    const std::string name = entry.path().filename().string();
    if (!is_ours(name.substr(0, name.find(".tmp-"))))  // also what a killed run left of it
      throw Error(ErrorKind::usage, fmt::format("the folder holds \"{}\", which was not written here and would be lost", name), "give a new or empty folder with --out", path);
  }
}

}  // namespace

MadeFolder::MadeFolder(std::string path) : path_(std::move(path)) {
  std::error_code error, ignored;
  was_there_ = fs::exists(path_, ignored);
  fs::create_directories(path_, error);
  if (!fs::is_directory(path_, ignored))
    throw Error(ErrorKind::output, was_there_ ? "is a file, not a folder" : fmt::format("cannot make the folder: {}", error.message()), "give a folder you may write to with --out", path_);
}

MadeFolder::~MadeFolder() {
  std::error_code ignored;
  if (!was_there_) fs::remove(path_, ignored);  // not if something is in it
}

OutputFolder::OutputFolder(std::string path, const std::function<bool(const std::string&)>& is_ours) : path_(behind_links(without_slash(std::move(path)))) {
  require_ours(path_, is_ours);
  temporary_ = temporary_name_beside(path_);
  std::error_code error;
  if (!fs::create_directory(temporary_, error) || error) fail(path_, error ? error.value() : EEXIST);
}

OutputFolder::~OutputFolder() {
  std::error_code ignored;
  if (!temporary_.empty()) fs::remove_all(temporary_, ignored);
}

void OutputFolder::commit() {
  std::error_code ignored;
  if (!fs::exists(path_, ignored)) {
    if (rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, errno);
    temporary_.clear();
    return;
  }
  if (renameat2(AT_FDCWD, temporary_.c_str(), AT_FDCWD, path_.c_str(), RENAME_EXCHANGE) != 0) {
    if (errno != EINVAL && errno != ENOSYS) fail(path_, errno);
    const std::string old = temporary_ + "-old";
    if (rename(path_.c_str(), old.c_str()) != 0 || rename(temporary_.c_str(), path_.c_str()) != 0) fail(path_, errno);
    temporary_ = old;
  }
  fs::remove_all(temporary_, ignored);  // now the old one
  temporary_.clear();
}

}  // namespace coterie
