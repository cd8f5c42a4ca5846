#include "coterie/model/describe_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "coterie/base/time.h"
#include "coterie/source/recode.h"

namespace coterie {
namespace {

constexpr std::size_t top_values = 12, shown_bytes = 80, judged_texts = 10'000;
constexpr std::uint64_t most_levels = 50;
constexpr double nearly_all = 0.9;
constexpr std::array content_names = {"number", "category", "id", "time", "text", "blank"};

using Counted = std::pair<std::string_view, std::uint64_t>;

// The values that are there, in byte order: whatever worker met them first.
std::vector<Counted> sorted_values(const ValueCounts& values) {
  std::vector<Counted> all;
  for (std::uint32_t i = 0; i < values.size(); ++i)
    if (!is_missing(values.text(i))) all.emplace_back(trimmed(values.text(i)), values.count(i));
  std::sort(all.begin(), all.end());
  return all;
}

std::uint64_t total_of(const std::vector<Counted>& values) {
  std::uint64_t sum = 0;
  for (const Counted& value : values) sum += value.second;
  return sum;
}

template <class Is>
double share_of(const std::vector<Counted>& values, const Is& is) {
  double yes = 0, all = 0;
  for (std::size_t i = 0; i < std::min(values.size(), judged_texts); ++i) all += static_cast<double>(values[i].second), yes += is(values[i].first) ? static_cast<double>(values[i].second) : 0;
  return all == 0 ? 0 : yes / all;
}

std::vector<std::string_view> first_texts(const std::vector<Counted>& values) {
  std::vector<std::string_view> texts;
  for (std::size_t i = 0; i < std::min(values.size(), judged_texts); ++i) texts.push_back(values[i].first);
  return texts;
}

bool is_plain_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "customer_id", "CustomerID", "invoice no", "category_code" are names of identifiers.
bool is_named_like_an_id(std::string_view name) {
  std::string lower;
  for (const char c : name) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c == ' ' || c == '-' ? '_' : c;
  const bool camel = name.size() > 2 && name.ends_with("ID") && name[name.size() - 3] >= 'a';
  return lower == "id" || lower.ends_with("_id") || lower.ends_with("_code") || lower.ends_with("_no") || lower.ends_with("_key") || camel;
}

std::optional<Content> content_of_role(std::optional<Role> role) {
  if (!role) return std::nullopt;
  switch (*role) {
    case Role::time: return Content::time;
    case Role::price: case Role::quantity: case Role::amount: return Content::number;
    case Role::event_type: case Role::category: case Role::brand: return Content::category;
    case Role::product_name: return Content::text;
    default: return Content::id;
  }
}

std::optional<Content> content_of_kind(std::optional<ColumnKind> kind) {
  if (!kind) return std::nullopt;
  switch (*kind) {
    case ColumnKind::id: return Content::id;
    case ColumnKind::number: return Content::number;
    case ColumnKind::truth: case ColumnKind::level: case ColumnKind::category: return Content::category;
    default: return std::nullopt;
  }
}

bool are_times(const std::vector<Counted>& values, DateFormat format) {
  return format.share >= nearly_all && share_of(values, is_plain_digits) < 0.5;
}

bool repeat(const std::vector<Counted>& values) { return 2 * values.size() <= total_of(values); }

Content guess_content(const CensusColumn& column, const std::vector<Counted>& values, const ColumnDescription& d, DateFormat dates) {
  if (values.empty()) return Content::blank;
  if (column.role == Role::product && share_of(values, [](std::string_view text) { return text.find(' ') != text.npos; }) > 0.5) return Content::text;
  if (const auto by_role = content_of_role(column.role)) return *by_role;
  if (const auto by_kind = content_of_kind(column.kind)) return *by_kind;
  if (are_times(values, dates)) return Content::time;
  const double numbers = share_of(values, [&](std::string_view text) { return parse_amount(text, d.format).has_value(); });
  const bool long_numbers = share_of(values, [](std::string_view text) { return text.size() > 15 && is_plain_digits(text); }) >= nearly_all;
  const bool few = d.distinct <= most_levels && repeat(values);
  if (numbers >= nearly_all && !long_numbers && !is_named_like_an_id(column.name)) return Content::number;
  if (few) return Content::category;
  return is_named_like_an_id(column.name) || long_numbers ? Content::id : Content::text;
}

std::vector<std::pair<std::string, std::uint64_t>> most_frequent(std::vector<Counted> values) {
  const std::size_t shown = std::min(values.size(), top_values);
  std::partial_sort(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(shown), values.end(), [](const Counted& a, const Counted& b) { return a.second != b.second ? a.second > b.second : a.first < b.first; });
  std::vector<std::pair<std::string, std::uint64_t>> top;
  for (std::size_t i = 0; i < shown; ++i) top.emplace_back(shown_text(values[i].first), values[i].second);
  return top;
}

void describe_as_numbers(ColumnDescription& d, const std::vector<Counted>& values) {
  std::vector<WeightedValue> numbers;
  std::uint64_t others = 0;
  for (const auto& [text, count] : values)
    if (const std::optional<double> number = parse_amount(text, d.format)) numbers.push_back({*number, count});
    else others += count;
  const SortedValues sorted(std::move(numbers));
  if (sorted.empty()) return;
  d.numbers = describe_numbers(sorted);
  d.numbers->no_numbers = others;
}

std::string month_of(std::int64_t time_ms) { return iso_time(time_ms).substr(0, 7); }

void describe_as_times(ColumnDescription& d, const std::vector<Counted>& values, DateOrder order) {
  TimeDescription times{.first_ms = INT64_MAX, .last_ms = INT64_MIN, .hours = {}, .months = {}};
  std::array<std::uint64_t, 24> hours{};
  std::map<std::string, std::uint64_t> months;
  bool has_clock = false;
  for (const auto& [text, count] : values) {
    const auto time = parse_date(text, order);
    if (!time) continue;
    const std::int64_t day = floor_divide(*time, ms_per_day), in_day = *time - day * ms_per_day;
    times.first_ms = std::min(times.first_ms, *time), times.last_ms = std::max(times.last_ms, *time);
    times.weekdays[static_cast<std::size_t>(((day + 3) % 7 + 7) % 7)] += count;
    hours[static_cast<std::size_t>(in_day / (ms_per_day / 24))] += count;
    has_clock |= in_day != 0;
    months[month_of(*time)] += count;
  }
  if (times.first_ms > times.last_ms) return;
  if (has_clock) times.hours = hours;
  times.months.assign(months.begin(), months.end());
  d.times = std::move(times);
}

}  // namespace

const char* name_of(Content content) { return content_names[static_cast<std::size_t>(content)]; }

std::string shown_text(std::string_view text) {
  std::string shown = is_utf8(text) ? std::string(text) : utf8_of(text);
  if (shown.size() <= shown_bytes) return shown;
  std::size_t end = shown_bytes;
  while (end > 0 && (static_cast<unsigned char>(shown[end]) & 0xc0) == 0x80) --end;  // not within a letter
  return shown.substr(0, end) + "…";
}

NumberDescription describe_numbers(const SortedValues& values) {
  NumberDescription d{.count = values.count(), .zeros = values.count() - values.count_below(0) - values.count_above(0), .negatives = values.count_below(0),
                      .mean = values.mean(), .deviation = values.deviation(), .skewness = values.skewness(), .outliers = {}, .histogram = histogram_of(values)};
  for (std::size_t q = 0; q < described_quantiles.size(); ++q) d.quantiles[q] = values.quantile(described_quantiles[q]);
  for (const OutlierRule rule : {OutlierRule::iqr, OutlierRule::z, OutlierRule::robust})
    if (const auto bounds = outlier_bounds(values, rule)) d.outliers.push_back({rule, *bounds, values.count_below(bounds->low), values.count_above(bounds->high)});
  if (d.deviation > 0) d.greatest_z = std::max(values.most() - d.mean, d.mean - values.least()) / d.deviation;
  return d;
}

ColumnDescription describe_column(const CensusColumn& column, std::optional<DateOrder> known_dates) {
  const ValueCounts& counts = column.values;
  const std::vector<Counted> values = sorted_values(counts);
  ColumnDescription d{.name = shown_text(column.name), .role = column.role, .rows = counts.rows(), .sampled = !counts.all_kept(), .numbers = {}, .times = {}, .top = {}};
  d.missing = counts.blanks();
  for (std::uint32_t i = 0; i < counts.size(); ++i) d.missing += is_missing(counts.text(i)) ? counts.count(i) : 0;
  d.distinct = static_cast<double>(values.size()) / counts.share_kept();
  d.distinct_error = counts.standard_error();
  const std::vector<std::string_view> texts = first_texts(values);
  d.format = guess_amount_format(texts);
  const DateFormat dates = known_dates ? DateFormat{*known_dates, false, 1} : guess_date_format(texts);
  d.dates = dates.order;
  d.content = guess_content(column, values, d, dates);
  if (d.content == Content::number) describe_as_numbers(d, values);
  if (d.content == Content::time) describe_as_times(d, values, dates.order);
  if (counts.all_kept()) d.top = most_frequent(values);
  return d;
}

}  // namespace coterie
