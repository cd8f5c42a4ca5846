#include "coterie/sample/events.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "coterie/base/error.h"
#include "coterie/sample/event_customers.h"
#include "coterie/sample/event_products.h"

namespace coterie {
namespace {

std::string events_text(const EventSampleOptions& options) {
  std::string text;
  write_events(options, [&](std::string_view piece) { text += piece; });
  return text;
}

std::vector<std::string_view> fields_of(std::string_view line, char delimiter = ',') {
  std::vector<std::string_view> fields;
  for (std::size_t end; (end = line.find(delimiter)) != line.npos; line.remove_prefix(end + 1)) fields.push_back(line.substr(0, end));
  fields.push_back(line);
  return fields;
}

// Calls visit(fields) for every row after the header.
template <class Visit>
void each_row(std::string_view text, const Visit& visit) {
  text.remove_prefix(text.find('\n') + 1);
  for (std::size_t end; (end = text.find('\n')) != text.npos; text.remove_prefix(end + 1)) visit(fields_of(text.substr(0, end)));
}

const std::string& million() {
  static const std::string text = events_text({});
  return text;
}

TEST(Events, have_the_margins_of_the_published_log_at_a_million_rows) {
  std::map<std::string_view, double> types;
  double rows = 0, blank_codes = 0, blank_brands = 0;
  std::unordered_set<std::string_view> customers, sessions, codes, brands;
  each_row(million(), [&](const auto& f) {
    ASSERT_EQ(f.size(), 9u);
    ++rows, ++types[f[1]];
    blank_codes += f[4].empty(), blank_brands += f[5].empty();
    codes.insert(f[4]), brands.insert(f[5]), customers.insert(f[7]), sessions.insert(f[8]);
  });
  EXPECT_EQ(rows, 1e6);
  EXPECT_EQ(customers.size(), 48'354u);
  EXPECT_EQ(types.size(), 3u);
  EXPECT_NEAR(types["view"] / rows, 0.94893, 0.001);
  EXPECT_NEAR(types["cart"] / rows, 0.03597, 0.001);
  EXPECT_NEAR(types["purchase"] / rows, 0.01510, 0.001);
  EXPECT_NEAR(blank_codes / rows, 0.32209, 0.005);
  EXPECT_NEAR(blank_brands / rows, 0.13953, 0.002);
  EXPECT_NEAR(static_cast<double>(sessions.size()) / rows, 23.0 / 109.95, 0.01);
  EXPECT_EQ(codes.size(), 137u);  // with the blank
  EXPECT_NEAR(static_cast<double>(brands.size()), 4'000, 100);
  EXPECT_NEAR(static_cast<double>(million().size()) / rows, 131, 2);
}

TEST(Events, are_sorted_by_time_and_well_formed) {
  std::string_view before;
  each_row(million(), [&](const auto& f) {
    ASSERT_EQ(f[0].size(), 23u);
    ASSERT_TRUE(f[0].ends_with(" UTC"));
    ASSERT_LE(before, f[0]);
    before = f[0];
    ASSERT_EQ(f[6][f[6].size() - 3], '.');
    ASSERT_EQ(f[7].size(), 9u);
    ASSERT_EQ(f[8].size(), 36u);
  });
  EXPECT_LT(before, "2019-12-01");
}

TEST(Events, of_a_session_belong_to_one_customer_and_lie_within_an_hour) {
  struct Seen {
    std::string_view customer, day_and_hour;
  };
  std::unordered_map<std::string_view, Seen> sessions;
  each_row(million(), [&](const auto& f) {
    const auto [at, fresh] = sessions.try_emplace(f[8], Seen{f[7], f[0].substr(0, 13)});
    ASSERT_EQ(at->second.customer, f[7]);
    if (at->second.day_and_hour.substr(0, 10) == f[0].substr(0, 10)) {
      const int hour = std::stoi(std::string(f[0].substr(11, 2))), first = std::stoi(std::string(at->second.day_and_hour.substr(11, 2)));
      ASSERT_LE(hour - first, 1);
    }
  });
}

TEST(Events, show_a_purchase_only_after_a_cart_and_a_cart_only_after_a_view_of_that_product) {
  std::unordered_map<std::string_view, std::map<std::string, int>> seen;  // session -> product and type
  each_row(million(), [&](const auto& f) {
    auto& products = seen[f[8]];
    const std::string product(f[2]);
    if (f[1] == "cart") {
      ASSERT_GT(products[product + " view"], 0);
    }
    if (f[1] == "purchase") {
      ASSERT_GT(products[product + " cart"], 0);
    }
    ++products[product + " " + std::string(f[1])];
  });
}

TEST(Events, give_a_product_one_category_code_and_brand_and_at_most_two_prices) {
  std::unordered_map<std::string_view, std::set<std::string>> kinds, prices;
  each_row(million(), [&](const auto& f) {
    kinds[f[2]].insert(std::string(f[3]) + "," + std::string(f[4]) + "," + std::string(f[5]));
    prices[f[2]].insert(std::string(f[6]));
  });
  for (const auto& [product, kind] : kinds) ASSERT_EQ(kind.size(), 1u) << product;
  for (const auto& [product, price] : prices) ASSERT_LE(price.size(), 2u) << product;
}

TEST(Events, are_the_same_bytes_for_any_number_of_threads_and_others_for_another_seed) {
  const std::string one = events_text({.rows = 60'000, .customers = 40'000, .threads = 1});
  EXPECT_EQ(one, events_text({.rows = 60'000, .customers = 40'000, .threads = 2}));
  EXPECT_EQ(one, events_text({.rows = 60'000, .customers = 40'000, .threads = 5}));
  EXPECT_NE(one, events_text({.rows = 60'000, .customers = 40'000, .seed = 2, .threads = 1}));
}

struct Size {
  std::uint64_t rows, customers;
};
TEST(Events, have_exactly_the_rows_and_customers_asked_for) {
  for (const auto& [rows, customers] : {Size{1, 1}, Size{2, 1}, Size{10, 10}, Size{5'000, 1}, Size{5'000, 4'999}, Size{40'000, 17'000}}) {
    std::unordered_set<std::string> found;
    std::uint64_t n = 0;
    each_row(events_text({.rows = rows, .customers = customers, .seed = 7}), [&](const auto& f) { ++n, found.emplace(f[7]); });
    EXPECT_EQ(n, rows);
    EXPECT_EQ(found.size(), customers);
  }
}

TEST(Events, reported_in_the_summary_are_those_written) {
  std::map<std::string, std::uint64_t> types;
  std::string text;
  const auto summary = write_events({.rows = 20'000, .customers = 900}, [&](std::string_view piece) { text += piece; });
  each_row(text, [&](const auto& f) { ++types[std::string(f[1])]; });
  EXPECT_EQ(summary.views, types["view"]);
  EXPECT_EQ(summary.carts, types["cart"]);
  EXPECT_EQ(summary.purchases, types["purchase"]);
  EXPECT_EQ(summary.rows, 20'000u);
  EXPECT_EQ(summary.bytes, text.size());
}

TEST(Events, use_the_delimiter_throughout) {
  const std::string commas = events_text({.rows = 500, .customers = 50});
  std::string tabs = events_text({.rows = 500, .customers = 50, .delimiter = '\t'});
  EXPECT_EQ(tabs.find(','), tabs.npos);
  std::replace(tabs.begin(), tabs.end(), '\t', ',');
  EXPECT_EQ(tabs, commas);
}

TEST(Events, come_from_customers_whose_true_kind_shows_in_what_they_do) {
  std::string truth;
  write_event_truth({}, [&](std::string_view piece) { truth += piece; });
  std::unordered_map<std::string_view, std::string_view> kind_of;
  each_row(truth, [&](const auto& f) { ASSERT_TRUE(kind_of.emplace(f[0], f[1]).second); });
  ASSERT_EQ(kind_of.size(), 48'354u);

  struct Total {
    double customers = 0, events = 0, carts = 0, purchases = 0;
  };
  std::map<std::string_view, Total> kinds;
  for (const auto& [customer, kind] : kind_of) ++kinds[kind].customers;
  each_row(million(), [&](const auto& f) {
    Total& t = kinds.at(kind_of.at(f[7]));
    ++t.events, t.carts += f[1] == "cart", t.purchases += f[1] == "purchase";
  });
  ASSERT_EQ(kinds.size(), customer_kinds);
  EXPECT_LT(kinds["glancer"].events / kinds["glancer"].customers, 4);
  EXPECT_GT(kinds["researcher"].events / kinds["researcher"].customers, 40);
  EXPECT_GT(kinds["cart_abandoner"].carts, 5 * kinds["cart_abandoner"].purchases);
  EXPECT_GT(kinds["loyal_buyer"].purchases, 0.5 * kinds["loyal_buyer"].carts);
  EXPECT_LT(kinds["browser"].purchases, 0.1 * kinds["browser"].customers);
}

TEST(Events, of_customers_numbers_never_meet) {
  std::unordered_set<std::uint32_t> numbers;
  for (std::uint64_t c = 0; c < 200'000; ++c) {
    const std::uint32_t number = number_of_customer(3, c * 499);
    ASSERT_TRUE(number >= 500'000'000 && number < 600'000'000);
    ASSERT_TRUE(numbers.insert(number).second);
  }
}

TEST(Events, refuse_options_out_of_range) {
  const auto kind_of = [](const EventSampleOptions& options) {
    try {
      events_text(options);
    } catch (const Error& error) {
      return error.kind;
    }
    return ErrorKind::memory;
  };
  EXPECT_EQ(kind_of({.rows = 0, .customers = 0}), ErrorKind::usage);
  EXPECT_EQ(kind_of({.rows = 10, .customers = 11}), ErrorKind::usage);
  EXPECT_EQ(kind_of({.rows = 1'000'000'000'000, .customers = 5}), ErrorKind::usage);
  EXPECT_EQ(kind_of({.rows = 10, .customers = 5, .delimiter = 'x'}), ErrorKind::usage);
}

TEST(Events, stop_when_the_sink_throws) {
  int pieces = 0;
  const auto full = [&](std::string_view) {
    if (++pieces == 5) throw Error(ErrorKind::output, "full");
  };
  EXPECT_THROW(write_events({.rows = 50'000, .customers = 5'000, .threads = 3}, full), Error);
  EXPECT_EQ(pieces, 5);
}

TEST(AliasTable, draws_in_proportion_to_the_weights) {
  const std::vector<double> weights = {0.5, 3, 1, 0, 4, 1.5};
  const std::vector<AliasSlot> table = alias_table(weights, 100);
  std::vector<double> mass(6);
  for (std::uint32_t i = 0; i < 6; ++i) {
    const double keep = table[i].keep / 4294967295.0;
    mass[i] += keep / 6;
    mass[table[i].alias - 100] += (1 - keep) / 6;
  }
  for (std::size_t i = 0; i < 6; ++i) EXPECT_NEAR(mass[i], weights[i] / 10, 1e-9);
}

}  // namespace
}  // namespace coterie
