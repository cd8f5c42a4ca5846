#include "coterie/events/value_counts.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <map>
#include <string>

#include "coterie/events/string_table.h"

namespace coterie {
namespace {

void add(ValueCounts& counts, const std::string& text, unsigned kind = 0) { counts.add(text, hash_text(text), kind); }

// What is kept, as a map: the order of texts depends on the worker, their counts do not.
std::map<std::string, std::uint64_t> as_map(const ValueCounts& counts) {
  std::map<std::string, std::uint64_t> all;
  for (std::uint32_t i = 0; i < counts.size(); ++i) all[std::string(counts.text(i))] = counts.count(i);
  return all;
}

TEST(ValueCounts, CountsAsAMapDoesWhileAllFit) {
  ValueCounts counts;
  std::map<std::string, std::uint64_t> slow;
  for (int i = 0; i < 20'000; ++i) {
    const std::string text = std::to_string(i * i % 3001);
    add(counts, text, static_cast<unsigned>(i % 5));
    ++slow[text];
  }
  EXPECT_EQ(as_map(counts), slow);
  EXPECT_TRUE(counts.all_kept());
  EXPECT_EQ(counts.standard_error(), 0);
  EXPECT_EQ(counts.distinct(), static_cast<double>(slow.size()));
  EXPECT_EQ(counts.rows(), 20'000u);
}

TEST(ValueCounts, BeyondTheMostItKeepsASampleWithExactCountsAndEstimatesHowManyDiffer) {
  ValueCounts counts(4096);
  std::map<std::string, std::uint64_t> slow;
  for (int i = 0; i < 300'000; ++i) add(counts, std::to_string(i % 100'000)), ++slow[std::to_string(i % 100'000)];
  EXPECT_FALSE(counts.all_kept());
  EXPECT_LE(counts.size(), 4096u);
  for (const auto& [text, count] : as_map(counts)) EXPECT_EQ(count, slow[text]) << text;
  EXPECT_NEAR(counts.standard_error(), 1.2 / 64, 1e-12);
  EXPECT_NEAR(counts.distinct() / 100'000, 1, 4 * counts.standard_error());
  EXPECT_EQ(counts.rows(), 300'000u);
}

TEST(ValueCounts, TwoWorkersKeepWhatOneKeepsInAnyOrder) {
  ValueCounts all(1000), even(1000), odd(1000), merged(1000), other(1000);
  for (int i = 0; i < 50'000; ++i) {
    const std::string text = i % 7 == 0 ? "" : i % 11 == 0 ? "NA" : std::to_string(i % 9000);
    add(all, text);
    for (ValueCounts* counts : i % 2 == 0 ? std::array{&even, &merged} : std::array{&odd, &other}) add(*counts, text);
  }
  merged.merge(odd);
  other.merge(even);
  EXPECT_EQ(as_map(merged), as_map(all));
  EXPECT_EQ(as_map(other), as_map(all));
  for (const ValueCounts* one : {&merged, &other}) {
    EXPECT_EQ(one->rows(), all.rows());
    EXPECT_EQ(one->blanks(), all.blanks());
    EXPECT_EQ(one->share_kept(), all.share_kept());
  }
}

TEST(ValueCounts, BlanksAreCountedExactlyHoweverManyTextsThereAre) {
  ValueCounts counts(100);
  for (int i = 0; i < 10'000; ++i) add(counts, i % 4 == 0 ? "n/a" : i % 4 == 1 ? "" : std::to_string(i));
  EXPECT_EQ(counts.blanks(), 5000u);
}

TEST(ValueCounts, CountsBeyondFourThousandMillions) {
  ValueCounts counts;
  counts.add("view", hash_text("view"), 0, 3'000'000'000);
  counts.add("view", hash_text("view"), 0, 3'000'000'000);
  EXPECT_EQ(counts.count(0, 0), 6'000'000'000u);
}

}  // namespace
}  // namespace coterie
