#include "coterie/table/related_tables.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "coterie/base/error.h"

namespace coterie {
namespace {

// Tables from (name, text), read from files.
std::vector<TextTable> tables_of(const std::vector<std::pair<std::string, std::string>>& files) {
  const auto folder = std::filesystem::temp_directory_path() / ("coterie-related-" + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  std::vector<TextTable> tables;
  for (const auto& [name, text] : files) {
    const auto path = folder / (name + ".csv");
    std::ofstream(path) << text;
    tables.push_back(read_text_table(path.string()));
  }
  std::filesystem::remove_all(folder);
  return tables;
}

std::vector<std::string> joins_of(const std::vector<TextTable>& tables, const std::vector<std::string>& given = {}) {
  std::vector<std::string> texts;
  for (const Join& join : find_joins(tables, given)) texts.push_back(text_of(join, tables));
  std::sort(texts.begin(), texts.end());
  return texts;
}

const std::vector<std::pair<std::string, std::string>> shop = {
    {"branches", "id,merchant_id\n1,5\n2,5\n3,6\n"}, {"merchants", "merchant_id,name\n5,a\n6,b\n7,c\n"}, {"claims", "claim,branch_id,shop\n1,1,2\n2,1,3\n3,2,1\n4,,9\n"}};

TEST(FindJoins, GoesByTheNameOfAKeyAndByItsValues) {
  EXPECT_EQ(joins_of(tables_of(shop)), (std::vector<std::string>{"branches.merchant_id = merchants.merchant_id (100 % of its values found)",
                                                                  "claims.branch_id = branches.id (100 % of its values found)"}));
}

TEST(FindJoins, ValuesThatAreNotAmongTheKeysMakeNoJoin) {
  auto other = shop;
  other[2].second = "claim,branch_id,shop\n1,8,2\n2,8,3\n3,9,1\n4,9,9\n";
  EXPECT_EQ(joins_of(tables_of(other)).size(), 1u);
}

TEST(FindJoins, WhatIsGivenGoesFirst) {
  const auto tables = tables_of(shop);
  EXPECT_EQ(joins_of(tables, {"claims.shop = branches.id", "claims.branch_id=merchants.merchant_id"}),
            (std::vector<std::string>{"branches.merchant_id = merchants.merchant_id (100 % of its values found)", "claims.branch_id = merchants.merchant_id (0 % of its values found)",
                                      "claims.shop = branches.id (75 % of its values found)"}));
  EXPECT_THROW(find_joins(tables, {"claims.shop=branches.merchant_id"}), Error);  // stands there twice
  EXPECT_THROW(find_joins(tables, {"claims.shop"}), Error);
  EXPECT_THROW(find_joins(tables, {"claims.nothing=branches.id"}), Error);
  EXPECT_THROW(find_joins(tables, {"nothing.shop=branches.id"}), Error);
}

}  // namespace
}  // namespace coterie
