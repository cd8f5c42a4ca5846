// The table of features against two independent formulations: SQL in DuckDB over the same CSV file, and maps and
// sets over plain strings.
#include "coterie/features/compute.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <map>
#include <numeric>
#include <set>

#include "coterie/base/error.h"
#include "coterie/base/time.h"
#include "coterie/events/event_log_test.h"
#include "coterie/sample/events.h"
#include "coterie/sample/events_file_test.h"
#include "coterie/sample/hostile.h"
#include "coterie/source/duckdb.h"
#include "coterie/source/duckdb_test.h"

namespace coterie {
namespace {

CustomerTable table_of(const std::vector<std::string>& paths, ReadEventsOptions options = {}, std::size_t most = ~std::size_t{0}) {
  if (options.threads == 0) options.threads = 2;
  EventLog log = read_events(paths, options);
  std::vector<Feature> features = available_features(log.has_role);
  std::erase_if(features, [](const Feature& feature) { return !feature.basic; });
  return compute_features(log, features, {.threads = options.threads, .memory_bytes = most});
}

std::string id_of(const CustomerTable& table, std::size_t row) {
  const std::size_t numbers = table.ids.numbers.size();
  return row < numbers ? std::to_string(table.ids.numbers[row]) : table.ids.texts[row - numbers];
}

// --- SQL -------------------------------------------------------------------------------------------

// Money in decimals, so that nothing is rounded; times in whole seconds.
std::string sql_features(const std::string& path) {
  const std::string csv = "SELECT * FROM read_csv(" + sql_text(path) +
                          ", header = true, delim = ',', quote = '\"', escape = '\"', null_padding = false, ignore_errors = true, columns = {"
                          "'event_time': 'VARCHAR', 'event_type': 'VARCHAR', 'product_id': 'VARCHAR', 'category_id': 'VARCHAR', 'category_code': 'VARCHAR', "
                          "'brand': 'VARCHAR', 'price': 'DECIMAL(18,6)', 'user_id': 'BIGINT', 'user_session': 'VARCHAR'})";
  return "WITH log AS (SELECT *, epoch(strptime(event_time, '%Y-%m-%d %H:%M:%S UTC'))::BIGINT AS s FROM (" + csv + ") WHERE user_id IS NOT NULL), "
         "last AS (SELECT max(s) AS log_end FROM log) "
         "SELECT user_id, "
         "count(*) AS total_events, "
         "count(*) FILTER (event_type = 'view') AS n_view, "
         "count(*) FILTER (event_type = 'cart') AS n_cart, "
         "count(*) FILTER (event_type = 'purchase') AS n_purchase, "
         "count(DISTINCT nullif(user_session, '')) AS n_sessions, "
         "count(DISTINCT product_id) AS unique_products, "
         "count(DISTINCT coalesce(category_code, 'unknown')) AS unique_categories, "
         "count(DISTINCT coalesce(brand, 'unknown')) AS unique_brands, "
         "coalesce(sum(price) FILTER (event_type = 'purchase'), 0)::VARCHAR AS revenue, "
         "coalesce(sum(price) FILTER (event_type = 'purchase') / nullif(count(price) FILTER (event_type = 'purchase'), 0), 0)::DOUBLE AS avg_price_purchased, "
         "coalesce(n_purchase::DOUBLE / nullif(n_view, 0), 0) AS conversion_rate, "
         "coalesce(n_cart::DOUBLE / nullif(n_view, 0), 0) AS view_to_cart_rate, "
         "coalesce(n_purchase::DOUBLE / nullif(n_cart, 0), 0) AS cart_to_purchase_rate, "
         "((SELECT log_end FROM last) - max(s)) // 86400 AS recency_days, "
         "(max(s) - min(s)) // 86400 AS tenure_days "
         "FROM log GROUP BY user_id ORDER BY user_id";
}

void expect_as_sql(const CustomerTable& table, const std::string& path) {
  DuckDb duckdb({.threads = 2});
  const SqlResult sql = duckdb.query(sql_features(path));
  ASSERT_EQ(sql.rows(), table.ids.numbers.size());
  ASSERT_EQ(sql.names.size(), table.names.size() + 1);
  EXPECT_TRUE(table.ids.texts.empty());
  for (std::size_t c = 0; c < table.names.size(); ++c) {
    const std::string& name = table.names[c];
    ASSERT_EQ(sql.names[c + 1], name);
    for (std::size_t row = 0; row < sql.rows(); ++row) {
      ASSERT_EQ(static_cast<std::int64_t>(table.ids.numbers[row]), sql.integer(row, 0));
      const double value = table.values.at(row, c);
      if (name == "revenue") ASSERT_EQ(value, std::stod(sql.text(row, c + 1))) << row;  // both the double nearest to the decimal
      else if (name == "avg_price_purchased") ASSERT_NEAR(value, sql.real(row, c + 1), 1e-9) << row;
      else if (name.ends_with("_rate")) ASSERT_NEAR(value, sql.real(row, c + 1), 1e-12) << name << " " << row;
      else ASSERT_EQ(value, static_cast<double>(sql.integer(row, c + 1))) << name << " " << row;
    }
  }
}

TEST(ComputeFeatures, AgreesWithSqlOnTheStoreLog) {
  COTERIE_NEEDS_DUCKDB();
  COTERIE_NEEDS_SHARED("data/events/store_events_2019-Oct_17435.csv");
  const std::string path = shared_file("data/events/store_events_2019-Oct_17435.csv").string();
  const CustomerTable table = table_of({path});
  EXPECT_EQ(table.ids.size(), 4'504u);
  EXPECT_EQ(table.id_name, "user_id");
  const auto events = table.values.column(0);
  EXPECT_EQ(std::accumulate(events.begin(), events.end(), 0.0), 17'434);
  // The cut last line has too few fields for DuckDB, too.
  expect_as_sql(table, path);
}

TEST(ComputeFeatures, AgreesWithSqlWhereCustomersAndPricesAreBlank) {
  COTERIE_NEEDS_DUCKDB();
  COTERIE_NEEDS_SHARED("data/events/store_events_blanked_10000.csv");
  const std::string path = shared_file("data/events/store_events_blanked_10000.csv").string();
  const CustomerTable table = table_of({path});
  const auto events = table.values.column(0);
  EXPECT_EQ(std::accumulate(events.begin(), events.end(), 0.0), 8'978);
  EXPECT_LT(*std::max_element(events.begin(), events.end()), 862) << "no ghost customer of filled blanks";
  expect_as_sql(table, path);
}

TEST(ComputeFeatures, AgreesWithSqlOnGeneratedLogs) {
  COTERIE_NEEDS_DUCKDB();
  const TestFolder folder;
  for (const std::uint64_t seed : {1, 2}) {
    const std::string path = folder.path("log.csv");
    write_sample(path, {.rows = 200'000, .customers = 9'000 * seed, .seed = seed});
    expect_as_sql(table_of({path}), path);
    expect_as_sql(table_of({path}, {.threads = 3, .memory_bytes = 1, .block_bytes = 100'000}), path);
  }
}

TEST(ComputeFeatures, AgreesWithSqlOnTheRowsOfHostileLogsThatAreToBeUsed) {
  COTERIE_NEEDS_DUCKDB();
  const TestFolder folder;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    const HostileLog log = make_hostile_events({.rows = 20'000, .customers = 300, .seed = seed, .crlf = seed % 2 == 0});
    const std::string clean = folder.file("clean.csv", log.clean);
    expect_as_sql(table_of({folder.file("log.csv", log.text)}), clean);
  }
}

// --- maps and sets ---------------------------------------------------------------------------------

std::vector<std::string> split(const std::string& line) {
  std::vector<std::string> fields(1);
  for (const char c : line) {
    if (c == ',') fields.emplace_back();
    else fields.back() += c;
  }
  return fields;
}

struct PlainCustomer {
  std::size_t events = 0, views = 0, carts = 0, purchases = 0, priced = 0;
  std::set<std::string> sessions, products, categories, brands;
  long long cents = 0;
  std::int64_t first = INT64_MAX, last = INT64_MIN;  // seconds
};

std::int64_t seconds_of(const std::string& t) {  // "2019-10-01 00:00:04 UTC"
  return ((days_from_civil(std::stoi(t.substr(0, 4)), static_cast<unsigned>(std::stoi(t.substr(5, 2))), static_cast<unsigned>(std::stoi(t.substr(8, 2)))) * 24 +
           std::stoi(t.substr(11, 2))) * 60 + std::stoi(t.substr(14, 2))) * 60 + std::stoi(t.substr(17, 2));
}

long long cents_of(const std::string& price) {
  const std::size_t point = price.find('.');
  return std::stoll(price.substr(0, point)) * 100 + std::stoll(price.substr(point + 1));
}

// Keyed as the rows are to be sorted: numbers by value, then texts.
using CustomerKey = std::pair<std::uint64_t, std::string>;

std::map<CustomerKey, PlainCustomer> plain_customers(const std::string& text, bool ids_are_texts) {
  std::map<CustomerKey, PlainCustomer> customers;
  std::size_t at = text.find('\n') + 1;
  for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    const std::vector<std::string> f = split(text.substr(at, end - at));
    PlainCustomer& c = customers[ids_are_texts ? CustomerKey(0, f[7]) : CustomerKey(std::stoull(f[7]), "")];
    ++c.events;
    c.views += f[1] == "view", c.carts += f[1] == "cart", c.purchases += f[1] == "purchase";
    if (f[1] == "purchase") ++c.priced, c.cents += cents_of(f[6]);
    if (!f[8].empty()) c.sessions.insert(f[8]);
    if (!f[2].empty()) c.products.insert(f[2]);
    c.categories.insert(f[4].empty() ? "unknown" : f[4]);
    c.brands.insert(f[5].empty() ? "unknown" : f[5]);
    c.first = std::min(c.first, seconds_of(f[0])), c.last = std::max(c.last, seconds_of(f[0]));
  }
  return customers;
}

double over(std::size_t a, std::size_t b) { return b == 0 ? 0 : static_cast<double>(a) / static_cast<double>(b); }

void expect_as_plain(const CustomerTable& table, const std::map<CustomerKey, PlainCustomer>& customers) {
  std::int64_t log_end = INT64_MIN;
  for (const auto& [key, c] : customers) log_end = std::max(log_end, c.last);
  ASSERT_EQ(table.ids.size(), customers.size());
  std::size_t row = 0;
  for (const auto& [key, c] : customers) {
    EXPECT_EQ(id_of(table, row), key.second.empty() ? std::to_string(key.first) : key.second);
    const double dollars = static_cast<double>(c.cents) / 100;
    const std::vector<double> expected = {
        static_cast<double>(c.events), static_cast<double>(c.views), static_cast<double>(c.carts), static_cast<double>(c.purchases),
        static_cast<double>(c.sessions.size()), static_cast<double>(c.products.size()), static_cast<double>(c.categories.size()),
        static_cast<double>(c.brands.size()), dollars, c.priced == 0 ? 0 : dollars / static_cast<double>(c.priced),
        over(c.purchases, c.views), over(c.carts, c.views), over(c.purchases, c.carts),
        static_cast<double>((log_end - c.last) / 86400), static_cast<double>((c.last - c.first) / 86400)};
    for (std::size_t f = 0; f < expected.size(); ++f) ASSERT_NEAR(table.values.at(row, f), expected[f], 1e-9) << table.names[f] << " of " << id_of(table, row);
    ++row;
  }
}

TEST(ComputeFeatures, AgreesWithMapsAndSetsOnHostileLogs) {
  const TestFolder folder;
  for (std::uint64_t seed = 11; seed <= 16; ++seed) {
    const HostileLog log = make_hostile_events({.rows = 5'000, .seed = seed, .quotes = seed % 2 == 0, .crlf = seed % 3 == 0});
    const std::string path = folder.file("log.csv", log.text);
    for (const std::size_t block : {std::size_t{777}, block_bytes})
      expect_as_plain(table_of({path}, {.threads = 3, .block_bytes = block}), plain_customers(log.clean, false));
  }
}

std::string with_text_ids(std::string text) {
  std::string out = text.substr(0, text.find('\n') + 1);
  std::size_t at = out.size();
  for (std::size_t end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    std::vector<std::string> f = split(text.substr(at, end - at));
    f[7] = fmt::format("{:08x}-c0de-{}", mix64(std::stoull(f[7])) >> 32, f[7]);
    for (std::size_t i = 0; i < f.size(); ++i) out += (i == 0 ? "" : ",") + f[i];
    out += '\n';
  }
  return out;
}

TEST(ComputeFeatures, CustomersThatAreTextsAreSortedByTheirBytes) {
  const TestFolder folder;
  const std::string text = with_text_ids(make_hostile_events({.rows = 8'000, .customers = 2'000, .fault_share = 0}).clean);
  expect_as_plain(table_of({folder.file("log.csv", text)}, {.threads = 3, .block_bytes = 5'000}), plain_customers(text, true));
}

TEST(ComputeFeatures, NumbersComeBeforeTexts) {
  const TestFolder folder;
  const CustomerTable table = table_of({folder.file("log.csv", "event_time,event_type,user_id\n2019-10-01,view,b\n2019-10-01,view,10\n2019-10-01,view,9\n"
                                                               "2019-10-01,view,a\n2019-10-01,view,007\n2019-10-01,view,1000000000000000000\n")});
  std::vector<std::string> ids;
  for (std::size_t row = 0; row < table.ids.size(); ++row) ids.push_back(id_of(table, row));
  EXPECT_EQ(ids, (std::vector<std::string>{"9", "10", "007", "1000000000000000000", "a", "b"}));
  EXPECT_EQ(table.names.size(), 9u) << "without price, product, session, category and brand";
}

TEST(ComputeFeatures, TheTableIsTheSameForAnyThreadsMemoryAndPartitions) {
  const TestFolder folder;
  const std::string path = folder.path("log.csv");
  write_sample(path, {.rows = 300'000, .customers = 20'000});
  const CustomerTable expected = table_of({path}, {.threads = 1});
  for (const int threads : {2, 3, 5})
    for (const std::size_t memory : {std::size_t{1}, std::size_t{4} << 20, std::size_t{1} << 30}) {
      const CustomerTable table = table_of({path}, {.threads = threads, .memory_bytes = memory, .block_bytes = std::size_t{300'000} * static_cast<std::size_t>(threads)});
      ASSERT_EQ(table.ids.size(), expected.ids.size());
      EXPECT_TRUE(std::equal(table.ids.numbers.begin(), table.ids.numbers.end(), expected.ids.numbers.begin()));
      for (std::size_t c = 0; c < table.names.size(); ++c) EXPECT_TRUE(std::ranges::equal(table.values.column(c), expected.values.column(c)));
    }
}

TEST(ComputeFeatures, SaysWhenTheEventsOfACustomerDoNotFit) {
  const TestFolder folder;
  const HostileLog log = make_hostile_events({.rows = 1'000, .customers = 1, .fault_share = 0});
  EventLog read = read_events({folder.file("log.csv", log.clean)}, {.threads = 2});
  try {
    compute_features(read, available_features(read.has_role), {.threads = 2, .events_bytes = 100'000});
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(text_of(error),
              "1000 events of one or a few customers must be in memory together, which takes 1 MB of the 0 MB there are for it\n"
              "  fix: give more --memory, or take out the events of robots");
  }
}

TEST(ComputeFeatures, SaysWhatATableThatDoesNotFitWillTake) {
  const TestFolder folder;
  const HostileLog log = make_hostile_events({.rows = 60'000, .customers = 40'000, .fault_share = 0});
  try {
    table_of({folder.file("log.csv", log.clean)}, {.threads = 1}, 1'000'000);
    FAIL() << "nothing was thrown";
  } catch (const Error& error) {
    EXPECT_EQ(error.kind, ErrorKind::memory);
    EXPECT_EQ(text_of(error),
              "the table of customers will take about 4 MB, more than the 1 MB there are for it\n"
              "  fix: give more --memory: a run holds the table up to three times beside the program's own needs; coterie features makes the table alone");
  }
}

// Of features of every kind, also where one of them cannot be kept, so that the ends of the log must be found first.
TEST(ComputeFeaturesAt, IsTheLogThatEndsThere) {
  const TestFolder folder;
  const std::string path = folder.path("log.csv");
  write_sample(path, {.rows = 30'000, .customers = 2'000});
  const EventLog whole = read_events({path}, {.threads = 2});
  const std::int64_t first = whole.report.first_ms, last = whole.report.last_ms;
  const std::vector<std::int64_t> times = {first - 1, first + (last - first) / 3, first + (last - first) / 2, last - 1, last + ms_per_day};
  std::vector<Feature> kept = available_features(whole.has_role), not_kept = kept;
  not_kept[0].kept = Kept::nothing;
  EXPECT_GE(customers_about(whole), 1'000u);
  for (const std::vector<Feature>& features : {kept, not_kept}) {
    const std::vector<CustomersAt> found = compute_features_at(whole, times, std::nullopt, features, {.threads = 3});
    ASSERT_EQ(found.size(), times.size());
    EXPECT_EQ(found[0].customers.ids.size(), 0u);
    EXPECT_EQ(found[0].last_ms, INT64_MIN);
    for (std::size_t t = 1; t < times.size(); ++t) {
      EventLog then = read_events({path}, {.threads = 2, .as_of_ms = times[t]});
      EXPECT_EQ(found[t].last_ms, then.report.last_ms);
      const CustomerTable expected = compute_features(then, features, {.threads = 2}), &table = found[t].customers;
      EXPECT_TRUE(std::ranges::equal(table.ids.numbers, expected.ids.numbers));
      EXPECT_EQ(table.names, expected.names);
      ASSERT_EQ(table.values.columns(), expected.values.columns());
      for (std::size_t c = 0; c < table.names.size(); ++c) EXPECT_TRUE(std::ranges::equal(table.values.column(c), expected.values.column(c))) << table.names[c];
    }
    const std::vector<CustomersAt> at_end = compute_features_at(whole, times, last + 9 * ms_per_day, features, {.threads = 1});
    EventLog then = read_events({path}, {.threads = 2});
    then.report.last_ms = last + 9 * ms_per_day;
    const CustomerTable expected = compute_features(then, features, {.threads = 2});
    for (std::size_t c = 0; c < expected.names.size(); ++c) EXPECT_TRUE(std::ranges::equal(at_end.back().customers.values.column(c), expected.values.column(c))) << expected.names[c];
  }
}

}  // namespace
}  // namespace coterie
