#include "coterie/segments/reasons.h"

#include <algorithm>
#include <cmath>

#include "coterie/base/parallel.h"

namespace coterie {
namespace {

// Values that customers have in a column: scaled, rising, each with the value in its own unit.
struct ColumnValues {
  std::vector<std::pair<double, double>> values;
};

constexpr std::size_t most_values = 4096;

// Of every so-many-th row, and of the least and the greatest.
ColumnValues values_of_column(MatrixView scaled, MatrixView raw, std::span<const std::uint32_t> raw_rows, std::size_t column) {
  std::vector<std::pair<double, double>> values;
  const auto pair_of = [&](std::size_t row) { return std::pair(scaled.at(row, column), raw.at(raw_rows[row], column)); };
  const std::size_t step = std::max<std::size_t>(1, scaled.rows / most_values);
  for (std::size_t row = 0; row < scaled.rows; row += step) values.push_back(pair_of(row));
  const std::span<const double> all = scaled.column(column);
  for (const auto it : {std::min_element(all.begin(), all.end()), std::max_element(all.begin(), all.end())}) values.push_back(pair_of(static_cast<std::size_t>(it - all.begin())));
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return {std::move(values)};
}

class RowExplainer {
 public:
  RowExplainer(MatrixView scaled, std::span<const double> centres, const std::vector<ColumnValues>& values)
      : x_(scaled), centres_(centres), values_(values), k_(centres.size() / scaled.columns), distances_(k_) {}

  RowReason explain(std::size_t row, std::int32_t label) {
    own_ = static_cast<std::size_t>(label);
    for (std::size_t c = 0; c < k_; ++c) distances_[c] = squared_distance(row, c);
    RowReason reason;
    if (k_ < 2) return reason;
    std::size_t next = own_ == 0 ? 1 : 0;
    for (std::size_t c = 0; c < k_; ++c)
      if (c != own_ && distances_[c] < distances_[next]) next = c;
    const double a = std::sqrt(distances_[own_]), b = std::sqrt(distances_[next]);
    reason.next = static_cast<std::int32_t>(next);
    reason.certainty = b > 0 ? std::max(0.0, (b - a) / b) : 0;
    find_columns(row, next, reason);
    find_move(row, next, reason);
    return reason;
  }

 private:
  double centre(std::size_t cluster, std::size_t column) const { return centres_[cluster * x_.columns + column]; }
  double squared_distance(std::size_t row, std::size_t cluster) const {
    double sum = 0;
    for (std::size_t j = 0; j < x_.columns; ++j) sum += (x_.at(row, j) - centre(cluster, j)) * (x_.at(row, j) - centre(cluster, j));
    return sum;
  }

  void find_columns(std::size_t row, std::size_t next, RowReason& reason) const {
    std::array<double, 2> greatest{0, 0};
    for (std::size_t j = 0; j < x_.columns; ++j) {
      const double to_next = x_.at(row, j) - centre(next, j), to_own = x_.at(row, j) - centre(own_, j);
      const double speaks = to_next * to_next - to_own * to_own;
      if (speaks > greatest[0]) {
        greatest[1] = greatest[0], reason.columns[1] = reason.columns[0];
        greatest[0] = speaks, reason.columns[0] = static_cast<std::int32_t>(j);
      } else if (speaks > greatest[1]) {
        greatest[1] = speaks, reason.columns[1] = static_cast<std::int32_t>(j);
      }
    }
  }

  void find_move(std::size_t row, std::size_t next, RowReason& reason) const {
    double least = INFINITY;
    for (std::size_t j = 0; j < x_.columns; ++j) {
      const double towards = centre(next, j) - centre(own_, j);
      if (towards == 0) continue;
      const double border = x_.at(row, j) + (distances_[next] - distances_[own_]) / (2 * towards);
      if (std::abs(border - x_.at(row, j)) >= least) continue;
      const std::pair<double, double>* value = first_beyond(j, border, towards > 0);
      if (value == nullptr || std::abs(value->first - x_.at(row, j)) >= least) continue;
      const std::size_t nearest = nearest_with(row, j, value->first);
      if (nearest == own_) continue;
      least = std::abs(value->first - x_.at(row, j));
      reason.move_column = static_cast<std::int32_t>(j);
      reason.move_value = value->second;
      reason.move_to = static_cast<std::int32_t>(nearest);
    }
  }

  // The nearest value on the far side of the border, or null.
  const std::pair<double, double>* first_beyond(std::size_t column, double border, bool upwards) const {
    const auto& values = values_[column].values;
    if (upwards) {
      const auto it = std::upper_bound(values.begin(), values.end(), border, [](double b, const auto& v) { return b < v.first; });
      return it == values.end() ? nullptr : &*it;
    }
    const auto it = std::lower_bound(values.begin(), values.end(), border, [](const auto& v, double b) { return v.first < b; });
    return it == values.begin() ? nullptr : &*(it - 1);
  }

  // The nearest centre of the row with another value in one column.
  std::size_t nearest_with(std::size_t row, std::size_t column, double value) const {
    std::size_t nearest = 0;
    double least = INFINITY;
    for (std::size_t c = 0; c < k_; ++c) {
      const double before = x_.at(row, column) - centre(c, column), after = value - centre(c, column);
      const double distance = distances_[c] - before * before + after * after;
      if (distance < least) least = distance, nearest = c;
    }
    return nearest;
  }

  MatrixView x_;
  std::span<const double> centres_;
  const std::vector<ColumnValues>& values_;
  std::size_t k_;
  std::size_t own_ = 0;
  std::vector<double> distances_;  // squared, of the row at hand
};

}  // namespace

HugeArray<RowReason> reasons_of_rows(MatrixView scaled, std::span<const double> centres, std::span<const std::int32_t> labels, MatrixView raw,
                                     std::span<const std::uint32_t> raw_rows, int threads) {
  std::vector<ColumnValues> values(scaled.columns);
  for_each_block(scaled.columns, threads, [&](std::size_t column, int) { values[column] = values_of_column(scaled, raw, raw_rows, column); });
  HugeArray<RowReason> reasons(scaled.rows);
  constexpr std::size_t block = 1 << 13;
  for_each_block(block_count(scaled.rows, block), threads, [&](std::size_t b, int) {
    RowExplainer explainer(scaled, centres, values);
    const BlockRange range = block_range(b, scaled.rows, block);
    for (std::size_t row = range.begin; row < range.end; ++row) reasons[row] = explainer.explain(row, labels[row]);
  });
  return reasons;
}

}  // namespace coterie
