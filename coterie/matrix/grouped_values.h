// A column of numbers by group, read once: small whole numbers are counted, all others kept one by one.
//
// What: features are counts, days, and amounts or shares that most customers do not have, so sums, places in the sorted order
//   and how many lie above a value cost what the different values cost, not what the rows do.
// Cost: two passes over the column; then a few over the counts and over the others.
// Care: whole numbers are summed as value x count, which is exact below 2^53; then come the others in the order of the rows.
// Tested by grouped_values_test.cc against sorting each group.
#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace coterie {

// The values of one group; a view.
struct GroupValues {
  std::span<const std::uint32_t> counts;  // of the values 0, 1, 2, ... (-0 is 0)
  std::span<const double> others;         // no NaN
  std::uint64_t missing = 0;              // NaN

  std::uint64_t size() const;                         // without missing ones, as all that follow
  double mean() const;                                // 0 of no values
  double deviation() const;                           // the population's (ddof 0); 0 of no values
  std::uint64_t count_above(double limit) const;      // strictly
  // result[i] = the value at place places[i] in rising order; places rise (equal ones allowed) and are below size().
  std::vector<double> at(std::span<const std::size_t> places) const;
  // Of rising probabilities in [0, 1], linear between neighbours (numpy's default, Hyndman & Fan's type 7; halfway: their mean); 0 of no values.
  std::vector<double> quantiles(std::span<const double> probabilities) const;

  template <class Term>
  double sum(const Term& term) const {
    double sum = 0;
    for (std::size_t value = 0; value < counts.size(); ++value)
      if (counts[value] != 0) sum += counts[value] * term(static_cast<double>(value));
    for (const double value : others) sum += term(value);
    return sum;
  }
};

// Reused from column to column, so that memory is touched once.
class GroupedValues {
 public:
  // groups: one a value, in [0, k); at most 2^32 - 1 values. Keeps no view of them.
  void take(std::span<const double> values, std::span<const std::int32_t> groups, std::size_t k);

  std::size_t groups() const { return missing_.size() - 1; }
  GroupValues of(std::size_t group) const;
  GroupValues all() const { return of(groups()); }

 private:
  static constexpr std::size_t most = 4096;  // values below it are counted

  void clear(std::size_t k);
  void add_up();

  std::size_t limit_ = 0;                // above every counted value
  std::vector<std::uint32_t> counts_;    // `most` a group, and at last of all; zero from limit_ on
  std::vector<double> others_;           // group by group
  std::vector<std::size_t> begin_;       // of each group's others, and their end
  std::vector<std::uint64_t> missing_;   // a group, and at last of all
};

}  // namespace coterie
