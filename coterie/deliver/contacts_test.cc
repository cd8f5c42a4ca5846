#include "coterie/deliver/contacts.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "coterie/base/error.h"
#include "coterie/base/folders_test.h"

namespace coterie {
namespace {

namespace fs = std::filesystem;

class Contacts : public testing::Test {
 protected:
  std::string write(const std::string& text) const { return folder_.file("contacts.csv", text); }

  const TestFolder folder_;
};

TEST_F(Contacts, ColumnsAreFoundByTheNamesTheyGoBy) {
  ContactsFile file(write("Customer ID;E-Mail Address;Mobile Phone;Given Name;Surname;Town;ZIP Code;Country;Opt-in;Shoe size\n7; a@b.co ;1;Ann;Lee;Rome;00100;IT;yes;38\n"), "user_id", {});
  EXPECT_EQ(file.column_name(ContactField::customer), "Customer ID");
  EXPECT_EQ(file.column_name(ContactField::email), "E-Mail Address");
  EXPECT_EQ(file.column_name(ContactField::phone), "Mobile Phone");
  EXPECT_EQ(file.column_name(ContactField::postal_code), "ZIP Code");
  EXPECT_EQ(file.column_name(ContactField::consent), "Opt-in");
  EXPECT_FALSE(file.has(ContactField::tags));
  int rows = 0;
  file.for_each([&](const Contact& contact) {
    ++rows;
    EXPECT_EQ(contact.text(ContactField::email), "a@b.co");
    EXPECT_EQ(contact.text(ContactField::last_name), "Lee");
    EXPECT_EQ(contact.text(ContactField::tags), "");
    EXPECT_EQ(contact.fields.size(), 10u);
  });
  EXPECT_EQ(rows, 1);
}

TEST_F(Contacts, TheRunsOwnColumnAndTheUsersChoiceGoFirst) {
  const std::string path = write("id,shopper,email,work\n1,2,a@b.co,w@b.co\n");
  EXPECT_EQ(ContactsFile(path, "Shopper", {}).column_name(ContactField::customer), "shopper");
  EXPECT_EQ(ContactsFile(path, "user_id", {{"email", "work"}}).column_name(ContactField::email), "work");
}

TEST_F(Contacts, WorkedOnByAllThreadsTheRowsAreTheSameInTheSameOrder) {
  std::string text = "id,email,note\n";
  for (int i = 0; i < 70'000; ++i) text += i % 1000 == 7 ? "broken,row\n" : std::to_string(i) + "," + (i % 3 ? "a" : " \"b, \"\"c\"\"\" ") + std::to_string(i % 5) + ",\"two\nlines " + std::to_string(i) + "\"\n";
  ContactsFile file(write(text), "id", {});
  const auto row_of = [](const Contact& contact) {
    std::string row(contact.text(ContactField::email));
    for (const std::string_view field : contact.fields) row += "|" + std::string(field);
    return row;
  };
  std::vector<std::string> one_by_one, at_once;
  const RowCounts plain = file.for_each([&](const Contact& contact) { one_by_one.push_back(row_of(contact)); });
  const RowCounts batched = file.for_each(row_of, [&](std::string&& row) { at_once.push_back(std::move(row)); });
  EXPECT_EQ(at_once, one_by_one);
  EXPECT_EQ(batched.used, plain.used);
  EXPECT_EQ(batched.all_set_aside(), plain.all_set_aside());
  EXPECT_GT(plain.all_set_aside(), 0u);
}

TEST_F(Contacts, WhatIsNotThereIsSaidWithTheColumnsThatAre) {
  const std::string path = write("name,email\nAnn,a@b.co\n");
  for (const auto& [given, kind] : std::map<std::pair<std::string, std::string>, ErrorKind>{{{"email", "mail"}, ErrorKind::missing_column}, {{"shoe", "email"}, ErrorKind::usage}, {{"phone", "email"}, ErrorKind::missing_column}}) {
    try {
      ContactsFile(path, "user_id", {given});
      FAIL() << given.first;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind, kind) << error.what();
      EXPECT_EQ(std::string(error.what()).find("a@b.co"), std::string::npos);  // never a contact in a message
    }
  }
}

TEST(Consent, IsGivenOnlyWhereTheTextSaysSo) {
  for (const char* text : {"yes", "TRUE", " 1 ", "Subscribed", "Opt-In", "opted in"}) EXPECT_EQ(consent_from_text(text), Consent::given) << text;
  for (const char* text : {"no", "False", "0", "Unsubscribed", "opted_out", "Never subscribed", "withdrawn"}) EXPECT_EQ(consent_from_text(text), Consent::refused) << text;
  for (const char* text : {"", "  "}) EXPECT_EQ(consent_from_text(text), Consent::missing);
  for (const char* text : {"maybe", "2", "yes?no", "pending", "-"}) EXPECT_EQ(consent_from_text(text), Consent::unclear) << text;
}

}  // namespace
}  // namespace coterie
