#include "coterie/source/csv_file.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "coterie/base/error.h"
#include "coterie/base/folders_test.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;

class CsvFileTest : public testing::Test {
 protected:
  std::string write(const std::string& text) const { return folder_.file("file.csv", text); }

  const TestFolder folder_;
};

std::string joined(CsvFile& file, RowCounts* counts = nullptr) {
  std::string text;
  const RowCounts rows = file.for_each_row([&](std::span<const std::string_view> fields) {
    for (const std::string_view field : fields) text += std::string(field) + "|";
    text += "\n";
  });
  if (counts != nullptr) *counts = rows;
  return text;
}

TEST_F(CsvFileTest, GivesEveryRowAndCountsTheOthersByReason) {
  CsvFile file(write("id,name\n1,Ann\n\n2,\"Bo, \"\"the\"\" B\"\n3\n4,\"x\"y\n5,Zoë\n"));
  RowCounts rows;
  EXPECT_EQ(joined(file, &rows), "1|Ann|\n2|Bo, \"the\" B|\n5|Zoë|\n");
  EXPECT_EQ(rows.read, 5u);
  EXPECT_EQ(rows.used, 3u);
  EXPECT_EQ(rows.set_aside[static_cast<std::size_t>(Reason::wrong_field_count)], 1u);
  EXPECT_EQ(rows.set_aside[static_cast<std::size_t>(Reason::text_after_quote)], 1u);
  EXPECT_EQ(rows.blank_lines, 1u);
}

TEST_F(CsvFileTest, IsReadAgainWithTheSameRowsAndFingerprint) {
  CsvFile file(write("id,name\n1,Ann\n2,Bo\n"));
  const std::string first = joined(file), hash = file.facts().hash;
  EXPECT_EQ(joined(file), first);
  EXPECT_EQ(file.facts().hash, hash);
  EXPECT_EQ(hash.substr(0, 8), "xxh3-4m:");
}

// Rows across the borders of blocks (4 MiB), some quoted with newlines inside, are each given once.
TEST_F(CsvFileTest, RowsAcrossBlocksAreGivenOnce) {
  std::string text = "id,note\n";
  std::size_t rows = 0;
  for (; text.size() < 3 * block_bytes; ++rows)
    text += std::to_string(rows) + (rows % 3 == 0 ? ",\"two\nlines, " + std::string(rows % 900, 'x') + "\"\n" : ",plain\n");
  CsvFile file(write(text));
  std::size_t expected = 0;
  file.for_each_row([&](std::span<const std::string_view> fields) {
    ASSERT_EQ(fields[0], std::to_string(expected));
    ASSERT_EQ(fields[1].size(), expected % 3 == 0 ? 11 + expected % 900 : 5);
    ++expected;
  });
  EXPECT_EQ(expected, rows);
}

TEST_F(CsvFileTest, ARowLongerThanABlockIsSetAsideAndReadingGoesOn) {
  CsvFile file(write("id,name\n1," + std::string(2 * block_bytes, 'x') + "\n2,Bo\n"));
  RowCounts rows;
  EXPECT_EQ(joined(file, &rows), "2|Bo|\n");
  EXPECT_EQ(rows.set_aside[static_cast<std::size_t>(Reason::row_too_long)], 1u);
}

TEST_F(CsvFileTest, AFileThatIsNotThereIsAMissingInput) {
  try {
    CsvFile file(folder_.path("none.csv"));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::missing_input);
  }
}

}  // namespace
}  // namespace coterie
