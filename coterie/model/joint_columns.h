// What columns say together: numbers by category, correlations, how far one category tells another, and what sells.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "coterie/matrix/correlation.h"
#include "coterie/matrix/cramers_v.h"
#include "coterie/model/describe_columns.h"

namespace coterie {

// Tukey's box plot: whiskers reach to the farthest values within 1.5 interquartile ranges of the box.
struct Box {
  std::string level;
  std::uint64_t count = 0, outside = 0;  // beyond the whiskers
  double low = 0, first_quartile = 0, median = 0, third_quartile = 0, high = 0, mean = 0;
};

struct BoxPlot {
  std::string number, category;
  std::vector<Box> boxes;     // of the most frequent levels, falling
  std::uint64_t levels = 0;   // there are
};

struct CorrelationTable {
  std::vector<std::string> names;
  Correlations values;
};

struct AssociationTable {
  std::vector<std::string> names;
  std::vector<CramersV> values;  // square, row-major
};

struct Joint {
  std::uint64_t rows = 0;  // seen; fewer than the table's where a sample is
  double share_kept = 1;   // of the different combinations
  std::vector<BoxPlot> boxes;
  CorrelationTable correlations;   // of at least two numbers
  AssociationTable associations;   // of at least two categories
};

Joint describe_joint(const Census& census, const std::vector<ColumnDescription>& columns, bool has_event_types, int threads);

// What is most looked at and bought, of a column.
struct TopItem {
  std::string text;
  std::array<std::uint64_t, event_type_count> events{};
  double revenue = 0;  // of purchases; of order lines the amount of those that are used
};
struct TopList {
  Role role;
  std::string column;
  std::uint64_t different = 0;
  std::vector<TopItem> items;  // the 15 with most rows and the 15 with most revenue, by rows
};
std::vector<TopList> top_lists(const Census& census, const std::vector<ColumnDescription>& columns);

}  // namespace coterie
