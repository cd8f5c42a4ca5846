#include "coterie/segments/rfm.h"

#include <gtest/gtest.h>

#include <string>

namespace coterie {
namespace {

TEST(Rfm, ScoresFifthsAndTiesAlike) {
  std::vector<double> recency, frequency, monetary;
  for (int i = 1; i <= 10; ++i) recency.push_back(i), frequency.push_back(i <= 6 ? 1 : i), monetary.push_back(10 * i);
  const RfmScores scores = score_rfm(recency, frequency, monetary);
  EXPECT_EQ(scores.recency, (std::vector<std::uint8_t>{5, 5, 4, 4, 3, 3, 2, 2, 1, 1}));
  EXPECT_EQ(scores.monetary, (std::vector<std::uint8_t>{1, 1, 2, 2, 3, 3, 4, 4, 5, 5}));
  EXPECT_EQ(scores.frequency, (std::vector<std::uint8_t>{1, 1, 1, 1, 1, 1, 4, 4, 5, 5}));
  const RfmScores broken = score_rfm(recency, frequency, monetary, RfmTies::first);
  EXPECT_EQ(broken.frequency, (std::vector<std::uint8_t>{1, 1, 2, 2, 3, 3, 4, 4, 5, 5}));
}

TEST(Rfm, NamesFollowFromRecencyAndFrequency) {
  const struct {
    int recency, frequency;
    const char* name;
  } cells[] = {{1, 1, "hibernating"}, {2, 2, "hibernating"}, {1, 3, "at risk"}, {2, 4, "at risk"}, {1, 5, "can't lose"}, {3, 1, "about to sleep"}, {3, 2, "about to sleep"},
               {3, 3, "need attention"}, {3, 4, "loyal customers"}, {4, 5, "loyal customers"}, {4, 1, "promising"}, {5, 1, "new customers"}, {4, 2, "potential loyalists"},
               {5, 3, "potential loyalists"}, {5, 4, "champions"}, {5, 5, "champions"}};
  // 25 customers, five of each recency, within it one of each frequency.
  std::vector<double> recency, frequency;
  for (int r = 1; r <= 5; ++r)
    for (int f = 1; f <= 5; ++f) recency.push_back(6 - r), frequency.push_back(f);
  const RfmScores scores = score_rfm(recency, frequency, frequency);
  for (const auto& cell : cells) {
    const auto i = static_cast<std::size_t>(5 * (cell.recency - 1) + cell.frequency - 1);
    ASSERT_EQ(scores.recency[i], cell.recency);
    ASSERT_EQ(scores.frequency[i], cell.frequency);
    EXPECT_EQ(rfm_names[scores.name[i]], std::string(cell.name));
  }
  EXPECT_EQ(count_rfm_names(scores), (std::array<std::uint64_t, 10>{4, 4, 2, 2, 1, 4, 1, 1, 4, 2}));
}

}  // namespace
}  // namespace coterie
