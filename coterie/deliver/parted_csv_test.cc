#include "coterie/deliver/parted_csv.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "coterie/base/folders_test.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;

class PartedCsvTest : public testing::Test {
 protected:
  std::string content(const std::string& name) const { return content_of(folder_.path(name)); }
  std::vector<WrittenFile> write(const std::vector<std::string>& cells, PartedCsvOptions options) const {
    PartedCsv csv("list", [&](const std::string& name) { return folder_.path(name); }, {"cell"}, options);
    for (const std::string& cell : cells) csv.add(std::vector<std::string>{cell});
    return csv.finish();
  }

  const TestFolder folder_;
};

TEST_F(PartedCsvTest, IsOneFileWhereThereIsNoLimitAlsoWithoutARow) {
  const auto files = write({}, {});
  ASSERT_EQ(files.size(), 1u);
  EXPECT_EQ(content("list.csv"), "cell\n");
  EXPECT_EQ(files[0].bytes, 5u);
}

TEST_F(PartedCsvTest, BeginsAnotherFileWithTheHeaderWhereALimitIsReached) {
  const auto by_rows = write({"a", "b", "c", "d", "e"}, {.file_rows = 2});
  ASSERT_EQ(by_rows.size(), 3u);
  EXPECT_EQ(content("list.csv") + content("list-2.csv") + content("list-3.csv"), "cell\na\nb\ncell\nc\nd\ncell\ne\n");
  EXPECT_EQ(by_rows[2].rows, 1u);
  const auto by_bytes = write({"aa", "bb", "cc"}, {.file_bytes = 11});
  ASSERT_EQ(by_bytes.size(), 2u);
  for (const WrittenFile& file : by_bytes) {
    EXPECT_EQ(content(file.name).size(), file.bytes);
    EXPECT_LE(file.bytes, 11u);
    StreamHash hash;
    hash.add(content(file.name));
    EXPECT_EQ(file.hash, hash.finish());
  }
}

TEST_F(PartedCsvTest, ForSpreadsheetsFormulasAreTextAndTheEncodingIsMarked) {
  write({"=1+1", "a,b"}, {.for_spreadsheets = true});
  EXPECT_EQ(content("list.csv"), "\xef\xbb\xbf" "cell\n'=1+1\n\"a,b\"\n");
  write({"=1+1"}, {});
  EXPECT_EQ(content("list.csv"), "cell\n=1+1\n");
}

}  // namespace
}  // namespace coterie
