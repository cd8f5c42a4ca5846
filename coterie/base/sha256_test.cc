#include "coterie/base/sha256.h"

#include <gtest/gtest.h>

namespace coterie {
namespace {

// NIST's examples for FIPS 180-4.
TEST(Sha256, GivesThePublishedDigests) {
  EXPECT_EQ(sha256_hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256, TheShortDigestIsItsBeginning) {
  const ShortDigest digest = short_sha256("abc");
  const auto* bytes = reinterpret_cast<const unsigned char*>(digest.data());
  EXPECT_EQ(bytes[0], 0xba);
  EXPECT_EQ(bytes[15], 0x23);
  EXPECT_NE(short_sha256("abd"), digest);
}

}  // namespace
}  // namespace coterie
