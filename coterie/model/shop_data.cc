#include "coterie/model/shop_data.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "coterie/base/error.h"
#include "coterie/base/nearest_name.h"
#include "coterie/base/time.h"
#include "coterie/deliver/customer_flags.h"
#include "coterie/features/compute.h"
#include "coterie/features/kept_features.h"
#include "coterie/model/living_log.h"
#include "coterie/model/read_tables.h"
#include "coterie/source/rounded_id.h"
#include "coterie/table/read_customers.h"

namespace coterie {
namespace {

constexpr std::size_t future_customers = 20'000;  // a sample to see what segments foretell

// What the user adds and leaves out by SQL.
CustomerTable derive_and_filter(CustomerTable customers, const RunOptions& options, std::vector<std::string>& notes) {
  customers = derive_columns(std::move(customers), options.derived);
  for (const std::string& filter : options.filters) {
    const std::size_t before = customers.ids.size();
    customers = filter_customers(std::move(customers), filter);
    notes.push_back(fmt::format("filter \"{}\" leaves out {} of {} customers", filter, before - customers.ids.size(), before));
  }
  return customers;
}

void require_known(const std::vector<std::string>& names, const std::vector<std::string>& known) {
  for (const std::string& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      throw Error(ErrorKind::usage, fmt::format("--feature-set: there is no feature \"{}\"{}", name, did_you_mean(name, known)), fmt::format("write basic, all, or some of {}", fmt::join(known, ",")));
}

// --- logs of events and of orders --------------------------------------------------------------------------------------

// What events in memory leave of their share is for decoding them.
ComputeOptions room_for_features(int threads, const MemoryPlan& memory, const EventStore& store) {
  const std::size_t unused = memory.events - std::min(memory.events, store.memory_bytes());
  return {.threads = threads, .memory_bytes = memory.customer_rows, .events_bytes = memory.partitions + unused};
}

// The features asked for: "basic", "all", or names. Those that the log has no column for are left out, and said so, unless named.
std::vector<Feature> choose_features(const EventLog& log, LogKind kind, const std::string& wanted, std::vector<std::string>& notes) {
  const std::vector<Feature> available = available_features(log.has_role, kind);
  const std::vector<std::string> named = wanted == "basic" || wanted == "all" ? std::vector<std::string>() : split_at_commas(wanted);
  std::vector<std::string> known;
  for (const Feature& feature : feature_catalogue(kind)) known.emplace_back(feature.name);
  require_known(named, known);
  std::vector<Feature> features;
  std::vector<std::string> missing;
  for (const Feature& feature : feature_catalogue(kind)) {
    const bool is_wanted = named.empty() ? feature.basic || wanted == "all" : std::find(named.begin(), named.end(), feature.name) != named.end();
    const bool is_there = std::any_of(available.begin(), available.end(), [&](const Feature& f) { return f.compute == feature.compute; });
    if (is_wanted && is_there) features.push_back(feature);
    if (is_wanted && !is_there) missing.emplace_back(feature.name);
  }
  if (!missing.empty()) notes.push_back(fmt::format("left out, because their columns are not there: {}", fmt::join(missing, ", ")));
  return features;
}

// Where two columns fit a role equally well, the first is taken, and said so.
void note_equal_columns(const ReadReport& read, std::vector<std::string>& notes) {
  for (const InputReport& input : read.inputs)
    for (int r = 0; r < role_count; ++r) {
      const RoleChoice& choice = input.roles.choice[r];
      if (choice.runner_up < 0 || choice.runner_up_confidence < choice.confidence) continue;
      notes.push_back(fmt::format("{}: columns {} and {} ({} and {}) fit the role {} equally well; the first is taken", input.file.path, choice.column + 1,
                                  choice.runner_up + 1, input.dialect.columns[static_cast<std::size_t>(choice.column)],
                                  input.dialect.columns[static_cast<std::size_t>(choice.runner_up)], name_of(static_cast<Role>(r))));
    }
}

// Where a date may be read two ways, the guess is said.
void note_dates(const ReadReport& read, std::vector<std::string>& notes) {
  for (const InputReport& input : read.inputs)
    if (input.roles.dates.ambiguous)
      notes.push_back(fmt::format("{}: dates fit month/day as well as day/month; the first is taken (--date-order day-month-year for the other)", input.file.path));
  for (const InputReport& input : read.inputs)
    if (!input.roles.dates.other.empty())
      notes.push_back(fmt::format("{}: the dates are {}, save some such as \"{}\", which are set aside as bad_time; give all of them in one order", input.file.path,
                                  name_of(input.roles.dates.order), input.roles.dates.other));
}

// How prices are written, where it is no plain decimal point.
void note_amounts(const ReadReport& read, std::vector<std::string>& notes) {
  for (const InputReport& input : read.inputs) {
    if (input.roles.amounts.ambiguous) notes.push_back(fmt::format("{}: commas in prices are taken for thousands marks; where they begin decimals, write them as points", input.file.path));
    if (input.roles.amounts.decimal == ',') notes.push_back(fmt::format("{}: prices are read with a decimal comma", input.file.path));
  }
}

void note_rounded_ids(const RowCounts& rows, std::vector<std::string>& notes) {
  if (const std::uint64_t rounded = rows.set_aside[static_cast<std::size_t>(Reason::rounded_id)]; rounded != 0)
    notes.push_back(fmt::format("{} rows have a customer's id that a spreadsheet has rounded, so that several customers share it; {}", rounded, rounded_id_fix));
}

void note_flags(const CustomerFlags& flags, std::vector<std::string>& notes) {
  if (!flags.customers.empty()) notes.push_back(fmt::format("flagged in customer_flags.csv: {}; --drop-flagged leaves them out", text_of(flags)));
  if (flags.dropped_customers > 0) notes.push_back(fmt::format("left out as flagged: {} customers with {} rows", flags.dropped_customers, flags.dropped_events));
}

LogKind kind_of(Shape shape) { return shape == Shape::orders ? LogKind::orders : LogKind::events; }

void require_today(std::int64_t today_ms, std::int64_t last_ms) {
  if (today_ms < last_ms) throw Error(ErrorKind::usage, fmt::format("--today {} lies before the last row, {}", iso_time(today_ms), iso_time(last_ms)), "give a later day");
}

// Of orders, recency counts to a day later than the end.
std::int64_t log_end_at(std::int64_t today_ms, LogKind kind) { return today_ms - (kind == LogKind::orders ? ms_per_day : 0); }

// Histories end at the day the user gives instead of at the log's last event.
void set_today(EventLog& log, LogKind kind, const std::optional<std::int64_t>& today_ms) {
  if (!today_ms) return;
  require_today(*today_ms, log.report.last_ms);
  log.report.last_ms = log_end_at(*today_ms, kind);
}

// `options` of a run or of what is read for a model.
ReadEventsOptions read_options(const auto& options, LogKind kind, const std::string& rejects_path, const MemoryPlan& memory) {
  return {.kind = kind, .orders = options.orders, .date_order = options.date_order, .roles = options.roles, .delimiter = options.delimiter, .threads = options.threads,
          .memory_bytes = memory.events, .names_bytes = memory.customer_rows, .spill_directory = options.spill_directory, .as_of_ms = options.as_of_ms,
          .rejects_path = rejects_path, .progress = options.progress};
}

// From the files, from a store, or from both.
LivingLog read_living_log(const auto& options, const ReadEventsOptions& read, const MemoryPlan& memory, std::vector<std::string>& notes) {
  if (!options.store.folder.empty()) return read_into_store(options.inputs, read, options.store, memory, notes);
  if (!options.store.earlier.empty()) return {.log = open_store(options.store.earlier, options.as_of_ms, memory, options.threads, notes)};
  EventLog log = read_events(options.inputs, read);
  const std::uint64_t spilled = log.store.spilled_bytes();
  return {.log = std::move(log), .spilled_bytes = spilled};
}

// Features of all customers, and beside them what the purpose wants to see of the histories.
void compute_log(ShopData& data, LivingLog& living, const RunOptions& options, const MemoryPlan& memory, Purpose purpose, std::vector<std::string>& notes) {
  EventLog& log = living.log;
  ComputeOptions compute = room_for_features(options.threads, memory, log.store);
  if (purpose == Purpose::exploration) {
    TrafficCounter traffic(log, options.threads);
    compute.visit = [&](const History& history, int worker) { traffic.visit(history, worker); };
    data.customers = derive_and_filter(compute_features(log, data.features, compute), options, notes);
    data.traffic = traffic.finish();
    return;
  }
  if (purpose == Purpose::features) {
    data.customers = derive_and_filter(compute_features(log, data.features, compute), options, notes);
    return;
  }
  ActivitySampler sampler(log, options.threads);
  data.future_cut_ms = data.read.first_ms + (data.read.last_ms - data.read.first_ms) / 4 * 3;
  PastAndFutureSample past_and_future(data.features, data.future_cut_ms, future_customers);
  FlagFinder finder(log, kind_of(data.shape), options.flags, options.threads);
  compute.visit = [&](const History& history, int worker) { sampler.visit(history, worker), past_and_future.visit(history), finder.visit(history, worker); };
  CustomerTable customers = compute_features(living, data.features, compute);
  data.store = std::move(living.store), data.store_id = living.id;
  data.flags = finder.finish(customers);
  customers = drop_flagged(std::move(customers), data.flags);
  note_flags(data.flags, notes);
  data.customers = derive_and_filter(std::move(customers), options, notes);
  data.activity = sampler.finish(data.customers.ids);
  data.past_and_future = past_and_future.finish();
}

ShopData read_log(Shape shape, const RunOptions& options, const MemoryPlan& memory, const std::function<void(const char*)>& begin, std::vector<std::string>& notes, Purpose purpose) {
  const LogKind kind = kind_of(shape);
  require_known_flags(options.flags, kind);
  ReadEventsOptions read = read_options(options, kind, options.out + "/rejects.csv", memory);
  if (purpose == Purpose::exploration) read.census = true, read.census_bytes = memory.partitions;
  read.product_words = purpose == Purpose::segments;
  std::vector<std::string> store_notes;
  LivingLog living = read_living_log(options, read, memory, store_notes);
  EventLog& log = living.log;
  ShopData data{.shape = shape, .read = log.report, .spilled_bytes = living.spilled_bytes, .rejects = std::move(log.rejects), .store_notes = store_notes};
  if (purpose == Purpose::exploration) data.censuses.push_back(std::move(log.census));
  begin("features");
  set_today(log, kind, options.today_ms);
  note_equal_columns(data.read, notes);
  note_dates(data.read, notes);
  note_amounts(data.read, notes);
  note_rounded_ids(data.read.rows, notes);
  data.features = choose_features(log, kind, options.feature_set, notes);
  compute_log(data, living, options, memory, purpose, notes);
  return data;
}

// The model's features, but for those that the user derives.
std::vector<Feature> features_of_model(const EventLog& log, const Model& model) {
  const std::vector<Feature> available = available_features(log.has_role, kind_of(model.shape));
  std::vector<Feature> features;
  for (const std::string& name : model.features) {
    if (std::any_of(model.derived.begin(), model.derived.end(), [&](const Derivation& d) { return d.name == name; })) continue;
    const auto it = std::find_if(available.begin(), available.end(), [&](const Feature& f) { return f.name == name; });
    if (it == available.end())
      throw Error(ErrorKind::missing_column, fmt::format("the model uses {}, and this log has no column for it", name),
                  "give the column with --role, or fit a model on a log without it", log.report.inputs.front().file.path);
    features.push_back(*it);
  }
  return features;
}

ShopData read_log_for_model(const AssignOptions& options, const Model& model, const MemoryPlan& memory, std::vector<std::string>& notes) {
  const LogKind kind = kind_of(model.shape);
  LivingLog living = read_living_log(options, read_options(options, kind, options.rejects_path, memory), memory, notes);
  EventLog& log = living.log;
  ShopData data{.shape = model.shape, .read = log.report, .rejects = std::move(log.rejects)};
  set_today(log, kind, options.today_ms);
  data.features = features_of_model(log, model);
  data.customers = derive_columns(compute_features(living, data.features, room_for_features(options.threads, memory, log.store)), model.derived);
  data.store = std::move(living.store), data.store_id = living.id;
  return data;
}

// --- tables of customers -----------------------------------------------------------------------------

std::vector<std::string> names_of_kind(const std::vector<ColumnPlan>& plans, ColumnKind kind) {
  std::vector<std::string> names;
  for (const ColumnPlan& plan : plans)
    if (plan.kind == kind) names.push_back(plan.name);
  return names;
}

void note_plans(const std::vector<ColumnPlan>& plans, std::vector<std::string>& notes) {
  if (names_of_kind(plans, ColumnKind::id).empty()) notes.push_back("no column is an id: customers are numbered in the order of the rows");
  const std::vector<std::string> beside = names_of_kind(plans, ColumnKind::attribute), none = names_of_kind(plans, ColumnKind::ignored);
  if (!beside.empty()) notes.push_back(fmt::format("no part of clustering: {}", fmt::join(beside, ", ")));
  if (!none.empty()) notes.push_back(fmt::format("ignored: {}", fmt::join(none, ", ")));
  for (const ColumnPlan& plan : plans)
    if (plan.format.ambiguous) notes.push_back(fmt::format("{}: commas are taken for thousands marks; where they begin decimals, write them as points", plan.name));
}

void note_fills(const Recipe& recipe, std::vector<std::string>& notes) {
  for (const ColumnRecipe& column : recipe.columns) {
    if (column.filled == 0) continue;
    const bool by_neighbours = column.plan.missing.rule == MissingRule::nearest;
    const std::string with = by_neighbours ? std::string("the mean of their nearest customers") : column.plan.kind == ColumnKind::number ? fmt::format("{:g}", column.fill) : column.fill_level;
    notes.push_back(fmt::format("{}: {} blank cells filled with {} ({})", column.plan.name, column.filled, with, text_of(column.plan.missing)));
  }
}

// Derived columns are numbers without a blank; their formats are as good as any.
void add_derived(std::vector<ColumnPlan>& plans, const std::vector<Derivation>& derived) {
  for (const Derivation& derivation : derived) plans.push_back({.name = derivation.name, .kind = ColumnKind::number, .confidence = 1, .why = "derived: " + derivation.sql});
}

// --role customer=COLUMN says of a table of customers which column the id is.
ColumnChoices choices_with_roles(const RunOptions& options) {
  ColumnChoices choices = options.columns;
  for (const auto& [role, column] : options.roles) {
    if (role != name_of(Role::customer)) throw Error(ErrorKind::usage, fmt::format("--role {}: a table of customers has no such role", role), "say what the column is: --column \"NAME=number\"");
    choices.kinds[column] = "id";
  }
  return choices;
}

// What can be told apart is counted together; ids and free texts are not.
Census census_of_customers(const std::vector<TextTable>& tables, const std::vector<ColumnPlan>& plans) {
  std::vector<std::size_t> together;
  for (std::size_t c = 0; c < plans.size(); ++c)
    if (plans[c].kind != ColumnKind::id && plans[c].kind != ColumnKind::attribute) together.push_back(c);
  Census census = census_of(tables, together);
  for (std::size_t c = 0; c < plans.size(); ++c)
    if (plans[c].kind != ColumnKind::ignored) census.columns[c].kind = plans[c].kind;
  return census;
}

ShopData read_customer_tables(const RunOptions& options, const MemoryPlan& memory, const std::function<void(const char*)>& begin, std::vector<std::string>& notes, Purpose purpose) {
  std::vector<TextTable> tables = read_tables(options.inputs, options.delimiter, memory.limit);
  std::vector<ColumnPlan> plans = plan_columns(tables, choices_with_roles(options));
  ShopData data{.shape = Shape::customers, .has_id_column = !names_of_kind(plans, ColumnKind::id).empty()};
  if (purpose == Purpose::exploration) data.censuses.push_back(census_of_customers(tables, plans));
  CustomerTable customers = read_customers(tables, plans, options.orders.drop_duplicates);
  data.rejects = fill_ledger(data.read, tables, options.out + "/rejects.csv");
  if (purpose == Purpose::exploration && data.read.rows.used == 0) return data;
  require_customers(data.read);
  begin("features");
  note_plans(plans, notes);
  note_rounded_ids(data.read.rows, notes);
  customers = derive_and_filter(std::move(customers), options, notes);
  add_derived(plans, options.derived);
  data.recipe = fit_recipe(customers, plans);
  if (data.recipe.columns.empty() && purpose == Purpose::exploration) return data;
  if (data.recipe.columns.empty())
    throw Error(ErrorKind::usage, "no column is a number, a truth, a level or a category: there is nothing to tell customers apart by", "say what a column is: --column \"NAME=category\"", options.inputs.front());
  note_fills(data.recipe, notes);
  data.customers = apply_recipe(data.recipe, std::move(customers));
  return data;
}

ShopData read_tables_for_model(const AssignOptions& options, const Model& model, const MemoryPlan& memory) {
  std::vector<TextTable> tables = read_tables(options.inputs, options.delimiter, memory.limit);
  std::vector<ColumnPlan> plans;
  if (model.has_id_column) plans.push_back({.name = model.id_name, .kind = ColumnKind::id});
  for (const ColumnRecipe& column : model.recipe.columns)
    if (std::none_of(model.derived.begin(), model.derived.end(), [&](const Derivation& d) { return d.name == column.plan.name; })) plans.push_back(column.plan);
  // What is derived may look at attributes.
  for (const std::string& name : model.derived.empty() ? std::vector<std::string>() : tables.front().dialect.columns)
    if (std::none_of(plans.begin(), plans.end(), [&](const ColumnPlan& plan) { return plan.name == name; }))
      plans.push_back({.name = name, .kind = ColumnKind::attribute, .missing = {.rule = MissingRule::constant}});
  ShopData data{.shape = Shape::customers};
  CustomerTable customers = derive_columns(read_customers(tables, plans), model.derived);
  data.rejects = fill_ledger(data.read, tables, options.rejects_path);
  require_customers(data.read);
  data.customers = apply_recipe(model.recipe, std::move(customers));
  return data;
}

// --- related tables of coupons -------------------------------------------------------------------------

std::vector<std::string> coupon_features_for(const std::string& wanted) {
  std::vector<std::string> known, names;
  for (const CouponFeature& feature : coupon_catalogue()) {
    known.emplace_back(feature.name);
    if (wanted == "all" || (wanted == "basic" && feature.basic)) names.emplace_back(feature.name);
  }
  if (!names.empty()) return names;
  require_known(split_at_commas(wanted), known);
  return split_at_commas(wanted);
}

// All columns of each table are counted together, but those that tell every row apart.
std::vector<Census> censuses_of_related(const std::vector<TextTable>& tables) {
  std::vector<Census> censuses;
  for (const TextTable& table : tables) {
    const Census alone = census_of({&table, 1}, {});
    std::vector<std::size_t> together;
    for (std::size_t c = 0; c < alone.columns.size(); ++c)
      if (alone.columns[c].values.size() < table.rows()) together.push_back(c);
    censuses.push_back(census_of({&table, 1}, together));
    censuses.back().table = name_of_table(table);
  }
  return censuses;
}

ShopData read_related_tables(const std::vector<std::string>& paths, const std::vector<std::string>& joins, const std::map<std::string, std::string>& roles, char delimiter, const MemoryPlan& memory, const std::vector<std::string>& wanted,
                             const std::string& rejects_path, std::vector<std::string>& notes, Purpose purpose = Purpose::segments) {
  std::vector<TextTable> tables = read_tables(paths, delimiter, memory.limit);
  const CouponPlan plan = plan_coupons(tables, find_joins(tables, joins), roles);
  for (const Join& join : plan.joins) notes.push_back("join: " + text_of(join, tables));
  ShopData data{.shape = Shape::coupons};
  if (purpose == Purpose::exploration) data.censuses = censuses_of_related(tables);
  std::vector<std::string> missing;
  data.customers = read_coupons(tables, plan, wanted, missing);
  if (!missing.empty()) notes.push_back(fmt::format("left out, because their columns are not there: {}", fmt::join(missing, ", ")));
  for (const CouponFeature& feature : coupon_catalogue())
    if (std::find(data.customers.names.begin(), data.customers.names.end(), feature.name) != data.customers.names.end()) data.coupon_features.push_back(feature);
  data.rejects = fill_ledger(data.read, tables, rejects_path);
  return data;
}

ShopData read_related_for_model(const AssignOptions& options, const Model& model, const MemoryPlan& memory) {
  std::vector<std::string> names = model.features, notes;
  std::erase_if(names, [&](const std::string& name) { return std::any_of(model.derived.begin(), model.derived.end(), [&](const Derivation& d) { return d.name == name; }); });
  ShopData data = read_related_tables(options.inputs, options.joins, options.roles, options.delimiter, memory, names, options.rejects_path, notes);
  if (data.customers.names.size() != names.size())
    throw Error(ErrorKind::missing_column, fmt::format("the model uses {}, and these tables have no column for some of them", fmt::join(names, ", ")), "give all the tables it was fitted on", options.inputs.front());
  data.customers = derive_columns(std::move(data.customers), model.derived);
  return data;
}

// Tables have no time that --as-of could look back from, and no histories that a store could keep.
void require_log(Shape shape, std::int64_t as_of_ms, const StoreOptions& store) {
  if (shape == Shape::events || shape == Shape::orders) return;
  if (!store.folder.empty())
    throw Error(ErrorKind::usage, fmt::format("a store keeps the histories of a log of events or orders, and this is a table of {}", name_of(shape)), "leave --store out");
  if (as_of_ms == INT64_MAX) return;
  throw Error(ErrorKind::usage, fmt::format("--as-of needs a log with times, and this is a table of {}", name_of(shape)), "leave it out, or give a log of events or orders");
}

// Flags are told by histories.
void require_no_flags(Shape shape, const FlagOptions& flags) {
  if ((flags.drop.empty() && flags.thresholds.empty()) || shape == Shape::events || shape == Shape::orders) return;
  throw Error(ErrorKind::usage, fmt::format("--drop-flagged and --flag-threshold need a log of events or orders, and this is a table of {}", name_of(shape)),
              "leave them out; --filter leaves out customers by SQL");
}

}  // namespace

ShopData read_shop_data(const RunOptions& options, const MemoryPlan& memory, const std::function<void(const char*)>& begin, std::vector<std::string>& notes, Purpose purpose) {
  const Shape shape = options.shape ? *options.shape : recognise_shape(options.inputs, options.delimiter).shape;
  require_log(shape, options.as_of_ms, options.store);
  require_no_flags(shape, options.flags);
  switch (shape) {
    case Shape::customers: return read_customer_tables(options, memory, begin, notes, purpose);
    case Shape::coupons: {
      ShopData data = read_related_tables(options.inputs, options.joins, options.roles, options.delimiter, memory, coupon_features_for(options.feature_set), options.out + "/rejects.csv", notes, purpose);
      data.customers = derive_and_filter(std::move(data.customers), options, notes);
      return data;
    }
    default: return read_log(shape, options, memory, begin, notes, purpose);
  }
}

ShopData read_for_model(const AssignOptions& options, const Model& model, const MemoryPlan& memory, std::vector<std::string>& notes) {
  require_log(model.shape, options.as_of_ms, options.store);
  if (model.shape == Shape::coupons) return read_related_for_model(options, model, memory);
  return model.shape == Shape::customers ? read_tables_for_model(options, model, memory) : read_log_for_model(options, model, memory, notes);
}

void read_for_model_at(const AssignOptions& options, std::span<const std::int64_t> as_of_ms, const Model& model, const MemoryPlan& memory, const std::function<void(std::int64_t as_of_ms, CustomerTable customers)>& fn) {
  require_log(model.shape, as_of_ms.front(), options.store);
  const LogKind kind = kind_of(model.shape);
  AssignOptions until_last = options;
  until_last.as_of_ms = options.store.earlier.empty() ? as_of_ms.back() : INT64_MAX;  // a store would be decoded to look back
  std::vector<std::string> notes;
  const LivingLog living = read_living_log(until_last, read_options(until_last, kind, options.rejects_path, memory), memory, notes);
  const EventLog& log = living.log;
  const std::vector<Feature> features = features_of_model(log, model);
  const std::optional<std::int64_t> end_ms = options.today_ms ? std::optional(log_end_at(*options.today_ms, kind)) : std::nullopt;
  const std::size_t table_bytes = customers_about(log) * (in_kept_form(features).size() + 1) * sizeof(double), at_once = std::clamp<std::size_t>(memory.customer_rows / std::max<std::size_t>(1, table_bytes), 1, as_of_ms.size());
  const ComputeOptions compute = room_for_features(options.threads, memory, log.store);
  for (std::size_t begin = 0; begin < as_of_ms.size(); begin += at_once) {
    const std::span<const std::int64_t> times = as_of_ms.subspan(begin, std::min(at_once, as_of_ms.size() - begin));
    std::vector<CustomersAt> tables = compute_features_at(log, times, end_ms, features, compute);
    for (std::size_t t = 0; t < times.size(); ++t) {
      if (tables[t].customers.ids.size() == 0)
        throw Error(ErrorKind::no_usable_rows, fmt::format("there is no row up to {}; the first is of {}", iso_time(times[t]), iso_time(log.report.first_ms)), "give a later --as-of");
      if (options.today_ms) require_today(*options.today_ms, tables[t].last_ms);
      fn(times[t], derive_columns(std::move(tables[t].customers), model.derived));
    }
  }
}

}  // namespace coterie
