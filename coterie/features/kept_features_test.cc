#include "coterie/features/kept_features.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <map>

#include "coterie/base/error.h"
#include "coterie/base/time.h"
#include "coterie/events/event_log_test.h"
#include "coterie/events/read_events.h"

namespace coterie {
namespace {

std::vector<Feature> features_of(std::size_t n) {
  static const std::vector<std::string> names = {"a", "b", "c", "d", "e", "f"};
  std::vector<Feature> features;
  for (std::size_t f = 0; f < n; ++f) features.push_back({names[f].c_str(), FeatureKind::count, "", nullptr, {}, true, Kept::value});
  return features;
}

// Columns of every kind: alike, small whole numbers, large ones, mostly zero, fractions, and awkward bits.
double value_of(Random& random, std::size_t column) {
  const double awkward[] = {-0.0, std::nan(""), std::numeric_limits<double>::infinity(), -1e300, 0x1p53, 0x1p53 - 1, -5e-324};
  switch (column) {
    case 0: return 7;
    case 1: return static_cast<double>(random.below(300)) - 40;
    case 2: return 1.5e12 + static_cast<double>(random.below(5'000'000'000));
    case 3: return random.below(10) == 0 ? random.uniform() : 0;
    case 4: return random.uniform();
    default: return random.below(3000) == 0 ? awkward[random.below(std::size(awkward))] : static_cast<double>(random.below(3));
  }
}

CustomerTable random_table(Random& random, std::size_t numbers, std::vector<std::string> texts, std::size_t columns) {
  CustomerTable table{.id_name = "id", .ids = {HugeArray<std::uint64_t>(numbers), std::move(texts)}, .names = {}, .is_count = {}, .values = {}};
  for (std::size_t i = 0; i < numbers; ++i) table.ids.numbers[i] = (i == 0 ? 0 : table.ids.numbers[i - 1]) + 1 + random.below(random.below(2000) == 0 ? 1'000'000'000'000 : 50);
  table.values = Matrix(table.ids.size(), columns);
  for (std::size_t c = 0; c < columns; ++c) {
    table.names.emplace_back(1, static_cast<char>('a' + c)), table.is_count.push_back(false);
    for (double& value : table.values.column(c)) value = value_of(random, c);
  }
  return table;
}

// Rises with the number.
std::string twenty_digits(std::uint64_t number) {
  const std::string text = std::to_string(number);
  return std::string(20 - text.size(), '0') + text;
}

StringTable names_of(const CustomerIds& ids) {
  StringTable names;
  for (const std::string& text : ids.texts) names.add(text, identifier_of(text));
  return names;
}

bool same_bits(std::span<const double> a, std::span<const double> b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](double x, double y) { return std::bit_cast<std::uint64_t>(x) == std::bit_cast<std::uint64_t>(y); });
}

// The first columns are the features, the others what is beside them.
std::uint64_t write_table(const std::string& path, const CustomerTable& table, std::size_t columns, std::size_t features, int threads = 0) {
  KeptTable kept{{.id_name = table.id_name, .ids = {HugeArray<std::uint64_t>(table.ids.numbers.size()), table.ids.texts}, .names = {}, .is_count = {}, .values = Matrix(table.ids.size(), features)}, Matrix(table.ids.size(), columns - features)};
  std::ranges::copy(table.ids.numbers, kept.customers.ids.numbers.begin());
  for (std::size_t c = 0; c < columns; ++c) std::ranges::copy(table.values.column(c), (c < features ? kept.customers.values.column(c) : kept.beside.column(c - features)).begin());
  return write_kept_features(path, kept, features_of(columns), threads);
}

TEST(KeptFeatures, AreReadAsTheyWereWritten) {
  const TestFolder folder;
  Random random(3);
  for (const std::size_t customers : {0, 1, 4095, 4096, 9000}) {
    const CustomerTable table = random_table(random, customers, {"", "007", "Ann", "ann \xff"}, 6);
    const std::uint64_t checksum = write_table(folder.path("features"), table, 6, 6, 2);
    const KeptFeatures kept(folder.path("features"), checksum);
    EXPECT_TRUE(kept.has(features_of(6)));
    const CustomerIds ids = kept.ids(names_of(table.ids));
    EXPECT_TRUE(std::ranges::equal(ids.numbers, table.ids.numbers));
    EXPECT_EQ(ids.texts, table.ids.texts);
    for (std::size_t c = 0; c < 6; ++c) {
      HugeArray<char> room;
      std::vector<double> values(table.ids.size());
      kept.column(table.names[c], room).take(values);
      EXPECT_TRUE(same_bits(values, table.values.column(c))) << customers << " " << c;
    }
    EXPECT_EQ(write_table(folder.path("again"), table, 6, 4, 1), checksum);
    EXPECT_EQ(content_of(folder.path("again")), content_of(folder.path("features")));
  }
}

// The slow twin puts all rows into a map.
TEST(KeptFeatures, NewRowsTakeThePlaceOfWhatWasKept) {
  const TestFolder folder;
  Random random(4);
  const CustomerTable before = random_table(random, 9000, {"a", "c", "e"}, 5);
  const KeptTable anew{random_table(random, 3000, {"b", "c", "z"}, 5), {}};
  const CustomerTable& fresh = anew.customers;
  const KeptFeatures kept(folder.path("features"), write_table(folder.path("features"), before, 5, 5));
  const CustomerTable merged = merge_kept(kept, kept.ids(names_of(before.ids)), anew, features_of(5), 2).customers;
  std::map<std::pair<bool, std::string>, std::vector<double>> expected;
  for (const CustomerTable* table : {&before, &fresh})
    for (std::size_t row = 0; row < table->ids.size(); ++row) {
      const bool is_text = row >= table->ids.numbers.size();
      std::vector<double>& values = expected[{is_text, is_text ? table->ids.text(row) : twenty_digits(table->ids.numbers[row])}];
      values.clear();
      for (std::size_t c = 0; c < 5; ++c) values.push_back(table->values.at(row, c));
    }
  ASSERT_EQ(merged.ids.size(), expected.size());
  std::size_t row = 0;
  for (const auto& [id, values] : expected) {
    EXPECT_EQ(id.first ? merged.ids.text(row) : twenty_digits(merged.ids.numbers[row]), id.second);
    for (std::size_t c = 0; c < 5; ++c) EXPECT_EQ(merged.values.at(row, c), values[c]);
    ++row;
  }
}

TEST(KeptFeatures, DamageAndAnotherFileAreFound) {
  const TestFolder folder;
  Random random(5);
  const CustomerTable table = random_table(random, 500, {}, 3);
  const std::uint64_t checksum = write_table(folder.path("features"), table, 3, 3);
  const std::string whole = content_of(folder.path("features"));
  EXPECT_THROW(KeptFeatures(folder.path("features"), checksum + 1), Error);
  EXPECT_THROW(KeptFeatures(folder.path("none"), checksum), Error);
  for (std::size_t at = 8; at < whole.size(); at += 7) {
    std::string damaged = whole;
    damaged[at] = static_cast<char>(damaged[at] ^ 4);
    const std::string path = folder.file("damaged", damaged);
    EXPECT_THROW(
        {
          const KeptFeatures kept(path, checksum);
          kept.ids(StringTable());
          HugeArray<char> room;
          for (const std::string& name : table.names) kept.column(name, room);
        },
        Error)
        << at;
  }
  for (const std::size_t size : {0u, 8u, 40u, 200u}) EXPECT_THROW(KeptFeatures(folder.file("short", whole.substr(0, size)), checksum), Error);
}

TEST(KeptFeatures, OtherFeaturesAndFormsAreNotThere) {
  const TestFolder folder;
  Random random(6);
  const KeptFeatures kept(folder.path("f"), write_table(folder.path("f"), random_table(random, 5, {}, 2), 2, 2));
  EXPECT_TRUE(kept.has(features_of(1)));
  EXPECT_FALSE(kept.has(features_of(3)));
  std::vector<Feature> other = features_of(2);
  other[1].kept = Kept::days_since;
  EXPECT_FALSE(kept.has(other));
}

// What the catalogue says is kept must hold: a log that goes on for a minute, a day or years changes nothing but the days.
TEST(KeptFeatures, WhatTheCatalogueKeepsDoesNotDependOnTheEndOfTheLog) {
  Random random(7);
  DistinctCounter counter;
  for (int round = 0; round < 300; ++round) {
    std::vector<Event> events;
    for (std::size_t n = 1 + random.below(12); n > 0; --n) {
      events.push_back({.time_ms = 1'569'888'000'000 + static_cast<std::int64_t>(random.below(8'000'000'000)), .customer = 1, .session = random.below(3), .product = random.below(4), .category = random.below(3), .brand = random.below(5),
                        .price_micros = static_cast<std::int64_t>(random.below(9'000'000)), .type = static_cast<EventType>(random.below(event_type_count))});
      if (random.below(5) == 0) events.back().brand = ~events.back().brand;  // of order lines: a return
    }
    std::sort(events.begin(), events.end(), comes_before);
    History history{events, 0, {}, &counter};
    for (const Event& event : events) ++history.count_by_type[static_cast<std::size_t>(event.type)];
    for (const LogKind kind : {LogKind::events, LogKind::orders})
      for (const Feature& feature : feature_catalogue(kind)) {
        history.log_end_ms = events.back().time_ms + static_cast<std::int64_t>(random.below(3) * 20) * ms_per_day;
        const std::int64_t end_ms = history.log_end_ms;
        const double kept = feature.since_ms != nullptr ? feature.since_ms(history) : feature.compute(history);
        const double beside = feature.beside.compute != nullptr ? feature.beside.compute(history) : 0;
        const auto value_at = [&](std::int64_t log_end_ms) { return history.log_end_ms = log_end_ms, feature.compute(history); };
        ASSERT_NE(feature.kept, Kept::nothing) << feature.name << ": every refresh reads all histories for it";
        if (feature.kept == Kept::until && beside != 0) {
          ASSERT_GE(beside, static_cast<double>(end_ms)) << feature.name;
          EXPECT_EQ(value_at(static_cast<std::int64_t>(beside)), kept) << feature.name;
          EXPECT_NE(value_at(static_cast<std::int64_t>(beside) + 1), kept) << feature.name;
        }
        for (const std::int64_t later : {std::int64_t{0}, std::int64_t{60'000}, ms_per_day, 5 * ms_per_day, 50 * ms_per_day, 200 * ms_per_day, 1000 * ms_per_day + 1}) {
          const double value = value_at(end_ms + later), days = std::isnan(kept) ? 0 : days_from(kept, end_ms + later) - beside;
          const bool holds = feature.kept == Kept::value || (feature.kept == Kept::until && (beside == 0 || static_cast<double>(end_ms + later) <= beside));
          if (feature.kept == Kept::days_since || feature.kept == Kept::days_less) EXPECT_EQ(value, days) << feature.name;
          else if (holds) EXPECT_EQ(value, kept) << feature.name;
        }
      }
  }
}

}  // namespace
}  // namespace coterie
