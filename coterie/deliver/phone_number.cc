#include "coterie/deliver/phone_number.h"

#include <algorithm>
#include <array>
#include <vector>

#include "coterie/deliver/calling_codes.h"

namespace coterie {
namespace {

constexpr std::size_t most_digits = 15, fewest_digits = 7;

// The plans by the two letters of their country, and those of a first digit of calling codes in their order.
struct PlanIndex {
  struct International {
    std::string code;
    const NumberingPlan* plan;
  };
  std::array<const NumberingPlan*, 26 * 26> of_country{};
  std::array<std::vector<International>, 10> by_first_digit;

  PlanIndex() {
    for (const NumberingPlan& plan : numbering_plans) {
      of_country[place(plan.country[0], plan.country[1])] = &plan;
      const std::string code = std::to_string(plan.calling_code);
      by_first_digit[static_cast<std::size_t>(code[0] - '0')].push_back({code, &plan});
    }
  }
  static std::size_t place(char first, char second) { return static_cast<std::size_t>((first - 'A') * 26 + (second - 'A')); }
};

const PlanIndex& plans() {
  static const PlanIndex index;
  return index;
}

const NumberingPlan* plan_of(std::string_view country) {
  const auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; };
  const auto is_letter = [](char c) { return c >= 'A' && c <= 'Z'; };
  if (country.size() != 2 || !is_letter(upper(country[0])) || !is_letter(upper(country[1]))) return nullptr;
  return plans().of_country[PlanIndex::place(upper(country[0]), upper(country[1]))];
}

// The digits of the text, and whether a + stands before them; false where anything else is in it.
bool digits_of(std::string_view text, std::string& digits, bool& has_plus) {
  has_plus = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c >= '0' && c <= '9') digits += c;
    else if (c == '+' && digits.empty() && !has_plus) has_plus = true;
    else if (text.substr(i, 2) == "\xc2\xa0") ++i;  // a no-break space
    else if (std::string_view(" \t-./()").find(c) == std::string_view::npos) return false;
  }
  return !digits.empty();
}

// Behind the "+": a calling code and a number of a length that some country of this code has, perhaps with the trunk
// prefix between them ("+44 (0)20 ...").
std::optional<std::string> from_international(std::string_view digits) {
  if (digits.empty()) return std::nullopt;
  for (const auto& [code, plan] : plans().by_first_digit[static_cast<std::size_t>(digits[0] - '0')]) {
    if (!digits.starts_with(code)) continue;
    std::string_view national = digits.substr(code.size());
    if (plan->trunk_prefix == "0" && national.starts_with('0')) national.remove_prefix(1);
    if (plan->has_length(national.size()) && digits.size() <= most_digits && digits.size() >= fewest_digits) return "+" + code + std::string(national);
  }
  return std::nullopt;
}

std::optional<std::string> from_national(std::string_view digits, const NumberingPlan& plan) {
  const std::string code = std::to_string(plan.calling_code);
  const bool has_trunk = !plan.trunk_prefix.empty() && digits.starts_with(plan.trunk_prefix);
  std::string_view national = digits;
  if (has_trunk && plan.has_length(digits.size() - plan.trunk_prefix.size())) national.remove_prefix(plan.trunk_prefix.size());
  if (plan.has_length(national.size()) && code.size() + national.size() <= most_digits) return "+" + code + std::string(national);
  if (digits.starts_with(code) && plan.has_length(digits.size() - code.size())) return "+" + std::string(digits);
  return std::nullopt;
}

}  // namespace

bool is_country_code(std::string_view text) { return plan_of(text) != nullptr; }

std::optional<std::string> e164(std::string_view text, std::string_view country) {
  std::string digits;
  bool has_plus;
  if (!digits_of(text, digits, has_plus)) return std::nullopt;
  if (has_plus) return from_international(digits);
  const NumberingPlan* plan = plan_of(country);
  if (plan == nullptr) return std::nullopt;
  if (digits.starts_with(plan->international_prefix)) return from_international(std::string_view(digits).substr(plan->international_prefix.size()));
  return from_national(digits, *plan);
}

}  // namespace coterie
