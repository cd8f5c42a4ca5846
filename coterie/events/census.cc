#include "coterie/events/census.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "coterie/events/string_table.h"

namespace coterie {
namespace {

constexpr Role item_roles[] = {Role::product, Role::category, Role::brand, Role::price};
// Customers, sessions and times are nearly all different: they are estimated from fewer.
constexpr std::size_t most_of_ids = std::size_t{1} << 16;

std::optional<Role> role_of(const RoleMap& roles, std::size_t column) {
  for (int r = 0; r < role_count; ++r)
    if (roles.choice[r].column == static_cast<int>(column)) return static_cast<Role>(r);
  return std::nullopt;
}

bool has_many_values(std::optional<Role> role) { return role == Role::customer || role == Role::session || role == Role::time || role == Role::invoice; }

// Of events the columns from the first to the last that describes the item, where nothing else of importance stands
// between them; of order lines all but who, when and which order.
std::vector<std::size_t> columns_together(const Dialect& dialect, const RoleMap& roles, LogKind kind) {
  std::vector<std::size_t> together;
  const std::size_t columns = dialect.columns.size();
  if (kind == LogKind::orders) {
    for (std::size_t c = 0; c < columns; ++c)
      if (!has_many_values(role_of(roles, c))) together.push_back(c);
    return together;
  }
  for (const Role role : item_roles)
    if (roles.column(role) >= 0) together.push_back(static_cast<std::size_t>(roles.column(role)));
  std::sort(together.begin(), together.end());
  if (together.empty()) return together;
  std::vector<std::size_t> stretch;
  for (std::size_t c = together.front(); c <= together.back(); ++c) stretch.push_back(c);
  const bool alone = std::none_of(stretch.begin(), stretch.end(), [&](std::size_t c) { return role_of(roles, c) && std::find(together.begin(), together.end(), c) == together.end(); });
  return alone ? stretch : together;
}

bool stand_side_by_side(const std::vector<std::size_t>& places) { return !places.empty() && places.back() - places.front() + 1 == places.size(); }

// A blank in place of a parting that stands in the data.
void append_part(std::string& text, std::string_view part) {
  const std::size_t begin = text.size();
  text += part;
  std::replace(text.begin() + static_cast<std::ptrdiff_t>(begin), text.end(), Census::parting, ' ');
  text += Census::parting;
}

ValueCounts counts_for(std::optional<Role> role) { return ValueCounts(has_many_values(role) ? most_of_ids : ValueCounts::usual_most); }

void add_all_kinds(ValueCounts& to, std::string_view text, const ValueCounts& from, std::uint32_t i) {
  const std::uint64_t hash = hash_text(text);
  for (unsigned k = 0; k < census_kinds; ++k)
    if (const std::uint64_t times = from.count(i, k); times != 0) to.add(text, hash, k, times);
}

}  // namespace

std::vector<std::string_view> parts_of(std::string_view combination, char parting) {
  std::vector<std::string_view> parts;
  for (std::size_t at = 0; at <= combination.size();) {
    const std::size_t end = std::min(combination.find(parting, at), combination.size());
    parts.push_back(combination.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

std::size_t RowCensus::column_number(const std::string& name, std::optional<Role> role) {
  const auto it = std::find_if(columns_.begin(), columns_.end(), [&](const CensusColumn& column) { return column.name == name; });
  if (it != columns_.end()) return static_cast<std::size_t>(it - columns_.begin());
  columns_.push_back({.name = name, .role = role, .values = counts_for(role)});
  return columns_.size() - 1;
}

void RowCensus::begin_file(const Dialect& dialect, const RoleMap& roles, LogKind kind) {
  Group group{.key = std::string(1, dialect.delimiter), .columns = {}, .together = columns_together(dialect, roles, kind), .delimiter = dialect.delimiter};
  if (group.together.size() < 2) group.together.clear();
  for (std::size_t c = 0; c < dialect.columns.size(); ++c) {
    group.columns.push_back(column_number(dialect.columns[c], role_of(roles, c)));
    group.key += fmt::format(",{}", group.columns.back());
  }
  for (const std::size_t place : group.together) group.key += fmt::format(";{}", place);
  group.side_by_side = kind == LogKind::events && stand_side_by_side(group.together);
  const auto same = std::find_if(groups_.begin(), groups_.end(), [&](const Group& other) { return other.key == group.key; });
  group_ = static_cast<std::size_t>(same - groups_.begin());
  if (same == groups_.end()) groups_.push_back(std::move(group));
}

void RowCensus::see_together(const CsvRow& row, unsigned kind, std::optional<std::uint64_t> stretch) {
  Group& group = groups_[group_];
  if (group.together.empty()) return;
  if (!group.poured && (group.plain.is_full() || group.quoted.is_full())) pour(group);
  if (stretch && group.side_by_side) {
    const std::string_view first = row.fields[group.together.front()], last = row.fields[group.together.back()];
    return group.plain.add({first.data(), static_cast<std::size_t>(last.data() + last.size() - first.data())}, *stretch, kind);
  }
  room_.clear();
  for (const std::size_t place : group.together) append_part(room_, row.fields[place]);
  room_.pop_back();
  group.quoted.add(room_, hash_text(room_), kind);
}

void RowCensus::see(const CsvRow& row, unsigned kind, std::optional<std::uint64_t> stretch) {
  const Group& group = groups_[group_];
  see_together(row, kind, stretch);
  std::size_t next = 0;
  for (std::size_t c = 0; c < row.fields.size(); ++c) {
    const bool is_together = next < group.together.size() && group.together[next] == c;
    next += is_together;
    if (!is_together || group.poured) columns_[group.columns[c]].values.add(row.fields[c], hash_padded_text(row.fields[c]), kind);
  }
}

std::size_t RowCensus::memory_bytes() const {
  std::size_t bytes = 0;
  for (const CensusColumn& column : columns_) bytes += column.values.memory_bytes();
  for (const Group& group : groups_) bytes += group.plain.memory_bytes() + group.quoted.memory_bytes();
  return bytes;
}

void RowCensus::pour(const Group& group, const ValueCounts& from, char parting) {
  for (std::uint32_t i = 0; i < from.size(); ++i) {
    const std::vector<std::string_view> parts = parts_of(from.text(i), parting);
    for (std::size_t p = 0; p < group.together.size(); ++p) add_all_kinds(columns_[group.columns[group.together[p]]].values, parts[p], from, i);
  }
}

void RowCensus::pour(Group& group) {
  pour(group, group.plain, group.delimiter);
  pour(group, group.quoted, Census::parting);
  group.poured = true;
}

void RowCensus::merge(RowCensus&& other) {
  for (RowCensus* one : {this, &other})
    for (Group& group : one->groups_)
      if (!group.poured) one->pour(group);
  for (std::size_t c = 0; c < columns_.size(); ++c) columns_[c].values.merge(std::exchange(other.columns_[c].values, ValueCounts(64)));
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    groups_[g].plain.merge(std::exchange(other.groups_[g].plain, Group::sample()));
    groups_[g].quoted.merge(std::exchange(other.groups_[g].quoted, Group::sample()));
  }
}

// In the order of census.together; columns that these files do not have are blank.
void RowCensus::add_combinations(Census& census, const Group& group, const ValueCounts& from, char parting) const {
  std::vector<std::string_view> own(columns_.size());
  std::string text;
  for (std::uint32_t i = 0; i < from.size(); ++i) {
    const std::vector<std::string_view> parts = parts_of(from.text(i), parting);
    for (std::size_t p = 0; p < group.together.size(); ++p) own[group.columns[group.together[p]]] = parts[p];
    text.clear();
    for (const std::size_t column : census.together) append_part(text, own[column]);
    text.pop_back();
    add_all_kinds(census.combinations, text, from, i);
  }
  census.share_kept = std::min(census.share_kept, from.share_kept());
}

Census RowCensus::finish() {
  Census census;
  for (Group& group : groups_) {
    if (!group.poured) pour(group);
    for (const std::size_t place : group.together) census.together.push_back(group.columns[place]);
  }
  std::sort(census.together.begin(), census.together.end());
  census.together.erase(std::unique(census.together.begin(), census.together.end()), census.together.end());
  for (const Group& group : groups_) {
    if (group.together.empty()) continue;
    add_combinations(census, group, group.plain, group.delimiter);
    add_combinations(census, group, group.quoted, Census::parting);
  }
  groups_.clear();
  census.columns = std::move(columns_);
  return census;
}

Census census_of(std::span<const TextTable> tables, const std::vector<std::size_t>& together) {
  Census census;
  census.together = together.size() < 2 ? std::vector<std::size_t>() : together;
  for (const std::string& name : tables.front().dialect.columns) census.columns.push_back({.name = name});
  std::string text;
  for (const TextTable& table : tables)
    for (std::size_t row = 0; row < table.rows(); ++row) {
      for (std::size_t c = 0; c < census.columns.size(); ++c) census.columns[c].values.add(table.at(row, c), hash_text(table.at(row, c)));
      if (census.together.empty()) continue;
      text.clear();
      for (const std::size_t c : census.together) append_part(text, table.at(row, c));
      text.pop_back();
      census.combinations.add(text, hash_text(text));
    }
  return census;
}

}  // namespace coterie
