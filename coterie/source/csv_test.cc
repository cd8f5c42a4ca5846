#include "coterie/source/csv.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "coterie/base/cpu.h"
#include "coterie/base/random.h"
#include "coterie/source/csv_test.h"

namespace coterie {
namespace {

void expect_same(const PlainCsv& a, const PlainCsv& b, const std::string& text) {
  ASSERT_EQ(a.rows.size(), b.rows.size()) << text.substr(0, 300);
  EXPECT_EQ(a.blank_lines, b.blank_lines);
  for (std::size_t r = 0; r < a.rows.size(); ++r) {
    EXPECT_EQ(a.rows[r].fields, b.rows[r].fields) << "row " << r << " of\n" << text.substr(0, 300);
    EXPECT_EQ(a.rows[r].fault, b.rows[r].fault) << "row " << r << " of\n" << text.substr(0, 300);
    EXPECT_EQ(a.rows[r].begin, b.rows[r].begin) << "row " << r;
    EXPECT_EQ(a.rows[r].line, b.rows[r].line) << "row " << r;
  }
}

TEST(Csv, ReadsEachCaseOfTheRulesAsStated) {
  struct Case {
    const char* text;
    std::vector<std::vector<std::string>> rows;
    std::vector<RowFault> faults;
  };
  using enum RowFault;
  const Case cases[] = {
      {"a,b\n1,2\n", {{"a", "b"}, {"1", "2"}}, {none, none}},
      {"a,b\r\n1,2\r\n", {{"a", "b"}, {"1", "2"}}, {none, none}},
      {"a,b\n1,2", {{"a", "b"}, {"1", "2"}}, {none, none}},
      {"a,\n,b\n,\n", {{"a", ""}, {"", "b"}, {"", ""}}, {none, none, none}},
      {"\"x,y\",2\n", {{"x,y", "2"}}, {none}},
      {"\"x\ny\",2\n3,4\n", {{"x\ny", "2"}, {"3", "4"}}, {none, none}},
      {"\"say \"\"hi\"\"\",2\r\n", {{"say \"hi\"", "2"}}, {none}},
      {"5\" disk,2\n", {{"5\" disk", "2"}}, {none}},
      {"\"\",\"\"\n", {{"", ""}}, {none}},
      {"\"a\"b,2\n3,4\n", {{"a", "2"}, {"3", "4"}}, {text_after_quote, none}},
      {"1,\"open\n3,4\n", {{}, {"3", "4"}}, {unterminated_quote, none}},
      {"\n\na,b\n\n", {{"a", "b"}}, {none}},
      {"\r\na,b\r\n", {{"a", "b"}}, {none}},
  };
  for (const Case& c : cases) {
    const PlainCsv csv = blocked_csv(c.text, ',', 1 << 20);
    ASSERT_EQ(csv.rows.size(), c.rows.size()) << c.text;
    for (std::size_t r = 0; r < c.rows.size(); ++r) {
      EXPECT_EQ(csv.rows[r].fields, c.rows[r]) << c.text;
      EXPECT_EQ(csv.rows[r].fault, c.faults[r]) << c.text;
    }
  }
}

std::string random_csv(Random& random, std::size_t pieces, bool quotes) {
  static const char* const plain[] = {"a", "12.50", ",", ",", ",", "\n", "\r\n", "longer text here", "", "\r", "\xc3\xa9", "\n\n"};
  static const char* const quoted[] = {"\"", "\"\"", "\"x,y\"", "\"line\nbreak\"", "\",\"", "\"\"\"\"", "\"q\"\r\n"};
  std::string text;
  for (std::size_t i = 0; i < pieces; ++i)
    text += quotes && random.below(4) == 0 ? quoted[random.below(std::size(quoted))] : plain[random.below(std::size(plain))];
  return text;
}

TEST(Csv, BlocksOfAnySizeGiveWhatAPlainReaderGives) {
  Random random(11);
  for (int round = 0; round < 3000; ++round) {
    const std::string text = random_csv(random, 1 + random.below(60), round % 2 == 1);
    const PlainCsv expected = plain_csv(text, ',');
    for (const std::size_t block : {std::size_t{1}, std::size_t{7}, std::size_t{64}, std::size_t{100000}})
      expect_same(blocked_csv(text, ',', block), expected, text);
    if (HasFailure()) return;
  }
}

TEST(Csv, RowsThatAreTooLongAndQuotesThatNeverCloseAreOneBadRowEach) {
  const std::string filler(max_row_bytes + 1000, 'x');
  for (const std::string& text : {"a,b\n" + filler + ",2\n3,4\n", "a,b\n\"" + filler + "\n3,4\n5,6\n", "a,b\n1,\"" + filler,
                                  "1,\"" + filler.substr(0, max_row_bytes - 100) + "\",2\n3,4\n", filler + "\"x\n\",1\n2,3\n"}) {
    const PlainCsv expected = plain_csv(text, ',');
    for (const std::size_t block : {std::size_t{1000}, std::size_t{300000}, std::size_t{1} << 20}) expect_same(blocked_csv(text, ',', block), expected, text);
  }
}

TEST(ScanRows, ThreeBuildsGiveTheSameIndex) {
  Random random(5);
  const auto one = std::make_unique<RowIndex>(), other = std::make_unique<RowIndex>();
  for (int round = 0; round < 300; ++round) {
    std::string text = random_csv(random, 1 + random.below(400), round % 3 == 2);
    const std::size_t size = text.size();
    text.append(64, '\n');
    plain::scan_rows(text.data(), text.data() + size, ',', *one);
    for (const auto scan : {avx2::scan_rows, avx512::scan_rows}) {
      if (isa() == Isa::plain || (isa() == Isa::avx2 && scan == avx512::scan_rows)) continue;
      scan(text.data(), text.data() + size, ',', *other);
      ASSERT_EQ(one->end_count, other->end_count);
      ASSERT_EQ(one->row_count, other->row_count);
      ASSERT_EQ(one->met_quote, other->met_quote);
      ASSERT_TRUE(std::equal(one->ends(), one->ends() + one->end_count, other->ends()));
      ASSERT_TRUE(std::equal(one->rows, one->rows + one->row_count, other->rows));
    }
  }
}

}  // namespace
}  // namespace coterie
