#include "coterie/events/roles.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <set>

#include "coterie/base/error.h"
#include "coterie/base/nearest_name.h"
#include "coterie/events/event.h"
#include "coterie/source/parse_amount.h"
#include "coterie/source/parse_time.h"
#include "coterie/source/rounded_id.h"

namespace coterie {
namespace {

constexpr double name_share = 0.6, content_share = 0.4, least_score = 0.3, least_exact_name = 0.7;

struct RoleNames {
  Role role;
  const char* name;
  // Exact names, best first, in normal form (lower case, letters and digits only).
  std::vector<std::string_view> names;
};

const std::array<RoleNames, role_count>& role_names() {
  static const std::array<RoleNames, role_count> names = {{
      {Role::time, "time", {"eventtime", "timestamp", "time", "datetime", "eventtimestamp", "createdat", "occurredat", "date", "eventdate", "ts", "invoicedate", "orderdate", "purchasedate", "transactiondate"}},
      {Role::event_type, "event_type", {"eventtype", "event", "action", "eventname", "type", "behavior", "behaviortype", "activity"}},
      {Role::product, "product", {"productid", "itemid", "product", "sku", "item", "articleid", "stockcode", "variantid"}},
      {Role::product_name, "product_name", {"productname", "producttitle", "itemname", "itemtitle", "productdescription", "itemdescription", "description", "title"}},
      {Role::category, "category", {"categorycode", "category", "categoryname", "productcategory", "department", "categoryid"}},
      {Role::brand, "brand", {"brand", "brandname", "manufacturer", "vendor", "maker"}},
      {Role::price, "price", {"price", "unitprice", "amount", "value", "itemprice", "productprice"}},
      {Role::customer, "customer", {"userid", "customerid", "visitorid", "clientid", "user", "customer", "memberid", "accountid", "visitor", "buyerid", "uid"}},
      {Role::session, "session", {"usersession", "sessionid", "session", "visitid"}},
      {Role::quantity, "quantity", {"quantity", "qty", "units", "pieces", "numberof", "count"}},
      {Role::invoice, "invoice", {"invoiceno", "invoice", "orderid", "ordernumber", "orderno", "invoiceid", "invoicenumber", "transactionid", "receiptid", "basketid", "order"}},
      {Role::amount, "amount", {"amount", "linetotal", "totalprice", "linevalue", "dollarvalue", "ordervalue", "total", "revenue", "sales"}},
  }};
  return names;
}

// 1 for the first name of the list, falling to 0.7 for the last; half of that where the name only contains it.
double name_score(const RoleNames& role, std::string_view column) {
  const std::string name = normal_form(column);
  double best = 0;
  for (std::size_t i = 0; i < role.names.size(); ++i) {
    const double worth = 1 - 0.3 * static_cast<double>(i) / static_cast<double>(role.names.size());
    if (name == role.names[i]) best = std::max(best, worth);
    else if (role.names[i].size() >= 4 && name.find(role.names[i]) != std::string::npos) best = std::max(best, worth / 2);
  }
  return best;
}

// What the sample says of a column: shares of its values that are not blank.
struct ColumnContent {
  std::size_t values = 0;
  double blank = 0, time = 0, event_type = 0, whole = 0, decimal = 0, id_like = 0, text = 0, distinct = 0;
};

constexpr std::string_view letters_and_joints = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_- ";

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

// As a price may be written, with a decimal point or a comma; "15 %" is none.
bool is_amount(std::string_view text) { return parse_money(text, {.decimal = '.'}) || parse_money(text, {.decimal = ','}); }

bool is_id_like(std::string_view text) {  // uuid, hex, letters mixed with digits; no address, date or price
  return text.size() >= 8 && std::any_of(text.begin(), text.end(), is_digit) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || is_letter(c) || c == '-' || c == '_'; });
}

ColumnContent look_at(const Dialect& dialect, std::size_t column) {
  ColumnContent content;
  std::set<std::string_view> different;
  std::vector<std::string_view> values;
  std::size_t blank = 0, type = 0, whole = 0, decimal = 0, id_like = 0;
  for (const auto& row : dialect.samples) {
    if (column >= row.size()) continue;
    const std::string& text = row[column];
    if (text.empty()) {
      ++blank;
      continue;
    }
    ++content.values;
    different.insert(text);
    values.push_back(text);
    const bool digits = std::all_of(text.begin(), text.end(), is_digit);  // of any length: some ids need 64 bits
    const bool number = digits || is_amount(text);
    const bool has_point = number && text.find_first_of(".,") != std::string::npos;
    const bool is_time = parse_time(text).has_value();
    type += event_type_from_text(text).has_value();
    whole += number && !has_point;
    decimal += has_point;
    id_like += !number && !is_time && is_id_like(text);
  }
  const auto share = [&](std::size_t count) { return content.values == 0 ? 0.0 : static_cast<double>(count) / static_cast<double>(content.values); };
  content.blank = dialect.samples.empty() ? 0.0 : static_cast<double>(blank) / static_cast<double>(dialect.samples.size());
  content.time = guess_date_format(values).share, content.event_type = share(type), content.whole = share(whole), content.decimal = share(decimal);
  content.id_like = share(id_like), content.distinct = share(different.size());
  content.text = std::max(0.0, 1 - content.whole - content.decimal - content.time);
  return content;
}

struct ContentScore {
  double score, share;  // half as much for values that would do; their share, for people
  const char* what;
};

ContentScore content_score(Role role, const ColumnContent& c) {
  const double ids = std::max(c.whole, c.id_like);
  switch (role) {
    case Role::time: return {c.time, c.time, "are points in time"};
    case Role::event_type: return {c.event_type, c.event_type, "are known event types"};
    case Role::product: return {ids * (c.distinct > 0.005 ? 1.0 : 0.5), ids, "are identifiers"};
    case Role::product_name: return {std::max(0.0, c.text - c.id_like), c.text, "are text"};
    case Role::category:
      if (c.whole > c.text) return {0.5 * c.whole, c.whole, "are whole numbers"};
      return {c.text, c.text, "are text"};
    case Role::brand: return {c.text, c.text, "are text"};
    case Role::price: return {c.decimal + 0.5 * c.whole, c.decimal + c.whole, "are numbers"};
    case Role::customer: return {ids, ids, "are identifiers"};
    case Role::quantity: return {c.whole + 0.5 * c.decimal, c.whole + c.decimal, "are numbers"};
    case Role::invoice: return {std::max(ids, 0.5 * c.text), ids, "are identifiers"};
    case Role::amount: return {c.decimal + 0.5 * c.whole, c.decimal + c.whole, "are numbers"};
    case Role::session: return {std::max(c.id_like, 0.5 * c.whole), ids, "are identifiers"};
  }
  return {0, 0, ""};
}

struct Score {
  double total;
  std::string why;
  bool contradicted = false;  // an exact name whose content does not fit
};

Score score_of(const RoleNames& role, const std::string& column, const ColumnContent& content) {
  const double by_name = name_score(role, column);
  const ContentScore by_content = content_score(role.role, content);
  // Content that contradicts vetoes a name: a column "time" without a time is none. Without rows the name alone
  // counts, and so it does for identifiers that are words ("anna", "anna@example.org") under a name that fits exactly.
  const bool may_be_words = role.role == Role::customer || role.role == Role::product || role.role == Role::session;
  const bool named_words = may_be_words && by_name >= least_exact_name && content.text > 0.9;
  const bool vetoed = content.values > 0 && by_content.score < 0.1 && !named_words;
  std::string why = by_name > 0 ? fmt::format("name \"{}\"; ", column) : std::string("name says nothing; ");
  why += fmt::format("{:.0f} % of {} values {}", 100 * by_content.share, content.values, by_content.what);
  // Text columns and numbers are too common to be taken for a brand or a product by content alone.
  const bool content_is_telling = role.role == Role::time || role.role == Role::event_type || role.role == Role::session;
  // A description may be of anything: only columns that are called just so name products.
  const bool fits_by_name = role.role == Role::product_name ? by_name >= least_exact_name : by_name > 0;
  const bool eligible = !vetoed && (fits_by_name || (content_is_telling && by_content.score > 0.9));
  return {eligible ? name_share * by_name + content_share * by_content.score : 0.0, why, vetoed && by_name >= least_exact_name};
}

// "a, b, c"; of very many columns the first.
std::string list_of(const std::vector<std::string>& columns) {
  constexpr std::size_t shown = 30;
  const auto end = columns.begin() + static_cast<std::ptrdiff_t>(std::min(shown, columns.size()));
  std::string list;
  for (auto column = columns.begin(); column != end; ++column) list += (list.empty() ? "" : ", ") + column->substr(0, 60);
  return columns.size() <= shown ? list : fmt::format("{}, and {} more", list, columns.size() - shown);
}

int column_named(const Dialect& dialect, const std::string& name) {
  const auto it = std::find(dialect.columns.begin(), dialect.columns.end(), name);
  return it == dialect.columns.end() ? -1 : static_cast<int>(it - dialect.columns.begin());
}

// "name "event_time"; 0 % of 300 values are points in time, such as "1.10.2019 0:00""
std::string contradiction(const Dialect& dialect, std::size_t column, const std::string& why) {
  for (const auto& row : dialect.samples)
    if (column < row.size() && !row[column].empty()) return fmt::format("{}, such as \"{}\"", why, row[column].substr(0, 60));
  return why;
}

bool can_play(Role role, LogKind kind) {
  const auto roles = roles_of(kind);
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

std::vector<bool> take_given(RoleMap& map, const Dialect& dialect, const std::map<std::string, std::string>& given, const std::string& path, LogKind kind) {
  std::vector<bool> taken(dialect.columns.size());
  for (const auto& [role_name, column_name] : given) {
    const std::optional<Role> role = role_from_name(role_name);
    if (!role || !can_play(*role, kind)) {
      std::vector<std::string> names;
      for (const Role known : roles_of(kind)) names.emplace_back(name_of(known));
      throw Error(ErrorKind::usage, fmt::format("there is no role \"{}\"{}", role_name, did_you_mean(role_name, names)), fmt::format("the roles are {}", fmt::join(names, ", ")));
    }
    const int column = column_named(dialect, column_name);
    if (column < 0)
      throw Error(ErrorKind::missing_column, fmt::format("--role {}={}: there is no column \"{}\"", role_name, column_name, column_name),
                  fmt::format("the columns are: {}", list_of(dialect.columns)), path);
    if (std::count(dialect.columns.begin(), dialect.columns.end(), column_name) > 1)
      throw Error(ErrorKind::usage, fmt::format("--role {}={}: there is more than one column \"{}\"", role_name, column_name, column_name),
                  "rename one of them in the header line", path);
    map.choice[static_cast<int>(*role)] = {column, 1, "given by --role", -1, 0};
    taken[static_cast<std::size_t>(column)] = true;
  }
  return taken;
}

std::vector<std::string_view> samples_of(const Dialect& dialect, int column) {
  std::vector<std::string_view> values;
  if (column < 0) return values;
  for (const auto& row : dialect.samples)
    if (const auto c = static_cast<std::size_t>(column); c < row.size() && !row[c].empty()) values.push_back(row[c]);
  return values;
}

}  // namespace

const char* name_of(Role role) { return role_names()[static_cast<std::size_t>(role)].name; }

std::optional<Role> role_from_name(const std::string& name) {
  for (const RoleNames& role : role_names())
    if (name == role.name) return role.role;
  return std::nullopt;
}

std::span<const Role> roles_of(LogKind kind) {
  static constexpr std::array events = {Role::time, Role::event_type, Role::product, Role::product_name, Role::category, Role::brand, Role::price, Role::customer, Role::session};
  static constexpr std::array orders = {Role::time, Role::customer, Role::invoice, Role::product, Role::product_name, Role::quantity, Role::price, Role::amount};
  if (kind == LogKind::orders) return orders;
  return events;
}

bool is_required(Role role, LogKind kind) {
  if (role == Role::time || role == Role::customer) return true;
  return kind == LogKind::events && role == Role::event_type;
}

RoleMap find_roles(const Dialect& dialect, const std::map<std::string, std::string>& given, const std::string& path, LogKind kind) {
  RoleMap map;
  std::vector<bool> taken = take_given(map, dialect, given, path, kind);
  bool is_given[role_count];
  for (int r = 0; r < role_count; ++r) is_given[r] = map.choice[r].column >= 0;
  struct Candidate {
    double score;
    int role, column;
    std::string why;
  };
  std::vector<Candidate> candidates;
  for (std::size_t c = 0; c < dialect.columns.size(); ++c) {
    const ColumnContent content = look_at(dialect, c);
    for (const RoleNames& role : role_names()) {
      if (!can_play(role.role, kind)) continue;
      Score score = score_of(role, dialect.columns[c], content);
      RoleChoice& choice = map.choice[static_cast<int>(role.role)];
      if (score.contradicted && choice.column < 0 && choice.why.empty()) choice.why = contradiction(dialect, c, score.why);
      if (score.total >= least_score) candidates.push_back({score.total, static_cast<int>(role.role), static_cast<int>(c), std::move(score.why)});
    }
  }
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  for (const Candidate& candidate : candidates) {
    RoleChoice& choice = map.choice[candidate.role];
    const auto column = static_cast<std::size_t>(candidate.column);
    if (choice.column < 0 && !taken[column]) {
      choice = {candidate.column, candidate.score, candidate.why, -1, 0};
      taken[column] = true;
    }
  }
  for (const Candidate& candidate : candidates) {
    RoleChoice& choice = map.choice[candidate.role];
    const bool found = choice.column >= 0 && !is_given[candidate.role];
    if (found && choice.runner_up < 0 && !taken[static_cast<std::size_t>(candidate.column)])
      choice.runner_up = candidate.column, choice.runner_up_confidence = candidate.score;
  }
  if (map.column(Role::time) >= 0) map.dates = guess_date_format(samples_of(dialect, map.column(Role::time)));
  map.amounts = guess_amount_format(samples_of(dialect, map.column(map.column(Role::amount) >= 0 ? Role::amount : Role::price)));
  map.rounded_ids = are_rounded_ids(samples_of(dialect, map.column(Role::customer)));
  return map;
}

void require_roles(const RoleMap& roles, const Dialect& dialect, const std::string& path, LogKind kind) {
  std::vector<std::string> missing;
  for (const RoleNames& role : role_names())
    if (is_required(role.role, kind) && roles.column(role.role) < 0) missing.emplace_back(role.name);
  if (kind == LogKind::orders && roles.column(Role::price) < 0 && roles.column(Role::amount) < 0) missing.emplace_back("price");
  if (missing.empty()) return;
  std::string contradictions;
  for (const RoleChoice& choice : roles.choice)
    if (choice.column < 0 && is_required(static_cast<Role>(&choice - roles.choice), kind) && !choice.why.empty()) contradictions += fmt::format(" ({})", choice.why);
  throw Error(ErrorKind::missing_column,
              fmt::format("no column for {}{}; the columns are: {}", fmt::join(missing, " and "), contradictions, list_of(dialect.columns)),
              fmt::format("name the column, for example --role {}=COLUMN", missing.front()), path);
}

std::optional<int> event_type_from_text(std::string_view text) {
  // A bare "remove" is not known: it may be from a wish list.
  static const std::map<std::string, EventType, std::less<>> spellings = {
      {"view", EventType::view}, {"pageview", EventType::view}, {"productview", EventType::view}, {"viewitem", EventType::view},
      {"click", EventType::view}, {"detail", EventType::view}, {"pv", EventType::view},
      {"cart", EventType::cart}, {"addtocart", EventType::cart}, {"add", EventType::cart}, {"basket", EventType::cart}, {"addtobasket", EventType::cart},
      {"removefromcart", EventType::remove_from_cart}, {"removefrombasket", EventType::remove_from_cart},
      {"purchase", EventType::purchase}, {"buy", EventType::purchase}, {"order", EventType::purchase}, {"transaction", EventType::purchase},
      {"sale", EventType::purchase}};
  if (text.size() > 32) return std::nullopt;
  if (text.find_first_not_of(letters_and_joints) != std::string_view::npos) return std::nullopt;  // "VIEW?"
  const auto it = spellings.find(normal_form(text));
  if (it == spellings.end()) return std::nullopt;
  return static_cast<int>(it->second);
}

}  // namespace coterie
