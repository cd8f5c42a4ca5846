#include "coterie/source/recode.h"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "coterie/source/bytes.h"

namespace coterie {
namespace {

// UTF-16 of a text that is ASCII or given as code units.
std::string utf16(const std::u16string& text, bool little, bool mark) {
  std::string bytes;
  const auto put = [&](char16_t unit) {
    const char low = static_cast<char>(unit & 0xff), high = static_cast<char>(unit >> 8);
    bytes += little ? low : high;
    bytes += little ? high : low;
  };
  if (mark) put(0xfeff);
  for (const char16_t unit : text) put(unit);
  return bytes;
}

std::string read_back(const std::string& bytes) {
  const auto path = std::filesystem::temp_directory_path() / ("coterie-recode-" + std::to_string(getpid()));
  std::ofstream(path, std::ios::binary) << bytes;
  ByteReader reader(path.string(), {.threads = 1, .block_bytes = 1000});
  std::string text;
  for (Block block; reader.next(block, 0);) text.append(block.data, block.size);
  std::filesystem::remove(path);
  return text;
}

TEST(Recode, ReadsUtf16InBothOrdersWithAndWithoutMark) {
  const std::u16string text = u"id,name\r\n1,caf\u00e9 \u20ac \U0001F600\r\n2,plain\r\n";
  const std::string expected = "id,name\r\n1,caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\r\n2,plain\r\n";
  for (const bool little : {true, false})
    for (const bool mark : {true, false}) EXPECT_EQ(read_back(utf16(text, little, mark)), expected) << little << mark;
}

TEST(Recode, ALongTextIsTheSameInPieces) {
  std::u16string text = u"id,name\n";
  std::string expected = "id,name\n";
  for (int i = 0; i < 30'000; ++i) text += u"1,\U0001F600\n", expected += "1,\xf0\x9f\x98\x80\n";
  EXPECT_TRUE(read_back(utf16(text, true, true)) == expected);
}

TEST(Recode, HalfACharacterBecomesTheReplacement) {
  EXPECT_EQ(read_back(utf16(u"a,b\n1,2\n", true, true) + "x"), "a,b\n1,2\n\xef\xbf\xbd");
  EXPECT_EQ(read_back(utf16(u"a,b\n\xd83d,2\n", true, true)), "a,b\n\xef\xbf\xbd,2\n");
}

TEST(Recode, RunsOfBlanksBecomeTabs) {
  EXPECT_EQ(read_back("  customer  date   n\r\n 00001 19970101  1\r\n\r\n00002 19970112  12  \r\n"), "customer\tdate\tn\r\n00001\t19970101\t1\r\n\r\n00002\t19970112\t12\r\n");
}

TEST(Recode, OtherTextsStayAsTheyAre) {
  for (const char* text : {"a b\nc d\n", "a,b c\n1,2 3\n", "1 2\n3 4 5\n", "one line\n", "", "a\tb\n1\t2\n"}) EXPECT_EQ(read_back(text), text);
}

TEST(Utf8Of, TakesOtherBytesForWindows1252) {
  EXPECT_EQ(utf8_of("caf\xe9 \x80 \xa3"), "caf\xc3\xa9 \xe2\x82\xac \xc2\xa3");
  EXPECT_EQ(utf8_of("caf\xc3\xa9"), "caf\xc3\xa9");
  EXPECT_EQ(utf8_of("\x81"), "\xef\xbf\xbd");
  for (const char* bad : {"\xc0\x80", "\xed\xa0\x80", "\xf5\x80\x80\x80", "\xe2\x82", "\x80"}) EXPECT_FALSE(is_utf8(bad)) << bad;
}

}  // namespace
}  // namespace coterie
