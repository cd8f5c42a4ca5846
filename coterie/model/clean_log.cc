// Logs of events and of orders are read row by row and written as they are read, so that they may be of any size. Fills and outliers
// need to know all values first: then the files are read twice.
#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>
#include <unordered_map>
#include <unordered_set>

#include "coterie/base/error.h"
#include "coterie/base/nearest_name.h"
#include "coterie/base/time.h"
#include "coterie/features/compute.h"
#include "coterie/model/clean_shapes.h"
#include "coterie/model/memory_plan.h"
#include "coterie/source/parse_amount.h"
#include "coterie/source/parse_number.h"
#include "coterie/source/recode.h"

namespace coterie {
namespace {

constexpr std::size_t bytes_of_seen = 48;  // a row's hash in a set
constexpr std::size_t nearest_rows = 5;  // of the same product, whose median price fills a blank one

// What a step has touched so far.
struct Touched {
  std::uint64_t cells = 0;
  std::unordered_set<Identifier> customers = {};
  void add(const Event& event) { ++cells, customers.insert(event.customer); }
};

// Millionths as a decimal number: "12.5".
std::string money_text(std::int64_t micros) {
  const std::uint64_t size = micros < 0 ? 0 - static_cast<std::uint64_t>(micros) : static_cast<std::uint64_t>(micros);
  std::string text = fmt::format("{}{}.{:06}", micros < 0 ? "-" : "", size / 1'000'000, size % 1'000'000);
  while (text.ends_with('0')) text.pop_back();
  if (text.ends_with('.')) text.pop_back();
  return text;
}

std::int64_t micros_of(double money) { return std::llround(money * 1e6); }

struct NumberColumn {
  std::size_t column;
  Role role;
  std::optional<OutlierBounds> bounds = {};
  std::uint64_t below = 0, above = 0;
  Touched outliers = {};
};

struct Fill {
  std::size_t column;
  bool is_price;
  MissingPolicy policy;
  std::string value = {};  // what a blank becomes; of `nearest` the median of all where the product has no price
  Touched touched = {};
};

// Prices of a product, to fill its blank ones.
struct PricedRow {
  std::int64_t time_ms, micros;
};

class LogCleaner {
 public:
  LogCleaner(const CleanOptions& options, LogKind kind, std::size_t memory_bytes, const Dialect& dialect, const RoleMap& roles)
      : options_(options), memory_bytes_(memory_bytes), columns_(dialect.columns), counts_equal_(!options.rules.drop_duplicates) {
    plan_numbers(kind, roles);
    plan_fills(roles);
  }

  bool looks_first() const {
    return options_.outliers.rule != OutlierRule::none || std::any_of(fills_.begin(), fills_.end(), [](const Fill& fill) { return must_look(fill.policy.rule); });
  }

  // The first reading: values are gathered.
  std::optional<RowRefusal> gather(const CsvRow& row, const Event& event, const Dialect& dialect, const RoleMap& roles) {
    require_same_columns(dialect);
    for (std::size_t n = 0; n < numbers_.size(); ++n)
      if (const auto value = number_at(row, numbers_[n], roles)) values_[n].push_back(static_cast<double>(*value) / 1e6);
    for (std::size_t f = 0; f < fills_.size(); ++f) gather_for(f, row, event, roles);
    kept_bytes_ += numbers_.size() * sizeof(double) + (keeps_prices_ ? sizeof(PricedRow) : 0);
    if (kept_bytes_ > memory_bytes_)
      throw Error(ErrorKind::memory, fmt::format("filling blanks and finding outliers takes more than the {} MiB there are: all values are looked at together", memory_bytes_ >> 20), "give more --memory, or --missing NAME=constant:VALUE and no --outliers");
    return std::nullopt;
  }

  void decide() {
    for (std::size_t n = 0; n < numbers_.size(); ++n) {
      if (options_.outliers.rule != OutlierRule::none) numbers_[n].bounds = outlier_bounds(SortedValues(values_[n]), options_.outliers.rule);
    }
    for (std::size_t f = 0; f < fills_.size(); ++f) decide_fill(f);
    for (auto& [product, rows] : prices_) std::sort(rows.begin(), rows.end(), [](const PricedRow& a, const PricedRow& b) { return std::tie(a.time_ms, a.micros) < std::tie(b.time_ms, b.micros); });
    values_.assign(numbers_.size(), {});
  }

  void write_header(OutputFile& file) {
    std::string line;
    for (const std::string& name : columns_) line += (line.empty() ? "" : ",") + csv_field(name);
    for (const Fill& fill : fills_)
      if (fill.policy.flag) line += "," + csv_field(columns_[fill.column] + " missing");
    file.write(line + "\n");
  }

  // The second: a row is written, or set aside after all.
  std::optional<RowRefusal> write(const CsvRow& row, const Event& event, const Dialect& dialect, const RoleMap& roles, OutputFile& file) {
    require_same_columns(dialect);
    note_equal(row, event);
    cells_.assign(row.fields.begin(), row.fields.end());
    was_missing_.assign(fills_.size(), false);
    for (std::size_t f = 0; f < fills_.size(); ++f)
      if (const auto refusal = fill(f, event, roles)) return refusal;
    normalise(event, roles);
    for (NumberColumn& number : numbers_)
      if (const auto refusal = treat_outlier(number, event)) return refusal;
    file.write(line());
    return std::nullopt;
  }

  void add_steps(CleanResult& result) const {
    const auto add = [&](const std::string& what, const Touched& touched) {
      if (touched.cells > 0) result.steps.push_back({what, touched.cells, touched.cells, touched.customers.size()});
    };
    if (!counts_equal_ && !options_.rules.drop_duplicates) result.steps.push_back({"equal rows are counted in part only: the memory does not hold all rows", 0, 0, std::nullopt});
    if (equal_rows_.cells > 0) result.steps.push_back({"rows equal to an earlier one, kept (--duplicates drop)", 0, equal_rows_.cells, equal_rows_.customers.size()});
    add("texts in Windows-1252 written as UTF-8", recoded_);
    add("dates written as ISO 8601", dates_);
    add("amounts written as plain numbers", amounts_);
    for (const Fill& fill : fills_) add(fmt::format("{}: blank cells filled with {} ({})", columns_[fill.column], text_of_fill(fill), name_of(fill.policy.rule)), fill.touched);
    for (const NumberColumn& number : numbers_) {
      if (!number.bounds) continue;
      add(fmt::format("{}: {} below {:g} and {} above {:g} ({}), {}", columns_[number.column], number.below, number.bounds->low, number.above, number.bounds->high,
                      name_of(options_.outliers.rule), done_by(options_.outliers.action, "their rows set aside")), number.outliers);
    }
  }

 private:
  static bool must_look(MissingRule rule) { return rule != MissingRule::drop && rule != MissingRule::constant; }

  static std::string text_of_fill(const Fill& fill) {
    return fill.policy.rule == MissingRule::nearest ? "the median of the five rows of the same product nearest in time" : fill.value;
  }

  void plan_numbers(LogKind kind, const RoleMap& roles) {
    for (const Role role : {Role::quantity, Role::price, Role::amount})
      if (roles.column(role) >= 0 && (role == Role::price || kind == LogKind::orders)) numbers_.push_back({.column = static_cast<std::size_t>(roles.column(role)), .role = role});
    values_.resize(numbers_.size());
  }

  void plan_fills(const RoleMap& roles) {
    const int price = roles.column(Role::price);
    for (const auto& [name, text] : options_.columns.missing) {
      const std::string option = name.empty() ? "--missing" : "--missing " + name;
      const auto column = name.empty() ? price : static_cast<int>(std::find(columns_.begin(), columns_.end(), name) - columns_.begin());
      if (column < 0) throw Error(ErrorKind::usage, option + ": no column is a price, the one that could be filled", "name the column: --missing NAME=RULE");
      if (column == static_cast<int>(columns_.size()))
        throw Error(ErrorKind::missing_column, fmt::format("{}: there is no column \"{}\"{}", option, name, did_you_mean(name, columns_)), "write the column as the header has it");
      Fill fill{.column = static_cast<std::size_t>(column), .is_price = column == price, .policy = missing_policy_from_text(text, option)};
      require_sensible(fill, option, roles);
      keeps_prices_ |= fill.policy.rule == MissingRule::nearest;
      fills_.push_back(std::move(fill));
    }
    counts_.resize(fills_.size());
  }

  void require_sensible(const Fill& fill, const std::string& option, const RoleMap& roles) const {
    for (const Role role : {Role::customer, Role::time, Role::event_type})
      if (roles.column(role) == static_cast<int>(fill.column) && fill.policy.rule != MissingRule::drop)
        throw Error(ErrorKind::usage, fmt::format("{}: the {} of a row is not filled: it would invent {}", option, name_of(role), role == Role::customer ? "a customer who is nobody" : "what did not happen"),
                    "leave it out: such rows are set aside");
    const MissingRule rule = fill.policy.rule;
    if (!fill.is_price && rule != MissingRule::drop && rule != MissingRule::constant && rule != MissingRule::most_frequent)
      throw Error(ErrorKind::usage, fmt::format("{}: the column is no price, and has no {}", option, name_of(rule)), "write drop, most_frequent or constant:VALUE");
    if (rule == MissingRule::nearest && roles.column(Role::product) < 0) throw Error(ErrorKind::usage, option + ": nearest is by the product, and no column is one", "write median, or give --role product=COLUMN");
    if (fill.is_price && rule == MissingRule::constant && !parse_micros(fill.policy.constant)) throw Error(ErrorKind::usage, fmt::format("{}: \"{}\" is no price", option, fill.policy.constant), "write it like constant:9.99");
  }

  void require_same_columns(const Dialect& dialect) const {
    if (&dialect == last_dialect_) return;
    if (dialect.columns != columns_) throw Error(ErrorKind::usage, "the files have different columns", "clean files with other columns one by one");
    last_dialect_ = &dialect;
  }

  std::optional<std::int64_t> number_at(const CsvRow& row, const NumberColumn& number, const RoleMap& roles) const {
    return parse_money(row.fields[number.column], roles.amounts);
  }

  void gather_for(std::size_t f, const CsvRow& row, const Event& event, const RoleMap& roles) {
    const Fill& fill = fills_[f];
    const std::string_view text = row.fields[fill.column];
    if (!must_look(fill.policy.rule) || is_missing(text)) return;
    if (fill.policy.rule == MissingRule::most_frequent) ++counts_[f][std::string(text)];
    if (fill.policy.rule != MissingRule::nearest) return;
    if (const auto micros = parse_money(text, roles.amounts)) prices_[product_of(row.fields, roles)].push_back({event.time_ms, *micros});
  }

  template <class Fields>
  static Identifier product_of(const Fields& fields, const RoleMap& roles) {
    const auto column = static_cast<std::size_t>(roles.column(Role::product));
    return identifier_of(std::string_view(fields[column]));
  }

  void decide_fill(std::size_t f) {
    Fill& fill = fills_[f];
    if (fill.policy.rule == MissingRule::constant) fill.value = fill.policy.constant;
    if (fill.policy.rule == MissingRule::most_frequent) {
      const auto most = std::max_element(counts_[f].begin(), counts_[f].end(), [](const auto& a, const auto& b) { return a.second < b.second; });
      if (most != counts_[f].end()) fill.value = most->first;
    }
    if (!fill.is_price || !must_look(fill.policy.rule) || fill.policy.rule == MissingRule::most_frequent) return;
    const auto price = std::find_if(numbers_.begin(), numbers_.end(), [](const NumberColumn& number) { return number.role == Role::price; });
    std::vector<double>& values = values_[static_cast<std::size_t>(price - numbers_.begin())];
    if (values.empty()) throw Error(ErrorKind::usage, fmt::format("--missing {}: the column has no value to fill with", columns_[fill.column]), "write constant:VALUE");
    fill.value = money_text(micros_of(fill.policy.rule == MissingRule::mean ? mean_of(values) : median_of(values)));
  }

  static double mean_of(const std::vector<double>& values) {
    double sum = 0;
    for (const double value : values) sum += value;
    return sum / static_cast<double>(values.size());
  }
  static double median_of(std::vector<double> values) {
    std::sort(values.begin(), values.end());
    return (values[(values.size() - 1) / 2] + values[values.size() / 2]) / 2;
  }

  // The median of the product's prices nearest in time.
  std::string nearest_price(const Event& event, const RoleMap& roles, const std::string& otherwise) const {
    const auto known = prices_.find(product_of(cells_, roles));
    if (known == prices_.end()) return otherwise;
    const std::vector<PricedRow>& rows = known->second;
    auto first = std::lower_bound(rows.begin(), rows.end(), event.time_ms, [](const PricedRow& row, std::int64_t time) { return row.time_ms < time; }), last = first;
    while (static_cast<std::size_t>(last - first) < std::min(nearest_rows, rows.size())) {
      const bool before = last == rows.end() || (first != rows.begin() && event.time_ms - (first - 1)->time_ms <= last->time_ms - event.time_ms);
      if (before) --first;
      else ++last;
    }
    std::vector<double> near;
    for (; first != last; ++first) near.push_back(static_cast<double>(first->micros) / 1e6);
    return money_text(micros_of(median_of(near)));
  }

  std::optional<RowRefusal> fill(std::size_t f, const Event& event, const RoleMap& roles) {
    Fill& fill = fills_[f];
    std::string& cell = cells_[fill.column];
    if (!is_missing(cell)) return std::nullopt;
    if (fill.policy.rule == MissingRule::drop) return RowRefusal{Reason::missing_value, static_cast<int>(fill.column)};
    cell = fill.policy.rule == MissingRule::nearest ? nearest_price(event, roles, fill.value) : fill.value;
    was_missing_[f] = true;
    fill.touched.add(event);
    return std::nullopt;
  }

  // As every program reads it: UTF-8, ISO dates, dots before decimals.
  void normalise(const Event& event, const RoleMap& roles) {
    for (std::string& cell : cells_)
      if (!is_utf8(cell)) cell = utf8_of(cell), recoded_.add(event);
    std::string& time = cells_[static_cast<std::size_t>(roles.column(Role::time))];
    if (roles.dates.order != DateOrder::iso && !(time.size() > 4 && time[4] == '-')) time = iso_time(event.time_ms).substr(0, time.find(':') == std::string::npos ? 10 : std::string::npos), dates_.add(event);
    for (const NumberColumn& number : numbers_) {
      std::string& cell = cells_[number.column];
      if (cell.empty() || was_filled(number.column) || (roles.amounts.decimal == '.' && parse_micros(cell))) continue;
      const auto micros = parse_money(cell, roles.amounts);
      if (const std::string text = micros ? money_text(*micros) : cell; text != cell) cell = text, amounts_.add(event);
    }
  }

  bool was_filled(std::size_t column) const {
    for (std::size_t f = 0; f < fills_.size(); ++f)
      if (was_missing_[f] && fills_[f].column == column) return true;
    return false;
  }

  std::optional<RowRefusal> treat_outlier(NumberColumn& number, const Event& event) {
    if (!number.bounds || was_filled(number.column)) return std::nullopt;
    std::string& cell = cells_[number.column];
    const auto micros = parse_micros(cell);
    if (!micros) return std::nullopt;
    const double value = static_cast<double>(*micros) / 1e6;
    if (!(value < number.bounds->low) && !(value > number.bounds->high)) return std::nullopt;
    ++(value < number.bounds->low ? number.below : number.above);
    number.outliers.add(event);
    if (options_.outliers.action == OutlierAction::remove) return RowRefusal{Reason::outlier, static_cast<int>(number.column)};
    if (options_.outliers.action == OutlierAction::cap) cell = capped(number, value);
    return std::nullopt;
  }

  // Pieces stay whole, and inside of the bounds.
  static std::string capped(const NumberColumn& number, double value) {
    const double bound = std::clamp(value, number.bounds->low, number.bounds->high);
    if (number.role != Role::quantity) return money_text(micros_of(bound));
    return fmt::format("{}", static_cast<std::int64_t>(value < bound ? std::ceil(bound) : std::floor(bound)));
  }

  void note_equal(const CsvRow& row, const Event& event) {
    if (!counts_equal_) return;
    std::string all;
    for (const std::string_view field : row.fields) all.append(field).push_back('\x1f');
    if (!seen_.insert(XXH3_64bits(all.data(), all.size())).second) equal_rows_.add(event);
    if (seen_.size() * bytes_of_seen <= memory_bytes_) return;
    counts_equal_ = false;
    seen_ = {};
  }

  std::string line() const {
    std::string line;
    for (std::size_t c = 0; c < cells_.size(); ++c) line += (c == 0 ? "" : ",") + csv_field(cells_[c]);
    for (std::size_t f = 0; f < fills_.size(); ++f)
      if (fills_[f].policy.flag) line += was_missing_[f] ? ",1" : ",0";
    return line + "\n";
  }

  const CleanOptions& options_;
  std::size_t memory_bytes_, kept_bytes_ = 0;
  std::vector<std::string> columns_;
  mutable const Dialect* last_dialect_ = nullptr;
  std::vector<NumberColumn> numbers_;
  std::vector<Fill> fills_;
  bool keeps_prices_ = false;
  std::vector<std::vector<double>> values_;  // of numbers_
  std::vector<std::map<std::string, std::uint64_t>> counts_;  // of fills_
  std::unordered_map<Identifier, std::vector<PricedRow>> prices_;
  std::vector<std::string> cells_;
  std::vector<bool> was_missing_;  // of fills_, in this row
  bool counts_equal_;
  std::unordered_set<std::uint64_t> seen_;
  Touched equal_rows_, recoded_, dates_, amounts_;
};

// The columns and roles of the first file.
struct FirstFile {
  Dialect dialect;
  RoleMap roles;
};

FirstFile look_at_first(const CleanOptions& options, LogKind kind) {
  const std::string path = *std::min_element(options.inputs.begin(), options.inputs.end());
  const ByteReader reader(path, {.threads = 1});
  FirstFile first{.dialect = sniff_dialect(reader.head(), reader.head_is_all(), path, options.delimiter), .roles = {}};
  first.roles = find_roles(first.dialect, options.roles, path, kind);
  require_roles(first.roles, first.dialect, path, kind);
  return first;
}

// The flags, and how many customers there are.
void judge_customers(EventLog& log, LogKind kind, const CleanOptions& options, const MemoryPlan& memory, CleanResult& result) {
  FlagFinder finder(log, kind, options.flags, 1);
  const CustomerTable table = compute_features(log, {feature_catalogue(kind).front()},
                                               {.threads = 1, .memory_bytes = memory.customer_rows, .events_bytes = memory.partitions + memory.events,
                                                .visit = [&](const History& history, int worker) { finder.visit(history, worker); }});
  result.customers = table.ids.size();
  result.flags = finder.finish(table);
  for (const CustomerFlags::Count& count : result.flags.rules)
    if (count.customers > 0) result.steps.push_back({fmt::format("flagged as {}: {} >= {:.6g}, not changed", name_of(count.rule.group), count.rule.name, count.threshold), 0, count.events, count.customers});
}

}  // namespace

CleanResult clean_log(const CleanOptions& options, LogKind kind, OutputFiles& files) {
  if (std::find(options.inputs.begin(), options.inputs.end(), "-") != options.inputs.end())
    throw Error(ErrorKind::usage, "standard input cannot be cleaned: it is read more than once", "write it to a file first");
  const MemoryPlan memory = plan_memory(options.memory_bytes, 1);
  const FirstFile first = look_at_first(options, kind);
  LogCleaner cleaner(options, kind, memory.customer_rows, first.dialect, first.roles);
  ReadEventsOptions reading{.kind = kind, .orders = options.rules, .date_order = options.date_order, .roles = options.roles, .delimiter = options.delimiter, .threads = 1,
                            .memory_bytes = memory.events, .names_bytes = memory.customer_rows, .spill_directory = options.spill_directory};
  if (cleaner.looks_first()) {
    reading.visitor = [&](const CsvRow& row, const Event& event, const Dialect& dialect, const RoleMap& roles) { return cleaner.gather(row, event, dialect, roles); };
    read_events(options.inputs, reading);
  }
  cleaner.decide();
  files.push_back(std::make_unique<OutputFile>(options.out + "/cleaned.csv"));
  OutputFile& cleaned = *files.back();
  cleaner.write_header(cleaned);
  reading.rejects_path = options.out + "/rejects.csv";
  reading.visitor = [&](const CsvRow& row, const Event& event, const Dialect& dialect, const RoleMap& roles) { return cleaner.write(row, event, dialect, roles, cleaned); };
  EventLog log = read_events(options.inputs, reading);
  files.push_back(std::move(log.rejects));
  CleanResult result{.shape = kind == LogKind::orders ? Shape::orders : Shape::events, .inputs = log.report.inputs, .rows = log.report.rows, .files = {"cleaned.csv"}};
  add_row_steps(result, false);
  cleaner.add_steps(result);
  judge_customers(log, kind, options, memory, result);
  return result;
}

}  // namespace coterie
