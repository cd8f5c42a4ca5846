#include "coterie/source/dialect.h"

#include <gtest/gtest.h>

#include "coterie/base/error.h"

namespace coterie {
namespace {

using Columns = std::vector<std::string>;

Dialect sniff(const std::string& text, char forced = 0) { return sniff_dialect(text, true, "log.csv", forced); }

std::string error_of(const std::string& text, bool is_all = true) {
  try {
    sniff_dialect(text, is_all, "log.csv");
  } catch (const Error& error) {
    return std::string(name_of(error.kind)) + " " + text_of(error);
  }
  return "";
}

TEST(SniffDialect, FindsDelimiterHeaderAndFirstRow) {
  struct Case {
    const char* text;
    char delimiter;
    bool has_header;
    Columns columns;
    std::size_t header_bytes, samples;
  };
  const Case cases[] = {
      {"a,b\nx,1\ny,2\n", ',', true, {"a", "b"}, 4, 2},
      {"a;b\nx;1,5\ny;2,5\n", ';', true, {"a", "b"}, 4, 2},
      {"a\tb\nx, z\t1\ny\t2\n", '\t', true, {"a", "b"}, 4, 2},
      {"a|b\nx|1\n", '|', true, {"a", "b"}, 4, 1},
      {"a,b,c;d\nx,y,z;1\n", ',', true, {"a", "b", "c;d"}, 8, 1},  // more fields win
      {"a,b;c\nx,y;z\n", ',', true, {"a", "b;c"}, 6, 1},           // of equal, the first of , ; tab |
      {"a;b\n\"x,1,2\";3\n\"y,4,5\";6\n", ';', true, {"a", "b"}, 4, 2},
      {"\"the, id\",b\nx,1\n", ',', true, {"the, id", "b"}, 12, 1},
      {"\"a\nb\",c\nx,1\n", ',', true, {"a\nb", "c"}, 8, 1},
      {"\n\na,b\nx,1\n", ',', true, {"a", "b"}, 6, 1},
      {"a,b\r\nx,1\r\n", ',', true, {"a", "b"}, 5, 1},
      {"\xef\xbb\xbf" "a,b\nx,1\n", ',', true, {"a", "b"}, 7, 1},
      {"x,1\ny,2\n", ',', false, {"column_1", "column_2"}, 0, 2},
      {"\xef\xbb\xbf" "x,2019-10-01\n", ',', false, {"column_1", "column_2"}, 3, 1},
      {"a,b", ',', true, {"a", "b"}, 3, 0},
      {"single\nx\n", ',', true, {"single"}, 7, 1},
  };
  for (const Case& c : cases) {
    const Dialect dialect = sniff(c.text);
    EXPECT_EQ(dialect.delimiter, c.delimiter) << c.text;
    EXPECT_EQ(dialect.has_header, c.has_header) << c.text;
    EXPECT_EQ(dialect.columns, c.columns) << c.text;
    EXPECT_EQ(dialect.header_bytes, c.header_bytes) << c.text;
    EXPECT_EQ(dialect.samples.size(), c.samples) << c.text;
  }
}

TEST(SniffDialect, TellsByteOrderMarkAndLineEnds) {
  EXPECT_TRUE(sniff("\xef\xbb\xbf" "a,b\n").byte_order_mark);
  EXPECT_FALSE(sniff("a,b\n").byte_order_mark);
  EXPECT_TRUE(sniff("a,b\r\n").crlf);
  EXPECT_FALSE(sniff("a,b\n").crlf);
  EXPECT_FALSE(sniff("a,b").crlf);
}

TEST(SniffDialect, TakesAGivenDelimiterWithoutAGuess) {
  EXPECT_EQ(sniff("a;b,c\n1;x,y\n", ',').columns, (Columns{"a;b", "c"}));
  EXPECT_EQ(sniff("a;b,c\n1;x,y\n", ';').columns, (Columns{"a", "b,c"}));
}

TEST(SniffDialect, KeepsAThousandSamplesAndNoRowThatTheHeadCuts) {
  std::string text = "a,b\n";
  for (int i = 0; i < 5000; ++i) text += "x,y\n";
  EXPECT_EQ(sniff(text).samples.size(), 1000u);
  const Dialect cut = sniff_dialect("a,b\nx,1\ny,2", false, "log.csv");
  EXPECT_EQ(cut.samples, (std::vector<Columns>{{"x", "1"}}));
}

TEST(SniffDialect, SaysWhatIsWrongWithWhatItCannotTake) {
  EXPECT_EQ(error_of(""), "no_usable_rows log.csv: the file has no row\n  fix: give a CSV file with a header line and at least one row");
  EXPECT_EQ(error_of("\n\r\n\n"), error_of(""));
  EXPECT_EQ(error_of(std::string(65536, 'x'), false),
            "no_usable_rows log.csv: no line ends within the first 64 KiB\n  fix: give a CSV file whose header line is shorter");
  EXPECT_EQ(error_of(std::string("PK12\0\n", 6)), "usage log.csv: this is no text: byte 4 is zero\n  fix: give a CSV file");
  EXPECT_EQ(error_of("a,b\n\x01\x02,3\n"), "usage log.csv: this is no text: 2 of the first 9 bytes are control characters\n  fix: give a CSV file");
}

TEST(NameOfDelimiter, IsAWord) {
  EXPECT_EQ(name_of_delimiter(','), "comma");
  EXPECT_EQ(name_of_delimiter('\t'), "tab");
  EXPECT_EQ(name_of_delimiter(';'), "semicolon");
  EXPECT_EQ(name_of_delimiter('|'), "bar");
}

}  // namespace
}  // namespace coterie
