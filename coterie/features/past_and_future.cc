#include "coterie/features/past_and_future.h"

#include <algorithm>

#include "coterie/base/parallel.h"
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

PastAndFutureSample::PastAndFutureSample(std::span<const Feature> features, std::int64_t cut_ms, std::size_t customers, int threads)
    : features_(features), cut_ms_(cut_ms), customers_(customers), heaps_(static_cast<std::size_t>(threads > 0 ? threads : default_threads())) {}

void PastAndFutureSample::visit(const History& history, int worker) {
  std::vector<Customer>& heap = heaps_[static_cast<std::size_t>(worker)];
  const std::uint64_t ticket = mix64(history.customer() ^ 0x7f7a12e5u);
  if (history.events.front().time_ms >= cut_ms_ || (heap.size() == customers_ && ticket > heap.front().ticket)) return;
  const auto cut = std::ranges::lower_bound(history.events, cut_ms_, {}, &Event::time_ms);
  const auto before = static_cast<std::size_t>(cut - history.events.begin());
  const History past = part_of(history, history.events.first(before), cut_ms_);
  const History future = part_of(history, history.events.subspan(before), history.log_end_ms);
  Customer customer{ticket, {}};
  for (const Feature& feature : features_) customer.values.push_back(feature.compute(past));
  customer.values.insert(customer.values.end(), {revenue(future), n_purchase(future), total_events(future)});
  if (heap.size() == customers_) std::pop_heap(heap.begin(), heap.end()), heap.pop_back();
  heap.push_back(std::move(customer));
  std::push_heap(heap.begin(), heap.end());
}

PastAndFuture PastAndFutureSample::finish() {
  std::vector<Customer> all;
  for (auto& heap : heaps_) all.insert(all.end(), std::make_move_iterator(heap.begin()), std::make_move_iterator(heap.end()));
  heaps_.clear();
  std::sort(all.begin(), all.end());
  all.resize(std::min(all.size(), customers_), Customer{});
  PastAndFuture table{Matrix(all.size(), features_.size()), {}, {}, {}};
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::vector<double>& values = all[i].values;
    for (std::size_t j = 0; j < features_.size(); ++j) table.features.at(i, j) = values[j];
    const double* outcome = values.data() + features_.size();
    table.revenue.push_back(outcome[0]), table.purchases.push_back(outcome[1]), table.events.push_back(outcome[2]);
  }
  return table;
}

}  // namespace coterie
