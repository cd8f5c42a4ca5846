#include "coterie/base/base64.h"

#include <gtest/gtest.h>

#include "coterie/base/random.h"

namespace coterie {
namespace {

std::string of(std::string_view text) { return base64(std::as_bytes(std::span(text))); }

TEST(Base64, IsThatOfTheStandard) {
  EXPECT_EQ(of(""), "");
  EXPECT_EQ(of("f"), "Zg==");
  EXPECT_EQ(of("fo"), "Zm8=");
  EXPECT_EQ(of("foo"), "Zm9v");
  EXPECT_EQ(of("foobar"), "Zm9vYmFy");
}

TEST(Base64, BytesComeBack) {
  Random random(1);
  for (const std::size_t size : {0u, 1u, 2u, 3u, 1000u, (3u << 20) - 1, (3u << 20) + 2}) {
    std::vector<std::byte> bytes(size);
    for (std::byte& b : bytes) b = static_cast<std::byte>(random.bits());
    EXPECT_EQ(from_base64(base64(bytes)), bytes);
  }
}

TEST(Base64, OtherTextIsNone) {
  EXPECT_FALSE(from_base64("Zg="));
  EXPECT_FALSE(from_base64("Z$=="));
}

}  // namespace
}  // namespace coterie
