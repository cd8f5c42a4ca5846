#include "coterie/model/shape.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <set>

#include "coterie/base/error.h"
#include "coterie/events/roles.h"
#include "coterie/source/whole_head.h"

namespace coterie {
namespace {

constexpr std::array shape_names = {"events", "orders", "coupons", "customers"};

// The share of different values among a column's first rows.
double different_share(const Dialect& dialect, std::size_t column) {
  std::set<std::string_view> different;
  std::size_t values = 0;
  for (const auto& row : dialect.samples)
    if (column < row.size() && !row[column].empty()) ++values, different.insert(row[column]);
  return values == 0 ? 0 : static_cast<double>(different.size()) / static_cast<double>(values);
}

// Whether the last table is another kind of table than the first: logs of several months share most of their columns.
bool differ_in_kind(const std::vector<Dialect>& dialects) {
  const auto& first = dialects.front().columns;
  const auto& last = dialects.back().columns;
  const auto shared = std::count_if(last.begin(), last.end(), [&](const std::string& name) { return std::find(first.begin(), first.end(), name) != first.end(); });
  return 2 * static_cast<std::size_t>(shared) < std::max(first.size(), last.size());
}

}  // namespace

const char* name_of(Shape shape) { return shape_names[static_cast<std::size_t>(shape)]; }

Shape shape_from_name(const std::string& name) {
  for (std::size_t s = 0; s < shape_names.size(); ++s)
    if (name == shape_names[s]) return static_cast<Shape>(s);
  throw Error(ErrorKind::usage, fmt::format("--shape {} is not known", name), "write events, orders, coupons or customers");
}

ShapeGuess recognise_shape(const Dialect& dialect, const std::string& path) {
  const RoleMap roles = find_roles(dialect, {}, path);
  if (roles.column(Role::event_type) >= 0) return {Shape::events, "a column says what kind of event each row is"};
  const int customer = roles.column(Role::customer);
  if (customer >= 0 && !dialect.samples.empty() && different_share(dialect, static_cast<std::size_t>(customer)) >= 0.9)
    return {Shape::customers, "each row has a customer of its own"};
  if (roles.column(Role::time) < 0) return {Shape::customers, "no column is a point in time"};
  const RoleMap lines = find_roles(dialect, {}, path, LogKind::orders);
  for (const Role role : {Role::quantity, Role::invoice, Role::price, Role::amount})
    if (customer >= 0 && lines.column(role) >= 0)
      return {Shape::orders, fmt::format("customers recur, and the column \"{}\" is of orders", dialect.columns[static_cast<std::size_t>(lines.column(role))])};
  return {Shape::events, "a column is a point in time"};
}

ShapeGuess recognise_shape(const std::vector<std::string>& paths, char delimiter) {
  std::vector<Dialect> dialects;
  for (const std::string& path : paths) {
    std::error_code ignored;
    if (path == "-" || std::filesystem::is_fifo(path, ignored)) return {Shape::events, "a stream is taken for events"};
    const ByteReader reader(path, {.threads = 1});
    require_whole_head(reader, path);
    dialects.push_back(sniff_dialect(reader.head(), reader.head_is_all(), path, delimiter));
    if (dialects.size() > 1 && differ_in_kind(dialects)) return {Shape::coupons, "the files are tables with different columns"};
  }
  return recognise_shape(dialects.front(), paths.front());
}

}  // namespace coterie
