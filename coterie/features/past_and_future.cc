#include "coterie/features/past_and_future.h"

#include <algorithm>

#include "coterie/base/random.h"

namespace coterie {
namespace {

// Some of the events of a history, as a history that ends at end_ms.
History part_of(const History& history, std::span<const Event> events, std::int64_t end_ms) {
  History part{events, end_ms, {}, history.counter};
  for (const Event& event : events) ++part.count_by_type[static_cast<std::size_t>(event.type)];
  return part;
}

}  // namespace

PastAndFutureSample::PastAndFutureSample(std::span<const Feature> features, std::int64_t cut_ms, std::size_t customers)
    : features_(features), cut_ms_(cut_ms), customers_(customers) {}

void PastAndFutureSample::visit(const History& history) {
  const std::uint64_t ticket = mix64(history.customer() ^ 0x7f7a12e5u);
  if (ticket > limit_.load(std::memory_order_relaxed) || history.events.front().time_ms >= cut_ms_) return;
  const auto cut = std::ranges::lower_bound(history.events, cut_ms_, {}, &Event::time_ms);
  const auto before = static_cast<std::size_t>(cut - history.events.begin());
  const History past = part_of(history, history.events.first(before), cut_ms_);
  const History future = part_of(history, history.events.subspan(before), history.log_end_ms);
  std::vector<double> values;
  values.reserve(width());
  for (const Feature& feature : features_) values.push_back(feature.compute(past));
  values.insert(values.end(), {revenue(future), n_purchase(future), total_events(future)});
  keep(ticket, values);
}

void PastAndFutureSample::keep(std::uint64_t ticket, std::span<const double> values) {
  const std::lock_guard lock(mutex_);
  if (free_rows_.empty()) free_rows_.push_back(values_.size() / width()), values_.resize(values_.size() + width());
  const std::size_t row = free_rows_.back();
  free_rows_.pop_back();
  std::copy(values.begin(), values.end(), values_.begin() + static_cast<std::ptrdiff_t>(row * width()));
  tickets_.push_back({ticket, row});
  if (tickets_.size() >= customers_ + customers_ / 4 + 1) keep_lowest();
}

void PastAndFutureSample::keep_lowest() {
  if (tickets_.size() <= customers_) return;
  const auto behind = tickets_.begin() + static_cast<std::ptrdiff_t>(customers_);
  std::nth_element(tickets_.begin(), behind - 1, tickets_.end());
  for (auto it = behind; it != tickets_.end(); ++it) free_rows_.push_back(it->row);
  tickets_.erase(behind, tickets_.end());
  limit_ = tickets_.back().number;
}

PastAndFuture PastAndFutureSample::finish() {
  keep_lowest();
  std::sort(tickets_.begin(), tickets_.end());
  PastAndFuture table{Matrix(tickets_.size(), features_.size()), {}, {}, {}};
  for (std::size_t i = 0; i < tickets_.size(); ++i) {
    const double* values = values_.data() + tickets_[i].row * width();
    for (std::size_t j = 0; j < features_.size(); ++j) table.features.at(i, j) = values[j];
    const double* outcome = values + features_.size();
    table.revenue.push_back(outcome[0]), table.purchases.push_back(outcome[1]), table.events.push_back(outcome[2]);
  }
  return table;
}

}  // namespace coterie
