#include "coterie/deliver/platform.h"

#include <gtest/gtest.h>

namespace coterie {
namespace {

TEST(Platform, AnAddressIsOneAsThePlatformTellsMembersApart) {
  const Address dotted{"J.Doe+shop@Gmail.com", "+491512345678"}, plain{"jdoe@gmail.com", ""}, phone{"", "+491512345678"};
  EXPECT_EQ(dotted.key_on(Platform::google), plain.key_on(Platform::google));
  EXPECT_NE(dotted.key_on(Platform::meta), plain.key_on(Platform::meta));
  EXPECT_EQ(dotted.key_on(Platform::meta), "j.doe+shop@gmail.com");
  EXPECT_EQ(phone.key_on(Platform::google), "+491512345678");
}

TEST(Platform, ATagHasNoCommaAndAtMostAHundredBytes) {
  EXPECT_EQ(segment_tag("loyal, rich"), "segment: loyal and rich");
  EXPECT_EQ(segment_tag(std::string(200, 'x')).size(), 100u);
  EXPECT_EQ(segment_tag(std::string(90, 'x') + "ää"), "segment: " + std::string(90, 'x'));  // no half of a letter
}

TEST(Platform, NamesAreThoseOfTheOption) {
  for (std::size_t p = 0; p < platform_count; ++p) EXPECT_EQ(platform_from_name(rule_of(static_cast<Platform>(p)).name), static_cast<Platform>(p));
  EXPECT_FALSE(platform_from_name("fax"));
}

}  // namespace
}  // namespace coterie
