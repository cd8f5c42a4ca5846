// For tests: a folder of their own, and where files are that they do not make.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

namespace coterie {

// A folder that is gone with the test.
class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "coterie-test-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  TestFolder(const TestFolder&) = delete;
  ~TestFolder() { std::filesystem::remove_all(path_); }

  std::string path(const std::string& name = "") const { return name.empty() ? path_.string() : (path_ / name).string(); }
  // Writes a file and gives its path.
  std::string file(const std::string& name, std::string_view text) const {
    std::ofstream(path(name), std::ios::binary) << text;
    return path(name);
  }
  std::size_t files() const { return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), {})); }
  bool is_empty() const { return files() == 0; }

 private:
  std::filesystem::path path_;
};

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The checkout that this build was made of.
std::filesystem::path repository_folder();

// Real data and reference answers: $COTERIE_SHARED, or else "shared" beside the checkout. It may not be there.
std::filesystem::path shared_folder();

inline std::filesystem::path shared_file(const std::string& name) {
  return shared_folder() / name;
}
#define COTERIE_NEEDS_SHARED(name) \
  if (!std::filesystem::exists(shared_file(name))) GTEST_SKIP() << "the shared data is not there: set COTERIE_SHARED"

}  // namespace coterie
