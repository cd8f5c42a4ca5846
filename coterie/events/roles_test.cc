#include "coterie/events/roles.h"

#include <gtest/gtest.h>

#include "coterie/base/error.h"
#include "coterie/events/event.h"

namespace coterie {
namespace {

RoleMap roles_of(const std::string& text, const std::map<std::string, std::string>& given = {}) {
  return find_roles(sniff_dialect(text, true, "log.csv"), given, "log.csv");
}
std::string column_for(Role role, const std::string& text, const std::map<std::string, std::string>& given = {}) {
  const int column = roles_of(text, given).column(role);
  return column < 0 ? "" : sniff_dialect(text, true, "log.csv").columns[static_cast<std::size_t>(column)];
}
std::string error_of(const std::string& text, const std::map<std::string, std::string>& given = {}) {
  try {
    const Dialect dialect = sniff_dialect(text, true, "log.csv");
    require_roles(find_roles(dialect, given, "log.csv"), dialect, "log.csv");
  } catch (const Error& error) {
    return std::string(name_of(error.kind)) + " " + text_of(error);
  }
  return "";
}

const std::string shop =
    "event_time,event_type,product_id,category_id,category_code,brand,price,user_id,user_session\n"
    "2019-10-01 00:00:00 UTC,view,44600062,2103807459595387724,,shiseido,35.79,541312140,72d76fde-8bb3-4e00-8c23-a032dfed738c\n"
    "2019-10-01 00:00:01 UTC,cart,3900821,2053013552326770905,appliances.water_heater,aqua,33.20,554748717,9333dfbd-b87a-4708-9857-6336556b0fcc\n";

TEST(FindRoles, KnowsThePublishedStoreLog) {
  const RoleMap roles = roles_of(shop);
  EXPECT_EQ(roles.column(Role::time), 0);
  EXPECT_EQ(roles.column(Role::event_type), 1);
  EXPECT_EQ(roles.column(Role::product), 2);
  EXPECT_EQ(roles.column(Role::category), 4);
  EXPECT_EQ(roles.column(Role::brand), 5);
  EXPECT_EQ(roles.column(Role::price), 6);
  EXPECT_EQ(roles.column(Role::customer), 7);
  EXPECT_EQ(roles.column(Role::session), 8);
  for (const Role role : coterie::roles_of(LogKind::events))
    if (role != Role::product_name) { EXPECT_GT(roles.of(role).confidence, 0.8) << roles.of(role).why; }
  EXPECT_EQ(roles.column(Role::product_name), -1);
  EXPECT_EQ(roles.of(Role::time).why, "name \"event_time\"; 100 % of 2 values are points in time");
  EXPECT_EQ(error_of(shop), "");
}

TEST(FindRoles, GoesByContentWhereNamesSayNothing) {
  const std::string text =
      "when,what,who\n2019-10-01,view,1\n2019-10-02,purchase,2\n";
  EXPECT_EQ(column_for(Role::time, text), "when");
  EXPECT_EQ(column_for(Role::event_type, text), "what");
  EXPECT_EQ(column_for(Role::customer, text), "") << "whole numbers alone are no customers";
  EXPECT_EQ(column_for(Role::session, "a,b\n72d76fde-8bb3-4e00-8c23-a032dfed738c,x\n"), "a");
}

TEST(FindRoles, ContentVetoesANameThatItContradicts) {
  EXPECT_EQ(column_for(Role::time, "time,user_id\nslow,1\nfast,2\n"), "");
  EXPECT_EQ(column_for(Role::price, "price,user_id\ncheap,1\ndear,2\n"), "");
  EXPECT_EQ(column_for(Role::event_type, "type,action,user_id\nshoe,view,1\nhat,cart,2\n"), "action");
}

TEST(FindRoles, NothingButIdentifiersBecomesASession) {
  // A second point in time, an address, an amount in another notation: all long, all with digits.
  for (const char* value : {"2019-10-01T00:00:04Z", "https://shop.example/item/123456", "2103807459595387724", "anna77@example.org", "1.234.567,89"})
    EXPECT_EQ(column_for(Role::session, std::string("event_time,other\n2019-10-01 00:00:00,") + value + "\n2019-10-01 00:00:01," + value + "\n"), "") << value;
}

TEST(FindRoles, ACategoryMayBeANumberWhereThereIsNoText) {
  const std::string rows = "category_id,user_id\n2103807459595387724,1\n2053013552326770905,2\n";
  EXPECT_EQ(column_for(Role::category, rows), "category_id");
  EXPECT_EQ(roles_of(rows).of(Role::category).why, "name \"category_id\"; 100 % of 2 values are whole numbers");
}

TEST(FindRoles, CustomersMayBeWordsWhereTheNameFitsExactly) {
  EXPECT_EQ(column_for(Role::customer, "user_id,x\nanna,1\nbob,2\n"), "user_id");
  EXPECT_EQ(column_for(Role::customer, "user_id,x\nanna@example.org,1\nbob@example.org,2\n"), "user_id");
  EXPECT_EQ(column_for(Role::customer, "user_agent,x\nMozilla/5.0 (X11),1\nOpera/9.80 (Linux),2\n"), "");
}

TEST(FindRoles, AProductsNameIsATextUnderANameThatIsOfNothingElse) {
  const auto name_in = [](const std::string& column, const std::string& value) { return column_for(Role::product_name, "event_time,event_type,sku," + column + ",user_id\n2019-10-01,view,A1," + value + ",1\n"); };
  for (const std::string column : {"product_name", "Product Title", "itemName", "Description", "title"}) EXPECT_EQ(name_in(column, "WHITE LANTERN"), column);
  for (const std::string column : {"page_title", "category_description", "name", "brand"}) EXPECT_EQ(name_in(column, "WHITE LANTERN"), "") << column;
  EXPECT_EQ(name_in("product_name", "17"), "");
  EXPECT_EQ(name_in("product_name", "sku-0012345"), "") << "a code is no name";
  EXPECT_EQ(column_for(Role::product_name, "event_time,event_type,sku,label,user_id\n2019-10-01,view,A1,LANTERN,1\n", {{"product_name", "label"}}), "label");
}

TEST(FindRoles, WhatIsGivenComesFirstAndTakesTheColumn) {
  EXPECT_EQ(column_for(Role::customer, shop, {{"customer", "user_session"}}), "user_session");
  EXPECT_EQ(column_for(Role::session, shop, {{"customer", "user_session"}}), "");
  EXPECT_EQ(column_for(Role::category, shop, {{"category", "category_id"}}), "category_id");
  const RoleMap roles = roles_of(shop, {{"category", "category_id"}});
  EXPECT_EQ(roles.of(Role::category).confidence, 1);
  EXPECT_EQ(roles.of(Role::category).why, "given by --role");
  EXPECT_EQ(roles.of(Role::category).runner_up, -1);
}

TEST(FindRoles, NamesTheRunnerUpThatNoOtherRoleTook) {
  const RoleMap roles = roles_of(shop);
  EXPECT_EQ(roles.of(Role::category).runner_up, 3);
  const RoleMap two = roles_of("event_time,timestamp,event_type,user_id\n2019-10-01,2019-10-02,view,1\n");
  EXPECT_EQ(two.column(Role::time), 0);
  EXPECT_EQ(two.of(Role::time).confidence, 1);
  EXPECT_EQ(two.of(Role::time).runner_up, 1);
  EXPECT_NEAR(two.of(Role::time).runner_up_confidence, 0.6 * (1 - 0.3 / 14) + 0.4, 1e-12);
  const RoleMap three = roles_of("user_id,client_id,customer_id\n1,2,3\n");
  EXPECT_EQ(three.column(Role::customer), 0);
  EXPECT_EQ(three.of(Role::customer).runner_up, 2);
}

TEST(FindRoles, WithoutRowsTheNamesAloneCount) {
  const RoleMap roles = roles_of("event_time,event_type,user_id\n");
  EXPECT_EQ(roles.column(Role::time), 0);
  EXPECT_EQ(roles.column(Role::event_type), 1);
  EXPECT_EQ(roles.column(Role::customer), 2);
}

TEST(FindRoles, SaysWhatCannotBeDone) {
  EXPECT_EQ(error_of(shop, {{"buyer", "user_id"}}),
            "usage there is no role \"buyer\"\n  fix: the roles are time, event_type, product, product_name, category, brand, price, customer, session");
  EXPECT_EQ(error_of("a,b\nx,y\n", {{"customer", "c"}}),
            "missing_column log.csv: --role customer=c: there is no column \"c\"\n  fix: the columns are: a, b");
  EXPECT_EQ(error_of("id,id\nx,y\n", {{"customer", "id"}}),
            "usage log.csv: --role customer=id: there is more than one column \"id\"\n  fix: rename one of them in the header line");
  EXPECT_EQ(error_of("a,user_id\nx,1\n"),
            "missing_column log.csv: no column for time and event_type; the columns are: a, user_id\n  fix: name the column, for example --role time=COLUMN");
}

TEST(FindRoles, SaysWhyAColumnOfTheRightNameIsNotTaken) {
  EXPECT_EQ(error_of("event_time,event_type,user_id\n1st of October,view,1\n"),
            "missing_column log.csv: no column for time (name \"event_time\"; 0 % of 1 values are points in time, such as \"1st of October\"); "
            "the columns are: event_time, event_type, user_id\n  fix: name the column, for example --role time=COLUMN");
}

TEST(FindRoles, AnErrorListsThirtyOfVeryManyColumns) {
  std::string header = "c0";
  for (int c = 1; c < 5000; ++c) header += ",c" + std::to_string(c);
  const std::string text = error_of(header + "\n");
  EXPECT_NE(text.find("c29, and 4970 more"), std::string::npos) << text;
  EXPECT_LT(text.size(), 500u);
}

TEST(EventTypeFromText, KnowsTheUsualSpellingsAndNothingElse) {
  struct Case {
    const char* text;
    std::optional<EventType> type;
  };
  using enum EventType;
  for (const Case& c : {Case{"view", view}, {"VIEW", view}, {"Page View", view}, {"pv", view}, {"cart", cart}, {"add_to_cart", cart}, {"AddToCart", cart},
                        {"remove_from_cart", remove_from_cart}, {"purchase", purchase}, {"order", purchase}, {"transaction", purchase},
                        {"", {}}, {"vieww", {}}, {"VIEW?", {}}, {"view1", {}}, {"remove", {}}, {"-", {}}, {"refund", {}},
                        {"a text that is much too long to be the name of an event type", {}}}) {
    const std::optional<int> type = event_type_from_text(c.text);
    EXPECT_EQ(type.has_value(), c.type.has_value()) << c.text;
    if (type && c.type) { EXPECT_EQ(*type, static_cast<int>(*c.type)) << c.text; }
  }
}

TEST(RoleNames, ReadBackToTheirRoles) {
  for (int r = 0; r < role_count; ++r) EXPECT_EQ(role_from_name(name_of(static_cast<Role>(r))), static_cast<Role>(r));
  EXPECT_FALSE(role_from_name("Customer").has_value());
}

}  // namespace
}  // namespace coterie
