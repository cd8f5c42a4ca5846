#include "coterie/features/coupon_roles.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "coterie/source/parse_date.h"

namespace coterie {
namespace {

constexpr std::size_t looked_at = 1000;  // values of a column
constexpr double name_share = 0.6, content_share = 0.4, most_of_them = 0.9;
constexpr std::array<std::string_view, 3> burned_words = {"burned", "used", "redeemed"};
constexpr std::array<std::string_view, 6> open_words = {"subscribed", "claimed", "open", "issued", "active", "expired"};

std::string lower_case(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

struct RoleRule {
  const char* name;
  std::vector<const char*> name_parts;
  bool is_date, needs_name;
  const char* what;  // its values are
};

const std::vector<RoleRule>& role_rules() {
  static const std::vector<RoleRule> rules = {{"status", {"status", "state"}, false, true, "are states of a coupon"},
                                              {"burn_date", {"burn", "redeem", "used"}, true, true, "are dates"},
                                              {"claim_date", {"claim", "transaction", "subscri", "issue", "created", "date", "time"}, true, false, "are dates"},
                                              {"coupon", {"coupon", "voucher", "promo", "code"}, false, true, "are names"}};
  return rules;
}

// The first values of a column that are not blank.
std::vector<std::string_view> values_of(const TextTable& table, std::size_t column) {
  std::vector<std::string_view> values;
  for (std::size_t row = 0; row < table.rows() && values.size() < looked_at; ++row)
    if (!is_missing(table.at(row, column))) values.push_back(trimmed(table.at(row, column)));
  return values;
}

double share_that_fit(const RoleRule& rule, const std::vector<std::string_view>& values) {
  const double dates = guess_date_format(values).share;
  if (rule.is_date) return dates;
  if (rule.name != std::string_view("status")) return values.empty() ? 0 : 1 - dates;
  const auto known = std::count_if(values.begin(), values.end(), [](std::string_view text) { return says_burned(lower_case(text)) || says_open(lower_case(text)); });
  return values.empty() ? 0 : static_cast<double>(known) / static_cast<double>(values.size());
}

struct Candidate {
  int column;
  double score;
  std::string why;
};

// Columns that may play the role, the best first; of equal ones the first.
std::vector<Candidate> candidates_for(const RoleRule& rule, const TextTable& claims, const std::vector<bool>& taken) {
  std::vector<Candidate> candidates;
  for (std::size_t c = 0; c < claims.columns(); ++c) {
    const std::string name = lower_case(claims.dialect.columns[c]);
    const bool by_name = std::any_of(rule.name_parts.begin(), rule.name_parts.end(), [&](const char* part) { return name.find(part) != name.npos; });
    if (taken[c] || (rule.needs_name && !by_name)) continue;
    const auto values = values_of(claims, c);
    const double fit = share_that_fit(rule, values);
    if (rule.is_date && fit <= most_of_them) continue;
    candidates.push_back({static_cast<int>(c), (by_name ? name_share : 0) + content_share * fit,
                          fmt::format("{}; {:.0f} % of {} values {}", by_name ? fmt::format("name \"{}\"", claims.dialect.columns[c]) : "name says nothing", 100 * fit, values.size(), rule.what)});
  }
  std::stable_sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) { return a.score > b.score; });
  return candidates;
}

}  // namespace

bool says_burned(std::string_view status) { return std::find(burned_words.begin(), burned_words.end(), status) != burned_words.end(); }
bool says_open(std::string_view status) { return std::find(open_words.begin(), open_words.end(), status) != open_words.end(); }

std::vector<CouponRole> find_coupon_roles(const TextTable& claims, std::size_t key) {
  std::vector<bool> taken(claims.columns());
  taken[key] = true;
  std::vector<CouponRole> roles;
  for (const RoleRule& rule : role_rules()) {
    CouponRole role{.name = rule.name};
    if (const auto candidates = candidates_for(rule, claims, taken); !candidates.empty()) {
      role.column = candidates[0].column, role.confidence = candidates[0].score, role.why = candidates[0].why;
      taken[static_cast<std::size_t>(role.column)] = true;
    }
    roles.push_back(std::move(role));
  }
  for (std::size_t r = 0; r < roles.size(); ++r)
    if (const auto others = candidates_for(role_rules()[r], claims, taken); roles[r].column >= 0 && !others.empty())
      roles[r].runner_up = others[0].column, roles[r].runner_up_confidence = others[0].score;
  return roles;
}

}  // namespace coterie
