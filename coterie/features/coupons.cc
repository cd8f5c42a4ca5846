#include "coterie/features/coupons.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <set>

#include "coterie/base/error.h"
#include "coterie/base/nearest_name.h"
#include "coterie/base/time.h"
#include "coterie/features/coupon_roles.h"
#include "coterie/source/duckdb.h"
#include "coterie/source/parse_date.h"
#include "coterie/table/customer_ids.h"

namespace coterie {
namespace {

constexpr double no_day = std::numeric_limits<double>::quiet_NaN();

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

bool has_part(const std::string& name, std::initializer_list<const char*> parts) {
  const std::string lower = lower_case(name);
  return std::any_of(parts.begin(), parts.end(), [&](const char* part) { return lower.find(part) != lower.npos; });
}

template <class Fits>
int find_column(const TextTable& table, const Fits& fits) {
  const auto& columns = table.dialect.columns;
  const auto it = std::find_if(columns.begin(), columns.end(), fits);
  return it == columns.end() ? -1 : static_cast<int>(it - columns.begin());
}

bool is_key_of_customers(const TextTable& table, std::size_t column) { return has_part(table.dialect.columns[column], {"customer", "client", "user", "member"}); }

// The share of a column's values that are dates, and how they are written.
DateFormat date_format_of(const TextTable& table, std::size_t column) {
  std::vector<std::string_view> values;
  for (std::size_t row = 0; row < std::min<std::size_t>(table.rows(), 1000); ++row)
    if (!is_missing(table.at(row, column))) values.push_back(trimmed(table.at(row, column)));
  return guess_date_format(values);
}

bool is_dated(const TextTable& table, std::size_t column) { return date_format_of(table, column).share > 0.9; }

// --- claims, parsed and checked ----------------------------------------------------------------------

struct Claims {
  std::vector<std::size_t> rows;  // of the table, that are used
  std::vector<double> claim_day, burn_day, burned, with_coupon;
};

double day_of(std::int64_t ms) { return static_cast<double>(floor_divide(ms, ms_per_day)); }

std::set<std::string_view> ids_of(const TextTable& table, std::size_t column, const std::vector<std::size_t>& rows) {
  std::set<std::string_view> ids;
  for (const std::size_t row : rows) ids.insert(trimmed(table.at(row, column)));
  return ids;
}

std::vector<std::size_t> check_customers(TextTable& table, std::size_t key) {
  std::vector<std::size_t> rows;
  std::set<std::string_view> ids;
  for (std::size_t row = 0; row < table.rows(); ++row) {
    const std::string_view id = trimmed(table.at(row, key));
    if (is_missing(id)) reject(table, row, key, Reason::no_customer);
    else if (!ids.insert(id).second) reject(table, row, key, Reason::duplicate_customer);
    else rows.push_back(row);
  }
  return rows;
}

class ClaimReader {
 public:
  ClaimReader(TextTable& table, const CouponPlan& plan, std::set<std::string_view> customers) : table_(table), plan_(plan), customers_(std::move(customers)) {
    claim_dates_ = date_format_of(table, static_cast<std::size_t>(plan.claim_date)).order;
    if (plan.burn_date >= 0) burn_dates_ = date_format_of(table, static_cast<std::size_t>(plan.burn_date)).order;
  }

  Claims read() {
    Claims claims;
    for (std::size_t row = 0; row < table_.rows(); ++row) take(row, claims);
    return claims;
  }

 private:
  void take(std::size_t row, Claims& claims) {
    const auto refuse = [&](Reason reason, std::size_t column) { reject(table_, row, column, reason); };
    const std::string_view customer = trimmed(table_.at(row, plan_.claim_customer));
    const auto date_column = static_cast<std::size_t>(plan_.claim_date);
    if (is_missing(customer)) return refuse(Reason::no_customer, plan_.claim_customer);
    if (!customers_.contains(customer)) return refuse(Reason::unknown_customer, plan_.claim_customer);
    const std::string_view date = trimmed(table_.at(row, date_column));
    if (is_missing(date)) return refuse(Reason::no_time, date_column);
    const auto claimed = parse_date(date, claim_dates_);
    if (!claimed) return refuse(Reason::bad_time, date_column);
    std::optional<std::int64_t> burned_at;
    if (plan_.burn_date >= 0) {
      const auto column = static_cast<std::size_t>(plan_.burn_date);
      const std::string_view text = trimmed(table_.at(row, column));
      burned_at = parse_date(text, burn_dates_);
      if (!is_missing(text) && !burned_at) return refuse(Reason::bad_time, column);
    }
    bool burned = burned_at.has_value();
    if (plan_.status >= 0) {
      const auto column = static_cast<std::size_t>(plan_.status);
      const std::string status = lower_case(trimmed(table_.at(row, column)));
      burned = says_burned(status);
      if (!burned && !says_open(status)) return refuse(Reason::unknown_category, column);
    }
    claims.rows.push_back(row);
    claims.claim_day.push_back(day_of(*claimed));
    claims.burn_day.push_back(burned && burned_at ? day_of(*burned_at) : no_day);
    claims.burned.push_back(burned);
    claims.with_coupon.push_back(plan_.coupon < 0 || !is_missing(table_.at(row, static_cast<std::size_t>(plan_.coupon))));
  }

  TextTable& table_;
  const CouponPlan& plan_;
  std::set<std::string_view> customers_;
  DateOrder claim_dates_ = DateOrder::iso, burn_dates_ = DateOrder::iso;
};

// --- SQL ---------------------------------------------------------------------------------------------

std::vector<SqlColumn> columns_of(const TextTable& table, const std::vector<std::size_t>& rows) {
  std::vector<SqlColumn> columns;
  for (std::size_t c = 0; c < table.columns(); ++c)
    columns.push_back({table.dialect.columns[c], TextColumn{rows.size(), [&table, &rows, c](std::size_t i) { return trimmed(table.at(rows[i], c)); }}});
  return columns;
}

// "coterie_t3() AS t3 LEFT JOIN ...": a table with all that it refers to, directly or through others.
std::string joined_from(const CouponPlan& plan, std::size_t first, std::vector<std::size_t>& reached) {
  std::string sql = fmt::format("coterie_t{}() AS t{}", first, first);
  reached = {first};
  const std::size_t stop = first == plan.claims ? plan.customers : plan.claims;  // the other one is joined by itself
  for (std::size_t i = 0; i < reached.size(); ++i)
    for (const Join& join : plan.joins) {
      const bool known = join.key_table == stop || std::find(reached.begin(), reached.end(), join.key_table) != reached.end();
      if (join.table != reached[i] || known) continue;
      reached.push_back(join.key_table);
      sql += fmt::format(" LEFT JOIN coterie_t{0}() AS t{0} ON t{1}.coterie_c{2} = t{0}.coterie_c{3}", join.key_table, join.table, join.column, join.key);
    }
  return sql;
}

// The column that says where a claim was burned, among the claims' and those of the tables they refer to.
std::string part_sql(const std::vector<TextTable>& tables, const std::vector<std::size_t>& reached, std::initializer_list<const char*> words) {
  for (const std::size_t t : reached)
    for (std::size_t c = 0; c < tables[t].columns(); ++c)
      if (has_part(tables[t].dialect.columns[c], words)) return fmt::format("t{}.coterie_c{}", t, c);
  return "";
}

// The rows of each table that are used, and what was parsed of them.
struct Accepted {
  std::vector<std::vector<std::size_t>> rows;  // a table each
  Claims claims;
  std::vector<double> join_days;  // a customer each
};

// When a customer joined; -1 where no column says so.
int join_date_column(const TextTable& people) {
  const int column = find_column(people, [&](const std::string& name) { return has_part(name, {"join", "sign", "regist", "since", "created"}); });
  return column >= 0 && is_dated(people, static_cast<std::size_t>(column)) ? column : -1;
}

std::vector<double> join_days_of(const TextTable& people, const std::vector<std::size_t>& rows) {
  const int column = join_date_column(people);
  if (column < 0) return std::vector<double>(rows.size(), no_day);
  const DateOrder order = date_format_of(people, static_cast<std::size_t>(column)).order;
  std::vector<double> days;
  for (const std::size_t row : rows) {
    const auto time = parse_date(trimmed(people.at(row, static_cast<std::size_t>(column))), order);
    days.push_back(time ? day_of(*time) : no_day);
  }
  return days;
}

Accepted accept_rows(std::vector<TextTable>& tables, const CouponPlan& plan) {
  Accepted accepted;
  accepted.rows.resize(tables.size());
  for (std::size_t t = 0; t < tables.size(); ++t)
    for (std::size_t row = 0; row < tables[t].rows(); ++row) accepted.rows[t].push_back(row);
  TextTable& people = tables[plan.customers];
  std::vector<std::size_t>& customers = accepted.rows[plan.customers];
  customers = check_customers(people, plan.customer_key);
  accepted.claims = ClaimReader(tables[plan.claims], plan, ids_of(people, plan.customer_key, customers)).read();
  if (accepted.claims.rows.empty())
    throw Error(ErrorKind::no_usable_rows, "no usable row of claims", "look at its columns with: coterie inspect FILE", tables[plan.claims].file.path);
  accepted.rows[plan.claims] = accepted.claims.rows;
  accepted.join_days = join_days_of(people, customers);
  return accepted;
}

// All tables, each column as coterie_c0, coterie_c1, ...: names may be anything, and equal but for the case.
void add_tables(DuckDb& duckdb, const std::vector<TextTable>& tables, const CouponPlan& plan, const Accepted& accepted) {
  const Claims& claims = accepted.claims;
  for (std::size_t t = 0; t < tables.size(); ++t) {
    std::vector<SqlColumn> columns = columns_of(tables[t], accepted.rows[t]);
    for (std::size_t c = 0; c < columns.size(); ++c) columns[c].name = fmt::format("coterie_c{}", c);
    if (t == plan.claims) {
      columns.push_back({"claim_day", std::span<const double>(claims.claim_day)});
      columns.push_back({"burn_day", std::span<const double>(claims.burn_day)});
      columns.push_back({"burned", std::span<const double>(claims.burned)});
      columns.push_back({"with_coupon", std::span<const double>(claims.with_coupon)});
    }
    if (t == plan.customers) columns.push_back({"join_day", std::span<const double>(accepted.join_days)});
    duckdb.add_columns(fmt::format("coterie_t{}", t), std::move(columns));
  }
}

// A column that describes customers, of their own table or of one it refers to.
struct AttributeColumn {
  std::string name, sql;
};

bool is_link(const CouponPlan& plan, std::size_t table, std::size_t column) {
  if (table == plan.customers && column == plan.customer_key) return true;
  return std::any_of(plan.joins.begin(), plan.joins.end(),
                     [&](const Join& join) { return (join.table == table && join.column == column) || (join.key_table == table && join.key == column); });
}

// Of two columns of one name the first reached.
std::vector<AttributeColumn> attributes_of(const std::vector<TextTable>& tables, const CouponPlan& plan, const std::vector<std::size_t>& reached) {
  std::vector<AttributeColumn> attributes;
  for (const std::size_t t : reached)
    for (std::size_t c = 0; c < tables[t].columns(); ++c) {
      const std::string& name = tables[t].dialect.columns[c];
      const bool is_known = std::any_of(attributes.begin(), attributes.end(), [&](const AttributeColumn& attribute) { return attribute.name == name; });
      if (!is_link(plan, t, c) && !is_known) attributes.push_back({name, fmt::format("t{}.coterie_c{}", t, c)});
    }
  return attributes;
}

// What a claim and a customer say in this shop, as SQL.
struct CouponQuery {
  std::string claims_from, people_from;  // the tables with all that they refer to
  std::string branch, merchant;          // "": none
  std::vector<AttributeColumn> attributes;
};

CouponQuery plan_query(const std::vector<TextTable>& tables, const CouponPlan& plan) {
  std::vector<std::size_t> reached_by_claims, reached_by_people;
  CouponQuery query;
  query.claims_from = joined_from(plan, plan.claims, reached_by_claims);
  query.people_from = joined_from(plan, plan.customers, reached_by_people);
  const auto given = [&](int column) { return fmt::format("t{}.coterie_c{}", plan.claims, column); };
  query.branch = plan.branch >= 0 ? given(plan.branch) : part_sql(tables, reached_by_claims, {"branch", "store"});
  query.merchant = plan.merchant >= 0 ? given(plan.merchant) : part_sql(tables, reached_by_claims, {"merchant", "vendor", "partner"});
  query.attributes = attributes_of(tables, plan, reached_by_people);
  return query;
}

std::set<std::string> parts_of(const std::vector<TextTable>& tables, const CouponPlan& plan, const CouponQuery& query) {
  std::set<std::string> parts;
  if (plan.burn_date >= 0) parts.insert("burn_day");
  if (plan.coupon >= 0) parts.insert("coupon");
  if (!query.branch.empty()) parts.insert("branch");
  if (!query.merchant.empty()) parts.insert("merchant");
  if (join_date_column(tables[plan.customers]) >= 0) parts.insert("join_day");
  return parts;
}

// Customer, features, attributes: a row a customer.
std::string sql_of(const CouponPlan& plan, const CouponQuery& query, const std::vector<const CouponFeature*>& features) {
  std::string selected, people_columns;
  for (const CouponFeature* feature : features) selected += fmt::format(", ({})::double AS {}", feature->sql, sql_name(feature->name));
  for (std::size_t a = 0; a < query.attributes.size(); ++a) {
    people_columns += fmt::format(", {} AS a{}", query.attributes[a].sql, a);
    selected += fmt::format(", any_value(p.a{})", a);
  }
  const auto or_null = [](const std::string& sql) { return sql.empty() ? std::string("NULL") : sql; };
  return fmt::format("WITH claims AS (SELECT t{0}.coterie_c{1} AS customer, claim_day, burn_day, burned, with_coupon, {2} AS branch, {3} AS merchant FROM {4}), "
                     "ends AS (SELECT min(claim_day) AS first_day, max(claim_day) AS last_day FROM claims), "
                     "people AS (SELECT t{5}.coterie_c{6} AS customer, join_day{7} FROM {8}) "
                     "SELECT p.customer{9} FROM people p LEFT JOIN claims USING (customer) CROSS JOIN ends GROUP BY p.customer, first_day, last_day",
                     plan.claims, plan.claim_customer, or_null(query.branch), or_null(query.merchant), query.claims_from, plan.customers, plan.customer_key, people_columns,
                     query.people_from, selected);
}

std::vector<const CouponFeature*> choose(const std::vector<std::string>& wanted, const std::set<std::string>& parts, std::vector<std::string>& missing) {
  std::vector<const CouponFeature*> chosen;
  for (const CouponFeature& feature : coupon_catalogue()) {
    if (std::find(wanted.begin(), wanted.end(), feature.name) == wanted.end()) continue;
    if (*feature.needs == 0 || parts.contains(feature.needs)) chosen.push_back(&feature);
    else missing.emplace_back(feature.name);
  }
  return chosen;
}

// --- one row a customer ------------------------------------------------------------------------------

struct Row {
  std::optional<std::uint64_t> number;
  std::string id;
  std::size_t place;  // in the result
};

std::vector<Row> sorted_rows(const SqlResult& result) {
  std::vector<Row> rows;
  for (std::size_t i = 0; i < result.rows(); ++i) {
    rows.push_back({canonical_number(result.text(i, 0)), result.text(i, 0), i});
  }
  std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) {
    if (a.number.has_value() != b.number.has_value()) return a.number.has_value();
    return a.number ? *a.number < *b.number : a.id < b.id;
  });
  return rows;
}

CustomerTable table_of(const SqlResult& result, const std::vector<const CouponFeature*>& features, const std::vector<std::string>& attributes, const std::string& id_name) {
  const std::vector<Row> rows = sorted_rows(result);
  const auto numbers = static_cast<std::size_t>(std::count_if(rows.begin(), rows.end(), [](const Row& row) { return row.number.has_value(); }));
  CustomerTable table;
  table.id_name = id_name;
  table.ids.numbers = HugeArray<std::uint64_t>(numbers);
  table.values = Matrix(rows.size(), features.size());
  for (const CouponFeature* feature : features) table.names.emplace_back(feature->name), table.is_count.push_back(feature->is_count);
  for (const std::string& attribute : attributes) table.attributes.push_back({attribute, {}});
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (i < numbers) table.ids.numbers[i] = *rows[i].number;
    else table.ids.texts.push_back(rows[i].id);
    for (std::size_t f = 0; f < features.size(); ++f) {
      if (result.is_null(rows[i].place, 1 + f))
        throw Error(ErrorKind::usage, fmt::format("the feature {} has no value for some customers: a date in the table of customers is blank or no date", features[f]->name),
                    "correct the table, or leave the feature out with --feature-set");
      table.values.at(i, f) = result.real(rows[i].place, 1 + f);
    }
    for (std::size_t a = 0; a < attributes.size(); ++a) {
      const std::size_t column = 1 + features.size() + a;
      table.attributes[a].values.push_back(result.is_null(rows[i].place, column) ? "" : result.text(rows[i].place, column));
    }
  }
  return table;
}

// --role ROLE=COLUMN, or TABLE.COLUMN, of the claims.
void take_role(CouponPlan& plan, const TextTable& claims, const std::string& role, const std::string& given) {
  const std::map<std::string, int*> roles = {{"claim_date", &plan.claim_date}, {"burn_date", &plan.burn_date}, {"status", &plan.status},
                                             {"coupon", &plan.coupon}, {"branch", &plan.branch}, {"merchant", &plan.merchant}};
  std::vector<std::string> names;
  for (const auto& [name, column] : roles) names.push_back(name);
  const auto known = roles.find(role);
  if (known == roles.end())
    throw Error(ErrorKind::usage, fmt::format("there is no role \"{}\"{} in tables of coupons", role, did_you_mean(role, names)),
                fmt::format("the roles are {}; which column refers to customers is said by --join", fmt::join(names, ", ")));
  const std::string prefix = name_of_table(claims) + ".";
  const std::string column = given.starts_with(prefix) ? given.substr(prefix.size()) : given;
  *known->second = find_column(claims, [&](const std::string& name) { return name == column; });
  if (*known->second < 0)
    throw Error(ErrorKind::missing_column, fmt::format("--role {}={}: there is no column \"{}\"{}", role, given, column, did_you_mean(column, claims.dialect.columns)),
                fmt::format("the columns are: {}", fmt::join(claims.dialect.columns, ", ")), claims.file.path);
}

}  // namespace

const std::vector<CouponFeature>& coupon_catalogue() {
  static const std::vector<CouponFeature> catalogue = {
      {"claimed_frequency", "coupons claimed", "count(claim_day)", "", true, true},
      {"burn_frequency", "coupons burned", "coalesce(sum(burned), 0)", "", true, true},
      {"burn_rate", "burn_frequency / claimed_frequency; 0 without a claim", "coalesce(sum(burned) / nullif(count(claim_day), 0), 0)", "", true, false},
      {"days_to_burn_mean", "mean of the days from claim to burning; 0 where nothing was burned", "coalesce(avg(burn_day - claim_day), 0)", "burn_day", false, false},
      {"distinct_merchants", "different merchants of the claims", "count(DISTINCT nullif(merchant, ''))", "merchant", false, true},
      {"distinct_branches", "different branches of the claims", "count(DISTINCT nullif(branch, ''))", "branch", false, true},
      {"discount_dependence", "share of the rows of claims that name a coupon", "coalesce(avg(with_coupon), 0)", "coupon", false, false},
      {"full_price_share", "share of the rows of claims that name no coupon", "coalesce(avg(1 - with_coupon), 0)", "coupon", false, false},
      {"recency_days", "days from the last claim to the last of all claims; without a claim, days from the first of all", "coalesce(last_day - max(claim_day), last_day - first_day)", "", false, true},
      {"days_since_joining", "days from joining to the last of all claims; negative for those who joined later", "last_day - min(join_day)", "join_day", false, true},
  };
  return catalogue;
}

CouponPlan plan_coupons(const std::vector<TextTable>& tables, std::vector<Join> joins, const std::map<std::string, std::string>& roles) {
  CouponPlan plan;
  const auto refers_to_customers = [&](const Join& join) {
    const auto& columns = tables[join.table].dialect.columns;
    bool dated = false;
    for (std::size_t c = 0; c < columns.size(); ++c) dated |= is_dated(tables[join.table], c);
    return is_key_of_customers(tables[join.key_table], join.key) && dated;
  };
  const auto link = std::find_if(joins.begin(), joins.end(), refers_to_customers);
  if (link == joins.end())
    throw Error(ErrorKind::missing_column, "no table with dates refers to the key of a table of customers", "say which column does: --join transactions.customer=customers.id");
  plan.customers = link->key_table, plan.customer_key = link->key, plan.claims = link->table, plan.claim_customer = link->column;
  const TextTable& claims = tables[plan.claims];
  const std::vector<CouponRole> found = find_coupon_roles(claims, plan.claim_customer);
  plan.status = found[0].column, plan.burn_date = found[1].column, plan.claim_date = found[2].column, plan.coupon = found[3].column;
  for (const auto& [role, column] : roles) take_role(plan, claims, role, column);
  if (plan.claim_date < 0 || (plan.status < 0 && plan.burn_date < 0))
    throw Error(ErrorKind::missing_column, fmt::format("{} has no column for the date of a claim, or none that says whether it was burned", name_of_table(claims)),
                "a status (burned, subscribed) or a burn date is needed; give it with --role status=COLUMN or --role burn_date=COLUMN", claims.file.path);
  plan.joins = std::move(joins);
  return plan;
}

std::vector<std::vector<std::size_t>> check_coupons(std::vector<TextTable>& tables, const CouponPlan& plan) { return accept_rows(tables, plan).rows; }

CustomerTable read_coupons(std::vector<TextTable>& tables, const CouponPlan& plan, const std::vector<std::string>& wanted, std::vector<std::string>& missing) {
  const Accepted accepted = accept_rows(tables, plan);
  const CouponQuery query = plan_query(tables, plan);
  const std::vector<const CouponFeature*> features = choose(wanted, parts_of(tables, plan, query), missing);
  DuckDb duckdb({.threads = 1});
  add_tables(duckdb, tables, plan, accepted);
  std::vector<std::string> attributes;
  for (const AttributeColumn& attribute : query.attributes) attributes.push_back(attribute.name);
  return table_of(duckdb.query(sql_of(plan, query, features)), features, attributes, tables[plan.customers].dialect.columns[plan.customer_key]);
}

}  // namespace coterie
