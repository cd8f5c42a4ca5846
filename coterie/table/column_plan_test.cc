#include "coterie/table/column_plan.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "coterie/base/error.h"

namespace coterie {
namespace {

std::vector<TextTable> table_of(const std::string& text) {
  const auto path = std::filesystem::temp_directory_path() / ("coterie-plan-" + std::to_string(getpid()) + ".csv");
  std::ofstream(path) << text;
  std::vector<TextTable> tables;
  tables.push_back(read_text_table(path.string()));
  std::filesystem::remove(path);
  return tables;
}

// A column of these values beside one that makes the row wide enough.
ColumnPlan plan_of(const std::string& name, const std::vector<std::string>& values) {
  std::string text = name + ",filler\n";
  for (const std::string& value : values) text += "\"" + value + "\",x\n";
  return plan_columns(table_of(text), {}).front();
}

TEST(PlanColumns, TellsKindsByNameAndContent) {
  const struct {
    const char* name;
    std::vector<std::string> values;
    ColumnKind kind;
  } cases[] = {{"customer_id", {"1", "2", "3"}, ColumnKind::id},
               {"email", {"a@b.c", "d@e.f", "g@h.i"}, ColumnKind::id},
               {"Paid", {"1", "2", "3"}, ColumnKind::number},  // ends with the letters, but is no id
               {"spend", {"$1,200.50", "3", "", "5"}, ColumnKind::number},
               {"spend", {"1", "2", "3", "4", "5", "6", "7", "8", "9", "ten"}, ColumnKind::number},  // nine in ten
               {"active", {"Yes", "no", "YES", "n/a"}, ColumnKind::truth},
               {"tier", {"Gold", "Silver", "Gold", "Bronze"}, ColumnKind::level},
               {"city", {"Rome", "Oslo", "Rome", "Oslo"}, ColumnKind::category},
               {"note", {"some", "words", "of", "each"}, ColumnKind::attribute},
               {"joined", {"2024-01-01", "2024-01-01", "2024-01-02", "2024-01-02"}, ColumnKind::attribute},
               {"empty", {"", "NA", "-"}, ColumnKind::ignored}};
  for (const auto& one : cases) EXPECT_STREQ(name_of(plan_of(one.name, one.values).kind), name_of(one.kind)) << one.name;
}

TEST(PlanColumns, LevelsStandInTheOrderOfTheirScale) {
  EXPECT_EQ(plan_of("tier", {"Gold", "Bronze", "Silver", "Gold"}).levels, (std::vector<std::string>{"Bronze", "Silver", "Gold"}));
  EXPECT_EQ(plan_of("size", {"L", "S", "M", "S"}).levels, (std::vector<std::string>{"S", "M", "L"}));
}

TEST(PlanColumns, OnlyOneColumnIsTheId) {
  const auto plans = plan_columns(table_of("user_id,client_id,x\n1,7,a\n2,8,a\n3,9,b\n"), {});
  EXPECT_EQ(plans[0].kind, ColumnKind::id);
  EXPECT_EQ(plans[1].kind, ColumnKind::number);
  const auto chosen = plan_columns(table_of("user_id,client_id,x\n1,7,a\n2,8,a\n3,9,b\n"), {.kinds = {{"client_id", "id"}}});
  EXPECT_EQ(chosen[0].kind, ColumnKind::number);
  EXPECT_EQ(chosen[1].kind, ColumnKind::id);
}

TEST(PlanColumns, MeanOfAllFeaturesMeansMostFrequentForWords) {
  const auto plans = plan_columns(table_of("id,city,spend\n1,a,1\n2,a,2\n3,b,3\n4,b,4\n"), {.missing = {{"", "mean+flag"}}});
  EXPECT_EQ(text_of(plans[1].missing), "most_frequent+flag");
  EXPECT_EQ(text_of(plans[2].missing), "mean+flag");
}

TEST(MissingPolicy, IsReadFromTextOrRefused) {
  EXPECT_EQ(text_of(missing_policy_from_text("constant:0+flag", "--missing")), "constant:0+flag");
  for (const char* text : {"", "guess", "constant", "constant:", "drop+flag", "mean:3"}) EXPECT_THROW(missing_policy_from_text(text, "--missing"), Error) << text;
}

}  // namespace
}  // namespace coterie
