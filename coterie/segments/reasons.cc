#include "coterie/segments/reasons.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <vector>

#include "coterie/base/parallel.h"
#include "coterie/cluster/row_rule.h"

namespace coterie {
namespace {

// A value that customers have in a column, scaled and in its own unit.
struct Value {
  double scaled, raw;
  auto operator<=>(const Value&) const = default;
};
using ColumnValues = std::vector<Value>;  // rising

constexpr std::size_t most_values = 4096;

// Of every so-many-th row, and of the least and the greatest.
ColumnValues values_of_column(const ExplainedRows& rows, std::size_t column) {
  ColumnValues values;
  const auto value_of = [&](std::size_t row) { return Value{rows.scaled.at(row, column), rows.raw.at(rows.raw_rows[row], column)}; };
  const std::size_t step = std::max<std::size_t>(1, rows.scaled.rows / most_values);
  for (std::size_t row = 0; row < rows.scaled.rows; row += step) values.push_back(value_of(row));
  const std::span<const double> all = rows.scaled.column(column);
  for (const auto it : {std::min_element(all.begin(), all.end()), std::max_element(all.begin(), all.end())}) values.push_back(value_of(static_cast<std::size_t>(it - all.begin())));
  std::sort(values.begin(), values.end());
  values.erase(std::unique(values.begin(), values.end()), values.end());
  return values;
}

class RowExplainer {
 public:
  RowExplainer(const ExplainedRows& rows, const std::vector<ColumnValues>& values)
      : rows_(rows), values_(values), rule_(rows.rule, rows.centres, rows.scaled.columns), row_(rows.scaled.columns), is_number_(rows.scaled.columns), order_(rows.scaled.columns) {
    if (const auto* density = std::get_if<Density>(&rows.rule)) first_noise_ = static_cast<std::int32_t>(density->number_of.size());
    for (const std::size_t j : rows.layout.numbers) is_number_[j] = true;
  }

  RowReason explain(std::size_t row, std::int32_t label) {
    for (std::size_t j = 0; j < row_.size(); ++j) row_[j] = rows_.scaled.at(row, j);
    own_ = label >= first_noise_ ? noise : label;
    rule_.take(row_, own_);
    RowReason reason{.certainty = rule_.certainty(), .next = rule_.next()};
    if (reason.next < 0) return reason;
    find_columns(reason);
    find_move(reason);
    return reason;
  }

 private:
  void find_columns(RowReason& reason) {
    std::vector<double>& speaks = speaks_;
    speaks.resize(row_.size());
    for (std::size_t j = 0; j < row_.size(); ++j) speaks[j] = rule_.speaks(j);
    std::iota(order_.begin(), order_.end(), std::size_t{0});
    std::stable_sort(order_.begin(), order_.end(), [&](std::size_t a, std::size_t b) { return speaks[a] > speaks[b]; });
    for (std::size_t i = 0; i < std::min<std::size_t>(2, order_.size()) && speaks[order_[i]] > 0; ++i) reason.columns[i] = static_cast<std::int32_t>(order_[i]);
  }

  void find_move(RowReason& reason) {
    least_ = INFINITY;
    for (const std::size_t j : order_) {
      if (!is_number_[j]) continue;
      const double mean = rows_.centres[static_cast<std::size_t>(reason.next) * row_.size() + j];
      try_number(j, mean >= row_[j], mean, reason);
      if (!rule_.is_bounded()) try_number(j, mean < row_[j], mean, reason);
    }
    for (const MixedLayout::Category& category : rows_.layout.categories) try_words(category, reason);
  }

  bool moves(std::int32_t label) const { return label != own_ && label != noise; }

  void take_move(std::size_t column, double raw, double change, std::int32_t label, RowReason& reason) {
    least_ = change;
    reason.move_column = static_cast<std::int32_t>(column), reason.move_value = raw, reason.move_to = label;
  }

  // The values above or below the row's own that are nearer than the least move so far, [1] the nearest.
  struct Way {
    const ColumnValues& values;
    std::ptrdiff_t row, step, count;  // row: the place before [1]
    const Value& operator[](std::ptrdiff_t i) const { return values[static_cast<std::size_t>(row + step * i)]; }
  };
  Way way(std::size_t column, bool upwards) const {
    const ColumnValues& values = values_[column];
    const double x = row_[column];
    const auto change_below = [&](const Value& v) { return std::abs(v.scaled - x) < least_; };
    if (upwards) {
      const auto first = std::ranges::upper_bound(values, x, {}, &Value::scaled);
      return {values, first - values.begin() - 1, 1, std::partition_point(first, values.end(), change_below) - first};
    }
    const auto first = std::make_reverse_iterator(std::ranges::lower_bound(values, x, {}, &Value::scaled));
    return {values, values.rend() - first, -1, std::partition_point(first, values.rend(), change_below) - first};
  }

  void try_number(std::size_t column, bool upwards, double mean, RowReason& reason) {
    const Way values = way(column, upwards);
    if (values.count == 0) return;
    std::optional<std::ptrdiff_t> moved;
    const auto moves_at = [&](std::ptrdiff_t i) {
      const bool there = moves(rule_.label_with(column, values[i].scaled));
      if (there) moved = i;
      return there;
    };
    if ((rule_.is_bounded() || !moves_at(values.count)) && !moves_at(nearest_to(mean, values))) return;
    std::ptrdiff_t stays = 0;
    while (*moved - stays > 1) {
      const std::ptrdiff_t middle = stays + (*moved - stays) / 2;
      if (!moves_at(middle)) stays = middle;
    }
    // Of a value as near to two segments, only the whole row says where it is.
    std::int32_t label = noise;
    std::vector<double> row = row_;
    for (;; ++*moved) {
      if (*moved > values.count) return;
      row[column] = values[*moved].scaled;
      if (moves(label = rule_.label_of(row))) break;
    }
    take_move(column, values[*moved].raw, std::abs(values[*moved].scaled - row_[column]), label, reason);
  }

  static std::ptrdiff_t nearest_to(double mean, const Way& values) {
    std::ptrdiff_t low = 1, high = values.count;  // the last that is not beyond the mean
    while (low < high) {
      const std::ptrdiff_t middle = low + (high - low + 1) / 2;
      (values.step > 0 ? values[middle].scaled <= mean : values[middle].scaled >= mean) ? low = middle : high = middle - 1;
    }
    return low < values.count && std::abs(values[low + 1].scaled - mean) < std::abs(values[low].scaled - mean) ? low + 1 : low;
  }

  // Another word: its column says yes, all others of the category no. Of two words in one column the other.
  void try_words(const MixedLayout::Category& category, RowReason& reason) {
    const std::size_t now = word_of(row_, category), words = category.columns.size();
    for (std::size_t word = 0; word < words; ++word) {
      if (word == now && words > 1) continue;
      std::vector<double> moved = row_;
      for (std::size_t w = 0; w < words; ++w) {
        const ColumnValues& values = values_[category.columns[w]];
        moved[category.columns[w]] = (w == word && word != now ? values.back() : values.front()).scaled;
      }
      double change = 0;
      for (const std::size_t j : category.columns) change += (moved[j] - row_[j]) * (moved[j] - row_[j]);
      change = std::sqrt(change);
      if (!(change > 0) || change >= least_) continue;
      const ColumnValues& values = values_[category.columns[word]];
      if (const std::int32_t label = rule_.label_of(moved); moves(label)) take_move(category.columns[word], (word == now ? values.front() : values.back()).raw, change, label, reason);
    }
  }

  const ExplainedRows& rows_;
  const std::vector<ColumnValues>& values_;
  RowRule rule_;
  std::int32_t first_noise_ = INT32_MAX;
  std::vector<double> row_, speaks_;
  std::vector<bool> is_number_;
  std::vector<std::size_t> order_;  // columns, those that speak most first
  std::int32_t own_ = 0;
  double least_ = INFINITY;  // change of the move found so far
};

std::vector<ColumnValues> values_of_columns(const ExplainedRows& rows, int threads) {
  std::vector<ColumnValues> values(rows.scaled.columns);
  for_each_block(values.size(), threads, [&](std::size_t column, int) { values[column] = values_of_column(rows, column); });
  return values;
}

}  // namespace

HugeArray<RowReason> reasons_of_rows(const ExplainedRows& rows, int threads) {
  const std::vector<ColumnValues> values = values_of_columns(rows, threads);
  HugeArray<RowReason> reasons(rows.scaled.rows);
  std::vector<std::optional<RowExplainer>> explainers(static_cast<std::size_t>(threads > 0 ? threads : default_threads()));
  constexpr std::size_t block = 1 << 12;
  for_each_block(block_count(rows.scaled.rows, block), threads, [&](std::size_t b, int worker) {
    std::optional<RowExplainer>& explainer = explainers[static_cast<std::size_t>(worker)];
    if (!explainer) explainer.emplace(rows, values);
    const BlockRange range = block_range(b, rows.scaled.rows, block);
    for (std::size_t row = range.begin; row < range.end; ++row) reasons[row] = explainer->explain(row, rows.labels[row]);
  });
  return reasons;
}

void add_dealt_reasons(const ExplainedRows& rows, std::span<const std::int32_t> labels, HugeArray<RowReason>& reasons, std::span<std::uint32_t> reason_of_customer) {
  std::map<std::pair<std::uint32_t, std::int32_t>, std::uint32_t> dealt;  // row and segment: place
  std::vector<std::pair<std::uint32_t, std::int32_t>> added;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const std::uint32_t row = reason_of_customer[i];
    if (labels[i] == rows.labels[row]) continue;
    const auto [it, is_new] = dealt.try_emplace({row, labels[i]}, static_cast<std::uint32_t>(reasons.size() + added.size()));
    if (is_new) added.push_back(it->first);
    reason_of_customer[i] = it->second;
  }
  if (added.empty()) return;
  const std::vector<ColumnValues> values = values_of_columns(rows, 1);
  RowExplainer explainer(rows, values);
  HugeArray<RowReason> all(reasons.size() + added.size());
  std::ranges::copy(reasons, all.begin());
  for (std::size_t i = 0; i < added.size(); ++i) all[reasons.size() + i] = explainer.explain(added[i].first, added[i].second);
  reasons = std::move(all);
}

}  // namespace coterie
