#include "coterie/deliver/contact_address.h"

#include <gtest/gtest.h>

namespace coterie {
namespace {

TEST(ContactAddress, EmailsAreToldFromOtherTexts) {
  for (const char* text : {"a@b.co", "Ann.Lee+shop@mail.example.com", "o'neil@example.org", "zoë@exämple.de", "-a@b.c"}) EXPECT_TRUE(is_email(text)) << text;
  for (const char* text : {"", "@b.co", "a@", "a@b", "a@.co", "a@b.", "a@b..co", "a b@c.de", "a@b@c.de", "a@b.co,c@d.ef", "Ann <a@b.co>", "a@b.co\n"}) EXPECT_FALSE(is_email(text)) << text;
  EXPECT_FALSE(is_email(std::string(250, 'a') + "@b.co"));
}

TEST(ContactAddress, LowerCaseKnowsUnicode) {
  EXPECT_EQ(lower_case("ZOË ÅÄÖ ŁÓDŹ ΑΒΓ ЖЮЛЬ İ"), "zoë åäö łódź αβγ жюль i");
  EXPECT_EQ(lower_case("ẞ straße 東京 😀"), "ß straße 東京 😀");
  EXPECT_EQ(lower_case("A\xff\xc3"), "a\xff\xc3");
}

// The examples of Google's page "Data Manager API: Format user data" are among these.
TEST(ContactAddress, GoogleWantsDotsAndPlusOfGmailRemoved) {
  EXPECT_EQ(google_email("cloudy.sanfrancisco+shopping@gmail.com"), "cloudysanfrancisco@gmail.com");
  EXPECT_EQ(google_email("user.name+NYC@Example.com"), "user.name+nyc@example.com");
  EXPECT_EQ(google_email("Jane.Doe@Gmail.com"), "janedoe@gmail.com");
  EXPECT_EQ(google_email("j.a.n.e@GOOGLEMAIL.com"), "jane@googlemail.com");
  EXPECT_EQ(google_email("Jane.Doe@example.com"), "jane.doe@example.com");
  EXPECT_EQ(google_email("jane.doe@gmail.com.example"), "jane.doe@gmail.com.example");
  EXPECT_EQ(google_last_name("  Zoë O'Neil "), "zoë o'neil");
  EXPECT_EQ(google_first_name("Mary \t Ann"), "mary ann");
}

TEST(ContactAddress, GoogleWantsNoTitleBeforeAFirstNameAndNoSuffixBehindALastName) {
  for (const char* name : {"Anna", "Mrs. Anna", "MRS Anna", "Prof. Dr. Anna", "  Frau  Anna", "Ms, Anna"}) EXPECT_EQ(google_first_name(name), "anna") << name;
  for (const char* name : {"Lee", "Lee Jr.", "Lee, Jr.", "Lee JR", "Lee III", "Lee Sr. PhD", "Lee, Ph.D.", "Lee , jr"}) EXPECT_EQ(google_last_name(name), "lee") << name;
  // What may be a name stays, and so does what would leave nothing.
  for (const char* name : {"md anna", "drew", "anna jr", "anna mrs", "dr.", "miss", "."}) EXPECT_EQ(google_first_name(name), name);
  for (const char* name : {"mr lee", "silva junior", "lee v", "iv", "jr.", "sri", ","}) EXPECT_EQ(google_last_name(name), name);
}

TEST(ContactAddress, MetaKeepsDotsAndDropsPunctuationOfNames) {
  EXPECT_EQ(meta_email(" Jane.Doe@Gmail.com "), "jane.doe@gmail.com");
  EXPECT_EQ(meta_phone("+447911123456"), "447911123456");
  EXPECT_EQ(meta_name("Mary-Jane O'Neil"), "maryjane oneil");
  EXPECT_EQ(meta_city("St. John's"), "stjohns");
  EXPECT_EQ(meta_city("Saint Étienne"), "saintétienne");
  EXPECT_EQ(meta_postal_code("94035-1234", "US"), "94035");
  EXPECT_EQ(meta_postal_code("M1 1AE", "GB"), "m11");
  EXPECT_EQ(meta_postal_code("SW1A 2AA", "gb"), "sw1a2");
  EXPECT_EQ(meta_postal_code("SW1A", "GB"), "sw1a");
  EXPECT_EQ(meta_postal_code("K1A 0B1", "CA"), "k1a0b1");
  EXPECT_EQ(meta_postal_code("00-950", "PL"), "00950");
}

TEST(ContactAddress, StrippedKeepsWhatIsWithin) {
  EXPECT_EQ(stripped("\t a b \r\n"), "a b");
  EXPECT_EQ(stripped(" \n"), "");
}

}  // namespace
}  // namespace coterie
