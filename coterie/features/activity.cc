#include "coterie/features/activity.h"

#include <algorithm>
#include <optional>

#include "coterie/base/parallel.h"
#include "coterie/base/time.h"
#include "coterie/events/event_rows.h"

namespace coterie {
namespace {

bool has_text(ActivityKind kind) { return kind <= ActivityKind::product; }

// The month of a time, 0-11 (Howard Hinnant, "chrono-compatible low-level date algorithms", civil_from_days).
std::uint64_t month_of(std::int64_t day) {
  const std::int64_t shifted = day + 719468;
  const std::int64_t day_of_era = shifted - floor_divide(shifted, 146097) * 146097;
  const std::int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
  const std::int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  return static_cast<std::uint64_t>((5 * day_of_year + 2) / 153 + 2) % 12;
}

std::uint64_t value_of(const Event& event, ActivityKind kind) {
  const std::int64_t day = floor_divide(event.time_ms, ms_per_day);
  switch (kind) {
    case ActivityKind::category: return event.category;
    case ActivityKind::brand: return event.brand;
    case ActivityKind::product: return event.product;
    case ActivityKind::hour: return static_cast<std::uint64_t>((event.time_ms - day * ms_per_day) / (ms_per_day / 24));
    case ActivityKind::weekday: return static_cast<std::uint64_t>(((day + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
    case ActivityKind::month: return month_of(day);
  }
  return 0;
}

// Where a sampled customer stands in the table, if it is still there.
std::optional<std::uint32_t> row_of(const CustomerIds& ids, Identifier id, const std::string& name) {
  if (name.empty()) {
    const auto it = std::lower_bound(ids.numbers.begin(), ids.numbers.end(), id);
    if (it == ids.numbers.end() || *it != id) return std::nullopt;
    return static_cast<std::uint32_t>(it - ids.numbers.begin());
  }
  const auto it = std::lower_bound(ids.texts.begin(), ids.texts.end(), name);
  if (it == ids.texts.end() || *it != name) return std::nullopt;
  return static_cast<std::uint32_t>(ids.numbers.size() + static_cast<std::size_t>(it - ids.texts.begin()));
}

using Texts = std::unordered_map<std::uint64_t, std::string>;

// Each different one that is not "" once.
std::vector<std::string> sorted_texts(const Texts& texts) {
  std::vector<std::string> list;
  for (const auto& [value, text] : texts)
    if (!text.empty()) list.push_back(text);
  std::sort(list.begin(), list.end());
  list.erase(std::unique(list.begin(), list.end()), list.end());
  return list;
}

std::unordered_map<std::uint64_t, std::uint32_t> places_in(const std::vector<std::string>& list, const Texts& texts) {
  std::unordered_map<std::uint64_t, std::uint32_t> places;
  for (const auto& [value, text] : texts) places[value] = static_cast<std::uint32_t>(std::lower_bound(list.begin(), list.end(), text) - list.begin());
  return places;
}

}  // namespace

ActivitySampler::ActivitySampler(const EventLog& log, int threads, std::size_t events)
    : log_(log), limit_(sample_limit(log.report.rows.used, events)), workplaces_(static_cast<std::size_t>(threads > 0 ? threads : default_threads())) {}

// "" where there is none to show: a blank field, "unknown", or a text too long to be kept.
std::string ActivitySampler::text_of(ActivityKind kind, std::uint64_t value) const {
  if (kind == ActivityKind::product) return log_.products.code(value);
  const std::string_view text = kind == ActivityKind::category ? log_.category(value) : log_.brand(value);
  return text == unknown_text ? "" : std::string(text);
}

void ActivitySampler::add_share(Customer& customer, Workplace& place, ActivityKind kind, std::uint64_t value, double share) const {
  if (has_text(kind)) {
    auto [it, is_new] = place.texts[static_cast<int>(kind)].try_emplace(value);
    if (is_new) it->second = text_of(kind, value);
    if (it->second.empty()) return;
  }
  customer.shares.push_back({kind, value, share});
}

void ActivitySampler::visit(const History& history, int worker) {
  if (sample_place(history.customer()) >= limit_) return;
  Workplace& place = workplaces_[static_cast<std::size_t>(worker)];
  Customer& customer = place.customers.emplace_back();
  customer.id = history.customer();
  if (customer.id >= named_flag) customer.name = log_.customer_names.text(log_.customer_names.find(customer.id));
  std::vector<std::uint64_t> values(history.events.size());
  for (int k = 0; k < activity_kind_count; ++k) {
    const auto kind = static_cast<ActivityKind>(k);
    std::transform(history.events.begin(), history.events.end(), values.begin(), [&](const Event& event) { return value_of(event, kind); });
    std::sort(values.begin(), values.end());
    for (auto begin = values.begin(); begin != values.end();) {
      const auto end = std::upper_bound(begin, values.end(), *begin);
      add_share(customer, place, kind, *begin, static_cast<double>(end - begin) / static_cast<double>(values.size()));
      begin = end;
    }
  }
}

Activity ActivitySampler::finish(const CustomerIds& ids) {
  Texts texts[3];
  std::vector<std::pair<std::uint32_t, const Customer*>> customers;
  for (Workplace& place : workplaces_) {
    for (int kind = 0; kind < 3; ++kind) texts[kind].merge(place.texts[kind]);
    for (const Customer& customer : place.customers)
      if (const auto row = row_of(ids, customer.id, customer.name)) customers.emplace_back(*row, &customer);
  }
  std::sort(customers.begin(), customers.end());
  Activity activity;
  std::unordered_map<std::uint64_t, std::uint32_t> places[3];
  for (int kind = 0; kind < 3; ++kind) {
    activity.texts[kind] = sorted_texts(texts[kind]);
    places[kind] = places_in(activity.texts[kind], texts[kind]);
  }
  activity.product_names.resize(activity.texts[2].size());
  for (const auto& [product, place] : places[2])
    if (!texts[2][product].empty()) activity.product_names[place] = log_.products.name(product);
  for (const auto& [row, customer] : customers) {
    activity.rows.push_back(row);
    for (const Share& share : customer->shares) {
      const std::uint32_t value = has_text(share.kind) ? places[static_cast<int>(share.kind)].at(share.value) : static_cast<std::uint32_t>(share.value);
      activity.shares.push_back({share.kind, value, share.share});
    }
    activity.first.push_back(activity.shares.size());
  }
  workplaces_.clear();
  return activity;
}

}  // namespace coterie
