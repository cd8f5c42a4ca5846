#include "coterie/source/content_hash.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <xxhash.h>

#include "coterie/base/random.h"

namespace coterie {
namespace {

TEST(ContentHash, AgreesWithThePublishedDigestOfNothing) { EXPECT_EQ(xxh3(""), 0x2d06800538d394c2u); }

TEST(ContentHash, AgreesWithThePackagedLibraryForEverySize) {
  Random random(1);
  std::string bytes(5000, '\0');
  for (char& byte : bytes) byte = static_cast<char>(random.bits());
  for (std::size_t size = 0; size < bytes.size(); size += 1 + size / 20)
    EXPECT_EQ(xxh3({bytes.data(), size}), XXH3_64bits(bytes.data(), size)) << size;
}

TEST(ContentHash, OfAStreamIsThatOfItsPiecesHoweverItArrives) {
  std::string bytes(2 * hash_piece_bytes + 12345, '\0');
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<char>(mix64(i));
  std::string digests;
  for (std::size_t at = 0; at < bytes.size(); at += hash_piece_bytes) {
    const std::uint64_t digest = xxh3(std::string_view(bytes).substr(at, hash_piece_bytes));
    for (int i = 0; i < 8; ++i) digests += static_cast<char>(digest >> 8 * i);
  }
  const std::string expected = fmt::format("xxh3-4m:{:016x}", xxh3(digests));
  for (std::size_t part : {std::size_t{1000}, std::size_t{70000}, hash_piece_bytes, bytes.size()}) {
    StreamHash hash;
    for (std::size_t at = 0; at < bytes.size(); at += part) hash.add(std::string_view(bytes).substr(at, part));
    EXPECT_EQ(hash.finish(), expected);
  }
}

TEST(ContentHash, OfNothingIsThatOfNoDigests) { EXPECT_EQ(StreamHash().finish(), "xxh3-4m:2d06800538d394c2"); }

}  // namespace
}  // namespace coterie
