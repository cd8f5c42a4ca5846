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
#include "coterie/base/failure_test.h"
#include "coterie/base/folders_test.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;

TEST(OutputFile, AppearsOnlyWithCommitAndHoldsEveryByte) {
  const TestFolder folder;
  std::string expected;
  OutputFile file(folder.path("a.csv"));
  for (std::size_t size : {std::size_t{0}, std::size_t{1}, std::size_t{1000}, std::size_t{262143}, std::size_t{262144},
                           std::size_t{700000}, std::size_t{3}}) {
    const std::string piece(size, static_cast<char>('a' + expected.size() % 26));
    file.write(piece);
    expected += piece;
  }
  EXPECT_FALSE(fs::exists(folder.path("a.csv")));
  file.commit();
  EXPECT_EQ(content_of(folder.path("a.csv")), expected);
  EXPECT_EQ(folder.files(), 1u);
}

TEST(OutputFile, LeavesTheOldFileAndNoTemporaryOneWhenNotCommitted) {
  const TestFolder folder;
  write_file(folder.path("a.csv"), "old");
  { OutputFile(folder.path("a.csv")).write("new"); }
  EXPECT_EQ(content_of(folder.path("a.csv")), "old");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(OutputFile, IsNotHarmedByWhatAKilledRunLeft) {
  const TestFolder folder;
  const std::string stale = temporary_path_for(folder.path("a.csv"));
  const auto dash = stale.rfind('-');
  const int next = std::stoi(stale.substr(dash + 1)) + 1;
  std::ofstream(stale.substr(0, dash + 1) + std::to_string(next)) << "stale and longer than the new content";
  write_file(folder.path("a.csv"), "new");
  EXPECT_EQ(content_of(folder.path("a.csv")), "new");
  EXPECT_EQ(folder.files(), 1u);
}

TEST(OutputFile, RemovesWhatDeadProcessesLeftAndNothingElse) {
  const TestFolder folder;
  const pid_t child = fork();
  if (child == 0) _exit(0);
  waitpid(child, nullptr, 0);  // its number is free now
  std::ofstream(folder.path(fmt::format("a.csv.tmp-{}-0", child))) << "of a killed run";
  for (const char* kept : {"a.csv.tmp-1-0", "a.csv.tmp-x", "a.csv.tmp-99", "b.csv.tmp-x-0"}) std::ofstream(folder.path(kept)) << "another's";
  write_file(folder.path("a.csv"), "new");
  EXPECT_FALSE(fs::exists(folder.path(fmt::format("a.csv.tmp-{}-0", child))));
  EXPECT_EQ(folder.files(), 5u);
}

TEST(OutputFile, TwoForTheSamePathDoNotMix) {
  const TestFolder folder;
  OutputFile first(folder.path("a")), second(folder.path("a"));
  first.write("first");
  second.write("second");
  second.commit();
  first.commit();
  EXPECT_EQ(content_of(folder.path("a")), "first");
}

TEST(OutputFile, KeepsASymbolicLinkALink) {
  const TestFolder folder;
  write_file(folder.path("real"), "old");
  fs::create_symlink("real", folder.path("link"));
  write_file(folder.path("link"), "new");
  EXPECT_TRUE(fs::is_symlink(folder.path("link")));
  EXPECT_EQ(content_of(folder.path("real")), "new");
}

TEST(OutputFile, WritesToADeviceWithoutReplacingIt) {
  write_file("/dev/null", "gone");
  EXPECT_TRUE(fs::is_character_file("/dev/null"));
}

TEST(OutputFile, AMissingFolderIsAnOutputError) {
  const TestFolder folder;
  EXPECT_EQ(kind_of_failure([&] { OutputFile file(folder.path("no/such/a.csv")); }), ErrorKind::output);
}

TEST(OutputFile, AFolderOfThatNameIsAnOutputError) {
  const TestFolder folder;
  EXPECT_EQ(kind_of_failure([&] { OutputFile file(folder.path()); }), ErrorKind::output);
}

TEST(OutputFile, AFullDiskIsAnOutputErrorAndLeavesNothing) {
  if (!fs::exists("/dev/full")) GTEST_SKIP() << "no /dev/full here";
  EXPECT_EQ(kind_of_failure([] { write_file("/dev/full", "x"); }), ErrorKind::output);
}

TEST(OutputFile, AFileTooLargeForTheLimitIsAnOutputErrorAndLeavesNothing) {
  const TestFolder folder;
  rlimit before;
  getrlimit(RLIMIT_FSIZE, &before);
  const auto handler = std::signal(SIGXFSZ, SIG_IGN);
  const rlimit small = {1 << 20, before.rlim_max};
  setrlimit(RLIMIT_FSIZE, &small);
  EXPECT_THROW(write_file(folder.path("a"), std::string(2 << 20, 'x')), Error);
  setrlimit(RLIMIT_FSIZE, &before);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(folder.files(), 0u);
}

}  // namespace
}  // namespace coterie
