#include "coterie/base/output_folder.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

#include "coterie/base/error.h"
#include "coterie/base/folders_test.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;

class OutputFolderTest : public testing::Test {
 protected:
  std::set<std::string> entries(const fs::path& path) const {
    std::set<std::string> names;
    for (const auto& entry : fs::directory_iterator(path)) names.insert(entry.path().filename().string());
    return names;
  }
  void make(const std::string& file) const {
    OutputFolder folder(out_, [](const std::string&) { return true; });
    std::ofstream(folder.file(file)) << file;
    folder.commit();
  }

  const TestFolder folder_;
  const std::string out_ = folder_.path("out");
};

TEST_F(OutputFolderTest, AMadeFolderThatStaysEmptyIsTakenAwayAndNoOther) {
  { const MadeFolder made(out_); EXPECT_TRUE(fs::is_directory(out_)); }
  EXPECT_FALSE(fs::exists(out_));
  fs::create_directory(out_);
  { const MadeFolder made(out_); }
  EXPECT_TRUE(fs::exists(out_)) << "it was there before";
  const std::string filled = out_ + "/new";
  {
    const MadeFolder made(filled);
    std::ofstream(filled + "/file") << 1;
  }
  EXPECT_EQ(entries(filled), std::set<std::string>{"file"});
  EXPECT_THROW(MadeFolder(filled + "/file"), Error);
}

TEST_F(OutputFolderTest, AppearsWholeAndReplacesTheOldOneWhole) {
  make("old");
  EXPECT_EQ(entries(out_), std::set<std::string>{"old"});
  make("new");
  EXPECT_EQ(entries(out_), std::set<std::string>{"new"});
  EXPECT_EQ(entries(folder_.path()), std::set<std::string>{"out"});
}

TEST_F(OutputFolderTest, WithoutCommitNothingIsLeft) {
  {
    OutputFolder folder(out_, [](const std::string&) { return true; });
    std::ofstream(folder.file("half")) << "half";
  }
  EXPECT_TRUE(entries(folder_.path()).empty());
}

TEST_F(OutputFolderTest, WhatIsNotOursIsNeverRemoved) {
  fs::create_directory(out_);
  std::ofstream(out_ + "/notes.txt") << "mine";
  try {
    OutputFolder folder(out_ + "/", [](const std::string& entry) { return entry == "manifest.json"; });
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::usage);
    EXPECT_NE(std::string(error.what()).find("notes.txt"), std::string::npos);
  }
  EXPECT_EQ(entries(out_), std::set<std::string>{"notes.txt"});
}

TEST_F(OutputFolderTest, WhatAKilledProcessLeftInItIsReplacedToo) {
  fs::create_directory(out_);
  std::ofstream(out_ + "/manifest.json.tmp-123-0") << "half";
  OutputFolder folder(out_, [](const std::string& entry) { return entry == "manifest.json"; });
  std::ofstream(folder.file("manifest.json")) << "whole";
  folder.commit();
  EXPECT_EQ(entries(out_), std::set<std::string>{"manifest.json"});
}

TEST_F(OutputFolderTest, WhatAKilledProcessLeftIsRemovedByTheNext) {
  const pid_t child = fork();
  if (child == 0) {
    OutputFolder folder(out_, [](const std::string&) { return true; });
    std::ofstream(folder.file("half")) << "half";
    _exit(0);  // as if killed: no destructor runs
  }
  waitpid(child, nullptr, 0);
  ASSERT_EQ(entries(folder_.path()).size(), 1u);
  make("new");
  EXPECT_EQ(entries(folder_.path()), std::set<std::string>{"out"});
}

}  // namespace
}  // namespace coterie
