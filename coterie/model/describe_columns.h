// From what a census has counted to what a person wants to know of each column.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "coterie/events/census.h"
#include "coterie/source/parse_date.h"
#include "coterie/table/outliers.h"
#include "coterie/table/sorted_values.h"

namespace coterie {

enum class Content { number, category, id, time, text, blank };
const char* name_of(Content content);

constexpr std::array described_quantiles = {0.0, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 1.0};

struct FoundOutliers {
  OutlierRule rule;
  OutlierBounds bounds;
  std::uint64_t below = 0, above = 0;
};

struct NumberDescription {
  std::uint64_t count = 0, zeros = 0, negatives = 0;
  std::uint64_t no_numbers = 0;  // neither missing nor a number
  double mean = 0, deviation = 0, skewness = 0;
  std::array<double, described_quantiles.size()> quantiles{};
  std::vector<FoundOutliers> outliers;  // by each rule under which the column has a spread
  Histogram histogram;
  double greatest_z = 0;                // magnitude of the value farthest from the mean, in deviations
};
// Not of an empty column.
NumberDescription describe_numbers(const SortedValues& values);

struct TimeDescription {
  std::int64_t first_ms = 0, last_ms = 0;
  std::array<std::uint64_t, 7> weekdays{};  // from Monday
  std::optional<std::array<std::uint64_t, 24>> hours;  // none where only days are given
  std::vector<std::pair<std::string, std::uint64_t>> months;  // "2010-12", rising
};

struct ColumnDescription {
  std::string name;
  std::optional<Role> role;
  Content content = Content::text;
  std::uint64_t rows = 0, missing = 0;
  double distinct = 0, distinct_error = 0;  // relative standard error; 0: exact
  bool sampled = false;  // what follows is of a sample of the different values
  std::optional<NumberDescription> numbers;
  std::optional<TimeDescription> times;
  std::vector<std::pair<std::string, std::uint64_t>> top;  // the most frequent values, where all are counted
  AmountFormat format = {};                                // of numbers
  DateOrder dates = DateOrder::iso;                        // of times
};

// `dates`: how the column of times is written, where that is known.
ColumnDescription describe_column(const CensusColumn& column, std::optional<DateOrder> dates = {});

// A text in UTF-8 that is short enough to be shown.
std::string shown_text(std::string_view text);

}  // namespace coterie
