#include "coterie/table/derive.h"

#include <gtest/gtest.h>

#include <limits>

#include "coterie/base/error.h"
#include "coterie/source/duckdb.h"
#include "coterie/source/duckdb_test.h"

namespace coterie {
namespace {

class Derive : public testing::Test {
 protected:
  void SetUp() override { COTERIE_NEEDS_DUCKDB(); }
  static CustomerTable table() {
    CustomerTable table;
    table.id_name = "id";
    table.ids.numbers = HugeArray<std::uint64_t>(3);
    for (std::size_t i = 0; i < 3; ++i) table.ids.numbers[i] = 10 + i;
    table.ids.texts = {"zoe"};
    table.names = {"claimed", "burned"};
    table.is_count = {true, true};
    table.values = Matrix(4, 2);
    const double claimed[] = {4, 0, 5, 2}, burned[] = {1, 0, 5, std::numeric_limits<double>::quiet_NaN()};
    for (std::size_t i = 0; i < 4; ++i) table.values.at(i, 0) = claimed[i], table.values.at(i, 1) = burned[i];
    table.attributes = {{"City", {"Rome", "", "Oslo", "Rome"}}};
    return table;
  }
};

TEST_F(Derive, ALaterColumnMayUseAnEarlierOne) {
  const CustomerTable derived = derive_columns(table(), {{"rate", "coalesce(burned / nullif(claimed, 0), 0)"}, {"twice", "2 * rate"}, {"in_rome", "coalesce(City = 'Rome', false)"}});
  EXPECT_EQ(derived.names, (std::vector<std::string>{"claimed", "burned", "rate", "twice", "in_rome"}));
  const double rate[] = {0.25, 0, 1, 0}, in_rome[] = {1, 0, 0, 1};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(derived.values.at(i, 2), rate[i]);
    EXPECT_EQ(derived.values.at(i, 3), 2 * rate[i]);
    EXPECT_EQ(derived.values.at(i, 4), in_rome[i]);
  }
  EXPECT_FALSE(derived.is_count[2]);
  EXPECT_TRUE(derived.is_count[4]);
}

TEST_F(Derive, AFilterKeepsIdsValuesAndAttributesTogether) {
  const CustomerTable kept = filter_customers(table(), "City = 'Rome' AND id <> '11'");
  ASSERT_EQ(kept.ids.size(), 2u);
  EXPECT_EQ(kept.ids.numbers[0], 10u);
  EXPECT_EQ(kept.ids.texts[0], "zoe");
  EXPECT_EQ(kept.values.at(1, 0), 2);
  EXPECT_EQ(kept.attributes[0].values, (std::vector<std::string>{"Rome", "Rome"}));
}

TEST_F(Derive, WhatIsNoNumberForEachCustomerIsRefused) {
  const auto message = [](const std::string& sql) -> std::string {
    try {
      derive_columns(table(), {{"x", sql}});
      return "nothing";
    } catch (const Error& error) {
      return error.what();
    }
  };
  EXPECT_EQ(message("burned / claimed"), "derived column x: the expression gives no number (NULL or infinity) for 2 of 4 customers");
  EXPECT_EQ(message("City"), "derived column x: the expression gives a text when it should give a number");
  EXPECT_NE(message("burnt + 1").find("\"burnt\" not found"), std::string::npos);
  EXPECT_NE(message("(SELECT count(*) FROM read_csv('/etc/passwd'))").find("derived column x"), std::string::npos);
  EXPECT_THROW(derive_columns(table(), {{"City", "1"}}), Error);
  EXPECT_THROW(filter_customers(table(), "claimed > 100"), Error);
}

}  // namespace
}  // namespace coterie
