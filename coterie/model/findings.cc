#include "coterie/model/findings.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "coterie/model/explore.h"
#include "coterie/segments/feature_words.h"

namespace coterie {
namespace {

std::string percent(double share) { return share > 0 && share < 0.001 ? "under 0.1 %" : fmt::format("{:.{}f} %", 100 * share, share < 0.1 ? 1 : 0); }
std::string number(std::uint64_t count) { return value_text("", static_cast<double>(count)); }
double share(std::uint64_t part, std::uint64_t all) { return all == 0 ? 0 : static_cast<double>(part) / static_cast<double>(all); }

void about_rows(const Exploration& e, std::vector<std::string>& out) {
  const std::uint64_t aside = e.read.rows.all_set_aside();
  if (share(aside, e.read.rows.read) < 0.01) return;
  const auto most = std::max_element(e.read.rows.set_aside.begin(), e.read.rows.set_aside.end());
  out.push_back(fmt::format("{} of the rows are set aside, most of them as {}", percent(share(aside, e.read.rows.read)), name_of(static_cast<Reason>(most - e.read.rows.set_aside.begin()))));
}

void about_column(const ColumnDescription& c, const std::string& name, std::vector<std::string>& out) {
  if (c.content == Content::blank && c.rows > 0) return out.push_back(fmt::format("{} is blank everywhere", name));
  if (share(c.missing, c.rows) >= 0.05) out.push_back(fmt::format("{} is blank in {} of the rows", name, percent(share(c.missing, c.rows))));
  if (c.distinct == 1 && c.rows > 1 && c.missing == 0) out.push_back(fmt::format("{} is the same in every row", name));
  if (!c.numbers) return;
  if (c.numbers->no_numbers > 0) out.push_back(fmt::format("{}: {} values are no numbers", name, number(c.numbers->no_numbers)));
  const bool should_be_positive = c.role == Role::price || c.role == Role::quantity || c.role == Role::amount;
  if (should_be_positive && c.numbers->negatives > 0) out.push_back(fmt::format("{} is negative in {} rows", name, number(c.numbers->negatives)));
  if (should_be_positive && c.role != Role::quantity && c.numbers->zeros > 0) out.push_back(fmt::format("{} is zero in {} rows", name, number(c.numbers->zeros)));
  if (c.format.ambiguous) out.push_back(fmt::format("{}: commas are taken for thousands marks; where they begin decimals, write them as points", name));
}

// One who does so much is a robot, a till, or staff.
void about_busiest(const Exploration& e, std::vector<std::string>& out) {
  if (!e.traffic || e.traffic->busiest.empty() || e.customers < 100) return;
  const BusyCustomer& first = e.traffic->busiest.front();
  const double mean = static_cast<double>(e.read.rows.used) / static_cast<double>(e.customers);
  if (static_cast<double>(first.events) < 100 * mean && share(first.events, e.read.rows.used) < 0.02) return;
  out.push_back(fmt::format("customer {} has {} events, {:.0f} times the average: a robot, a till or a reseller?", shown_text(first.name), first.events, static_cast<double>(first.events) / mean));
}

void about_twins(const ExploredFeatures& features, std::vector<std::string>& out) {
  const std::size_t n = features.correlations.names.size();
  std::vector<std::string> pairs;
  for (std::size_t a = 0; a < n; ++a)
    for (std::size_t b = a + 1; b < n; ++b)
      if (const double r = features.correlations.values.spearman[a * n + b]; std::abs(r) >= 0.95) pairs.push_back(fmt::format("{} and {} ({:.2f})", features.correlations.names[a], features.correlations.names[b], r));
  const std::size_t all = pairs.size();
  pairs.resize(std::min<std::size_t>(all, 3));
  if (all > 0) out.push_back(fmt::format("features that say nearly the same count twice in k-means: {}{}", fmt::join(pairs, ", "), all > pairs.size() ? fmt::format(" and {} more pairs", all - pairs.size()) : ""));
}

void about_constants(const ExploredFeatures& features, std::vector<std::string>& out) {
  std::vector<std::string> names;
  for (const ExploredFeature& f : features.features)
    if (f.numbers.deviation == 0) names.push_back(f.name);
  if (!names.empty()) out.push_back(fmt::format("the same for every customer, and of no use for clustering: {}", fmt::join(names, ", ")));
}

}  // namespace

std::vector<std::string> findings(const Exploration& e) {
  std::vector<std::string> out;
  if (e.features.recommended != ScalingMethod::z) out.push_back(e.features.why);
  about_rows(e, out);
  for (const ExploredTable& table : e.tables)
    for (const ColumnDescription& column : table.columns) about_column(column, table.name.empty() ? column.name : table.name + "." + column.name, out);
  about_busiest(e, out);
  about_constants(e.features, out);
  about_twins(e.features, out);
  return out;
}

}  // namespace coterie
