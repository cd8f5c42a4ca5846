// RFM scores: recency, frequency and monetary value in fifths of the customers, and the ten widely taught names.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "coterie/table/customer_table.h"

namespace coterie {

// Customers with the same value get the same score (alike), so that the order of rows never shows. Many tutorials break ties of
// frequency by the order of customers instead (first): fifths come out even, and equal customers in different ones.
enum class RfmTies { alike, first };

struct RfmScores {
  std::vector<std::uint8_t> recency, frequency, monetary;  // 1 to 5, 5 the best, a customer each
  std::vector<std::uint8_t> name;                          // index into rfm_names
};

inline constexpr std::array rfm_names = {"hibernating", "at risk", "can't lose", "about to sleep", "need attention",
                                  "loyal customers", "promising", "new customers", "potential loyalists", "champions"};

// A value's score is 1 plus the number of quintiles (interpolated, type 7 of Hyndman & Fan 1996) below it; recency counts
// from the other end. With ties `first`, ranks of frequency in the order of the table are scored in place of frequency. The
// name follows from the scores of recency and frequency alone: 5 x 5 cells in ten names.
RfmScores score_rfm(std::span<const double> recency_days, std::span<const double> frequency, std::span<const double> monetary, RfmTies ties = RfmTies::alike);

// By the columns recency_days, frequency and monetary; empty scores when one of them is not there.
RfmScores score_rfm(const CustomerTable& table, RfmTies ties = RfmTies::alike);

// Customers a name.
std::array<std::uint64_t, 10> count_rfm_names(const RfmScores& scores);

}  // namespace coterie
