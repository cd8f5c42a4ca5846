#include "coterie/deliver/customer_flags.h"

#include <fmt/format.h>

#include <cmath>

#include "coterie/source/ledger.h"

namespace coterie {
namespace {

void join(std::string& list, const std::string& text, const char* between) {
  if (!list.empty()) list += between;
  list += text;
}

std::string row_text(const CustomerFlags& flags, std::size_t i) {
  const FlaggedCustomer& customer = flags.customers[i];
  std::string groups, rules;
  bool is_left_out = false;
  for (std::size_t r = 0; r < flags.rules.size(); ++r) {
    if (std::isnan(customer.measures[r])) continue;
    const FlagRule& rule = flags.rules[r].rule;
    if (const std::string group = name_of(rule.group); groups.find(group) == std::string::npos) join(groups, group, "|");
    join(rules, fmt::format("{}={:.6g}", rule.name, customer.measures[r]), "|");
    is_left_out |= flags.rules[r].dropped;
  }
  return fmt::format("{},{},{},{},{}\n", csv_field(flags.ids[i]), groups, rules, customer.events, is_left_out ? "yes" : "no");
}

}  // namespace

void write_customer_flags(OutputFile& file, const CustomerFlags& flags) {
  file.write(csv_field(flags.id_name) + ",flags,rules,events,left_out\n");
  for (std::size_t i = 0; i < flags.customers.size(); ++i) file.write(row_text(flags, i));
}

std::string text_of(const CustomerFlags& flags) {
  std::string text;
  for (int g = 0; g < flag_group_count; ++g) {
    const auto group = static_cast<FlagGroup>(g);
    const std::uint64_t customers = flags.customers_of(group);
    if (customers == 0) continue;
    std::string rules;
    for (const CustomerFlags::Count& count : flags.rules)
      if (count.rule.group == group && count.customers > 0) join(rules, fmt::format("{} >= {:.6g}: {}", count.rule.name, count.threshold, count.customers), ", ");
    join(text, fmt::format("{} {} ({})", name_of(group), customers, rules), "; ");
  }
  return text;
}

}  // namespace coterie
