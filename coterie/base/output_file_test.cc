#include "coterie/base/output_file.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>

#include "coterie/base/error.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;

// A folder of its own for each test, removed afterwards.
struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "coterie-output-XXXXXX").string();
    path = mkdtemp(name.data());
  }
  ~Folder() { fs::remove_all(path); }
  std::string operator/(const std::string& name) const { return (path / name).string(); }
  std::size_t files() const { return static_cast<std::size_t>(std::distance(fs::directory_iterator(path), {})); }
  fs::path path;
};

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

ErrorKind kind_of_failure(const std::function<void()>& act) {
  try {
    act();
  } catch (const Error& error) {
    EXPECT_FALSE(error.place.empty());
    EXPECT_FALSE(error.hint.empty());
    return error.kind;
  }
  ADD_FAILURE() << "nothing was thrown";
  return ErrorKind::usage;
}

TEST(OutputFile, AppearsOnlyWithCommitAndHoldsEveryByte) {
  const Folder folder;
  std::string expected;
  OutputFile file(folder / "a.csv");
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{262143}, std::size_t{262144},
                           std::size_t{700000}, std::size_t{3}}) {
    const std::string piece(size, static_cast<char>('a' + expected.size() % 26));
    file.write(piece);
    expected += piece;
  }
  EXPECT_FALSE(fs::exists(folder / "a.csv"));
  file.commit();
  EXPECT_EQ(content(folder / "a.csv"), expected);
  EXPECT_EQ(folder.files(), 1u);
}

TEST(OutputFile, LeavesTheOldFileAndNoTemporaryOneWhenNotCommitted) {
  const Folder folder;
  write_file(folder / "a.csv", "old");
  { OutputFile(folder / "a.csv").write("new"); }
  EXPECT_EQ(content(folder / "a.csv"), "old");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(OutputFile, IsNotHarmedByWhatAKilledRunLeft) {
  const Folder folder;
  const std::string stale = temporary_path_for(folder / "a.csv");
  const auto dash = stale.rfind('-');
  const int next = std::stoi(stale.substr(dash + 1)) + 1;
  std::ofstream(stale.substr(0, dash + 1) + std::to_string(next)) << "stale and longer than the new content";
  write_file(folder / "a.csv", "new");
  EXPECT_EQ(content(folder / "a.csv"), "new");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(OutputFile, RemovesWhatDeadProcessesLeftAndNothingElse) {
  const Folder folder;
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);  // its number is free now
  std::ofstream(folder / fmt::format("a.csv.tmp-{}-0", child)) << "of a killed run";
  for (const char* kept : {"a.csv.tmp-1-0", "a.csv.tmp-x", "a.csv.tmp-99", "b.csv.tmp-x-0"}) std::ofstream(folder / kept) << "another's";
  write_file(folder / "a.csv", "new");
  EXPECT_FALSE(fs::exists(folder / fmt::format("a.csv.tmp-{}-0", child)));
  EXPECT_EQ(folder.files(), 5u);
}

TEST(OutputFile, TwoForTheSamePathDoNotMix) {
  const Folder folder;
  OutputFile first(folder / "a"), second(folder / "a");
  first.write("first");
  second.write("second");
  second.commit();
  first.commit();
  EXPECT_EQ(content(folder / "a"), "first");
}

TEST(OutputFile, KeepsASymbolicLinkALink) {
  const Folder folder;
  write_file(folder / "real", "old");
  fs::create_symlink("real", folder / "link");
  write_file(folder / "link", "new");
  EXPECT_TRUE(fs::is_symlink(folder / "link"));
  EXPECT_EQ(content(folder / "real"), "new");
}

TEST(OutputFile, WritesToADeviceWithoutReplacingIt) {
  write_file("/dev/null", "gone");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(OutputFile, AMissingFolderIsAnOutputError) {
  const Folder folder;
  EXPECT_EQ(kind_of_failure([&] { OutputFile file(folder / "no/such/a.csv"); }), ErrorKind::output);
}

TEST(OutputFile, AFolderOfThatNameIsAnOutputError) {
  const Folder folder;
  EXPECT_EQ(kind_of_failure([&] { OutputFile file(folder.path.string()); }), ErrorKind::output);
}

TEST(OutputFile, AFullDiskIsAnOutputErrorAndLeavesNothing) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  EXPECT_EQ(kind_of_failure([] { write_file("/dev/full", "x"); }), ErrorKind::output);
}

TEST(OutputFile, AFileTooLargeForTheLimitIsAnOutputErrorAndLeavesNothing) {
  const Folder folder;
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {1 << 20, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(write_file(folder / "a", std::string(2 << 20, 'x')), Error);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(folder.files(), 0u);
}

}  // namespace
}  // namespace coterie
