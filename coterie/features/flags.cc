#include "coterie/features/flags.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <set>

#include "coterie/base/error.h"
#include "coterie/base/nearest_name.h"
#include "coterie/base/parallel.h"
#include "coterie/base/time.h"

namespace coterie {
namespace {

constexpr double not_met = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t ms_per_hour = 3'600'000;
constexpr std::array group_names = {"bots", "staff", "resellers", "test_orders"};

// --- bots --------------------------------------------------------------------------------------------

// Most events that share one value of time / period; events are in the order of time.
double most_in_a_period(const History& history, std::int64_t period_ms) {
  std::uint64_t most = 0, here = 0;
  std::int64_t period = 0;
  for (const Event& event : history.events) {
    const std::int64_t its = floor_divide(event.time_ms, period_ms);
    here = here != 0 && its == period ? here + 1 : 1;
    period = its;
    most = std::max(most, here);
  }
  return static_cast<double>(most);
}

double most_events_in_an_hour(const Suspect& suspect) { return most_in_a_period(suspect.history, ms_per_hour); }
double most_events_in_a_day(const Suspect& suspect) { return most_in_a_period(suspect.history, ms_per_day); }

double most_active_hours_in_a_day(const Suspect& suspect) {
  int most = 0, hours = 0;
  std::int64_t hour = INT64_MIN, day = INT64_MIN;
  for (const Event& event : suspect.history.events) {
    const std::int64_t its_hour = floor_divide(event.time_ms, ms_per_hour), its_day = floor_divide(event.time_ms, ms_per_day);
    if (its_day != day) hours = 0;
    hours += its_hour != hour;
    hour = its_hour, day = its_day;
    most = std::max(most, hours);
  }
  return most;
}

double views_without_cart(const Suspect& suspect) {
  const std::uint64_t views = suspect.history.count(EventType::view);
  return views == suspect.history.events.size() ? static_cast<double>(views) : 0;
}

double share_within_a_second(const Suspect& suspect) {
  const auto events = suspect.history.events;
  std::size_t close = 0;
  for (std::size_t i = 1; i < events.size(); ++i) close += events[i].time_ms - events[i - 1].time_ms < 1000;
  return events.size() < 2 ? 0 : static_cast<double>(close) / static_cast<double>(events.size() - 1);
}

// --- named ids ---------------------------------------------------------------------------------------

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// Whether one of the words stands in the name by itself: "staff-17", not "staffordshire".
double has_word(std::string_view name, std::initializer_list<std::string_view> words) {
  if (name.empty()) return 0;
  std::string word;
  for (std::size_t i = 0; i <= name.size(); ++i) {
    if (i < name.size() && is_letter(name[i])) {
      word += static_cast<char>(name[i] | 0x20);
      continue;
    }
    if (std::find(words.begin(), words.end(), word) != words.end()) return 1;
    word.clear();
  }
  return 0;
}

double named_staff(const Suspect& suspect) { return has_word(suspect.name, {"staff", "employee", "internal", "intern", "admin", "mitarbeiter"}); }
double named_test(const Suspect& suspect) { return has_word(suspect.name, {"test", "tests", "testing", "tester", "testuser", "dummy", "demo", "qa"}); }

// --- orders ------------------------------------------------------------------------------------------

// Codes of lines in any case, as they are and with a number of up to three digits behind: TEST, Test1, test001.
std::set<Identifier> identifiers_of_codes(std::initializer_list<std::string_view> words, bool numbered) {
  std::set<Identifier> codes;
  const auto add = [&](std::string_view word, const std::string& ending) {
    std::string upper(word), lower(word), title(word);
    for (char& c : lower) c = is_letter(c) ? static_cast<char>(c | 0x20) : c;
    std::copy(lower.begin() + 1, lower.end(), title.begin() + 1);
    for (const std::string* text : {&upper, &lower, &title}) codes.insert(identifier_of(*text + ending));
  };
  for (const std::string_view word : words) {
    add(word, "");
    for (int i = 0; numbered && i < 1000; ++i)
      for (const char* form : {"{}", "{:02}", "{:03}"}) add(word, fmt::format(fmt::runtime(form), i));
  }
  return codes;
}

bool is_test_code(Identifier product) {
  static const std::set<Identifier> codes = identifiers_of_codes({"TEST", "ADJUST", "DUMMY"}, true);
  return codes.contains(product);
}

bool is_service_code(Identifier product) {
  static const std::set<Identifier> codes = identifiers_of_codes(
      {"POST", "POSTAGE", "DOT", "C2", "CARRIAGE", "SHIPPING", "D", "DISCOUNT", "M", "MANUAL", "B", "BANK CHARGES", "AMAZONFEE", "FEE", "CRUK", "S", "SAMPLES", "PADS"}, false);
  return codes.contains(product) || is_test_code(product);
}

template <class Is>
double count_lines(const History& history, const Is& is) {
  return static_cast<double>(std::count_if(history.events.begin(), history.events.end(), [&](const Event& line) { return is(line.product); }));
}

double test_lines(const Suspect& suspect) { return count_lines(suspect.history, is_test_code); }
double share_of_service_lines(const Suspect& suspect) { return count_lines(suspect.history, is_service_code) / static_cast<double>(suspect.history.events.size()); }
double pieces_per_order(const Suspect& suspect) { return orders::items_per_order(suspect.history); }
double orders_placed(const Suspect& suspect) { return orders::frequency(suspect.history); }

double amount_per_order(const Suspect& suspect) {
  const double count = orders::frequency(suspect.history);
  return count == 0 ? 0 : orders::monetary(suspect.history) / count;
}

// --- options -----------------------------------------------------------------------------------------

bool is_dropped(const FlagRule& rule, const FlagOptions& options) {
  return std::any_of(options.drop.begin(), options.drop.end(), [&](const std::string& name) { return name == name_of(rule.group) || name == rule.name; });
}

std::vector<std::string> names_of_rules(LogKind kind) {
  std::vector<std::string> names;
  for (const FlagRule& rule : flag_catalogue(kind)) names.emplace_back(rule.name);
  return names;
}

double median_of(std::vector<double>& values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

std::size_t row_of(const CustomerIds& ids, Identifier customer, const std::string& name) {
  if (name.empty()) return static_cast<std::size_t>(std::lower_bound(ids.numbers.begin(), ids.numbers.end(), customer) - ids.numbers.begin());
  return ids.numbers.size() + static_cast<std::size_t>(std::lower_bound(ids.texts.begin(), ids.texts.end(), name) - ids.texts.begin());
}

}  // namespace

const char* name_of(FlagGroup group) { return group_names[static_cast<std::size_t>(group)]; }

const std::vector<FlagRule>& flag_catalogue(LogKind kind) {
  using enum FlagGroup;
  static const std::vector<FlagRule> events = {
      {"most_events_in_an_hour", bots, "events within one hour of the clock, in the busiest", 500, false, 100, most_events_in_an_hour},
      {"most_events_in_a_day", bots, "events within one day (UTC), in the busiest", 2000, false, 100, most_events_in_a_day},
      {"most_active_hours_in_a_day", bots, "different hours of one day (UTC) with an event, in the fullest", 20, false, 20, most_active_hours_in_a_day},
      {"views_without_cart", bots, "views of a customer who did nothing else", 2000, false, 100, views_without_cart},
      {"share_within_a_second", bots, "share of events less than a second behind the one before, from 100 events on", 0.5, false, 100, share_within_a_second},
      {"named_staff", staff, "the id has the word staff, employee, internal, intern, admin or mitarbeiter in it", 1, false, 1, named_staff},
      {"named_test", test_orders, "the id has the word test, tests, testing, tester, testuser, dummy, demo or qa in it", 1, false, 1, named_test},
  };
  static const std::vector<FlagRule> of_orders = {
      {"pieces_per_order", resellers, "pieces bought an order, in medians of all customers", 20, true, 1, pieces_per_order},
      {"amount_per_order", resellers, "amount an order, in medians of all customers", 20, true, 1, amount_per_order},
      {"orders_placed", resellers, "orders, in medians of all customers", 40, true, 1, orders_placed},
      {"test_lines", test_orders, "lines whose product is TEST, ADJUST or DUMMY, in any case and with a number behind or none", 1, false, 1, test_lines},
      {"share_of_service_lines", test_orders, "share of lines that are no goods: test lines, POST, POSTAGE, DOT, C2, CARRIAGE, SHIPPING, D, DISCOUNT, M, MANUAL, B, BANK CHARGES, AMAZONFEE, FEE, CRUK, S, SAMPLES, PADS", 1, false, 1, share_of_service_lines},
      {"named_staff", staff, "the id has the word staff, employee, internal, intern, admin or mitarbeiter in it", 1, false, 1, named_staff},
      {"named_test", test_orders, "the id has the word test, tests, testing, tester, testuser, dummy, demo or qa in it", 1, false, 1, named_test},
  };
  return kind == LogKind::orders ? of_orders : events;
}

void require_known_flags(const FlagOptions& options, LogKind kind) {
  std::vector<std::string> names = names_of_rules(kind);
  for (const auto& [name, threshold] : options.thresholds) {
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw Error(ErrorKind::usage, fmt::format("--flag-threshold {}: there is no such rule{}", name, did_you_mean(name, names)), fmt::format("the rules are {}", fmt::join(names, ", ")));
    if (!(threshold > 0)) throw Error(ErrorKind::usage, fmt::format("--flag-threshold {}={} is not above 0", name, threshold), "give a number above 0");
  }
  for (const char* group : group_names) names.emplace_back(group);
  for (const std::string& name : options.drop)
    if (std::find(names.begin(), names.end(), name) == names.end())
      throw Error(ErrorKind::usage, fmt::format("--drop-flagged: there is no flag \"{}\"{}", name, did_you_mean(name, names)), fmt::format("write some of {}", fmt::join(names, ",")));
}

std::uint64_t CustomerFlags::customers_of(FlagGroup group) const {
  return static_cast<std::uint64_t>(std::count_if(customers.begin(), customers.end(), [&](const FlaggedCustomer& customer) {
    for (std::size_t r = 0; r < rules.size(); ++r)
      if (rules[r].rule.group == group && !std::isnan(customer.measures[r])) return true;
    return false;
  }));
}

FlagFinder::FlagFinder(const EventLog& log, LogKind kind, const FlagOptions& options, int threads)
    : log_(log), rules_(flag_catalogue(kind)), options_(options), workplaces_(static_cast<std::size_t>(threads > 0 ? threads : default_threads())) {
  require_known_flags(options, kind);
  for (Workplace& place : workplaces_) place.all.resize(rules_.size());
}

double FlagFinder::threshold_of(std::size_t rule) const {
  const auto given = options_.thresholds.find(rules_[rule].name);
  return given == options_.thresholds.end() ? rules_[rule].threshold : given->second;
}

// Rules in medians are decided at the end: until then everybody at or above one median is a suspect.
void FlagFinder::visit(const History& history, int worker) {
  Workplace& place = workplaces_[static_cast<std::size_t>(worker)];
  const std::uint32_t name = history.customer() >= named_flag ? log_.customer_names.find(history.customer()) : StringTable::none;
  const Suspect suspect{history, name == StringTable::none ? std::string_view() : log_.customer_names.text(name)};
  bool is_suspect = false;
  std::array<double, most_rules> measures{};
  for (std::size_t r = 0; r < rules_.size(); ++r) {
    const bool is_short = history.events.size() < rules_[r].least_events;
    measures[r] = is_short ? 0 : rules_[r].measure(suspect);
    if (rules_[r].in_medians) place.all[r].push_back(measures[r]);
    is_suspect |= rules_[r].in_medians ? measures[r] > 0 : measures[r] >= threshold_of(r);
  }
  if (is_suspect) place.suspects.push_back({history.customer(), std::string(suspect.name), history.events.size(), measures});
}

std::vector<double> FlagFinder::absolute_thresholds() {
  std::vector<double> thresholds;
  for (std::size_t r = 0; r < rules_.size(); ++r) {
    double threshold = threshold_of(r);
    if (rules_[r].in_medians) {
      std::vector<double> all;
      for (Workplace& place : workplaces_) all.insert(all.end(), place.all[r].begin(), place.all[r].end()), place.all[r] = {};
      const double median = median_of(all);
      threshold = median > 0 ? threshold * median : std::numeric_limits<double>::infinity();
    }
    thresholds.push_back(threshold);
  }
  return thresholds;
}

CustomerFlags FlagFinder::finish(const CustomerTable& table) {
  CustomerFlags flags{.id_name = table.id_name};
  const std::vector<double> thresholds = absolute_thresholds();
  for (std::size_t r = 0; r < rules_.size(); ++r) flags.rules.push_back({.rule = rules_[r], .threshold = thresholds[r], .dropped = is_dropped(rules_[r], options_)});
  for (Workplace& place : workplaces_)
    for (Measured& suspect : place.suspects) {
      bool is_flagged = false;
      for (std::size_t r = 0; r < rules_.size(); ++r) {
        if (!(suspect.measures[r] >= thresholds[r])) suspect.measures[r] = not_met;
        else is_flagged = true, ++flags.rules[r].customers, flags.rules[r].events += suspect.events;
      }
      if (is_flagged) flags.customers.push_back({row_of(table.ids, suspect.customer, suspect.name), {suspect.measures.begin(), suspect.measures.begin() + static_cast<std::ptrdiff_t>(rules_.size())}, suspect.events});
    }
  workplaces_ = {};
  std::sort(flags.customers.begin(), flags.customers.end(), [](const FlaggedCustomer& a, const FlaggedCustomer& b) { return a.row < b.row; });
  for (const FlaggedCustomer& customer : flags.customers) flags.ids.push_back(table.ids.text(customer.row));
  return flags;
}

CustomerTable drop_flagged(CustomerTable table, CustomerFlags& flags) {
  std::vector<bool> is_left_out(table.ids.size());
  for (const FlaggedCustomer& customer : flags.customers)
    for (std::size_t r = 0; r < flags.rules.size(); ++r)
      if (flags.rules[r].dropped && !std::isnan(customer.measures[r]) && !is_left_out[customer.row]) {
        is_left_out[customer.row] = true;
        ++flags.dropped_customers, flags.dropped_events += customer.events;
      }
  if (flags.dropped_customers == 0) return table;
  std::vector<std::size_t> kept;
  for (std::size_t row = 0; row < is_left_out.size(); ++row)
    if (!is_left_out[row]) kept.push_back(row);
  if (kept.empty()) throw Error(ErrorKind::no_usable_rows, "--drop-flagged leaves out every customer", "give higher thresholds: --flag-threshold RULE=NUMBER; run.json of a run without it has the counts");
  return take_customers(table, kept);
}

}  // namespace coterie
