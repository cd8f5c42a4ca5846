#include "coterie/deliver/customer_reasons.h"

#include <fmt/format.h>

#include <cmath>

#include "coterie/source/ledger.h"

namespace coterie {
namespace {

std::string number(double value) { return std::abs(value) >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value); }

}  // namespace

std::string reason_text(const CustomerReasons& reasons, std::size_t customer) {
  const RowReason& reason = reasons.of(customer);
  std::string text;
  for (const std::int32_t column : reason.columns) {
    if (column < 0) break;
    const auto c = static_cast<std::size_t>(column);
    const double own = reasons.profiles.clusters[static_cast<std::size_t>(reasons.labels[customer])].means[c];
    const double next = reasons.profiles.clusters[static_cast<std::size_t>(reason.next)].means[c];
    text += fmt::format("{}{} {} ({}{} here, {} there)", text.empty() ? "" : "; ", reasons.table.names[c], number(reasons.table.values.at(customer, c)), number(own),
                        text.empty() ? " on average" : "", number(next));
  }
  return text;
}

std::string move_text(const CustomerReasons& reasons, std::size_t customer) {
  const RowReason& reason = reasons.of(customer);
  if (reason.move_column < 0) return "";
  const auto column = static_cast<std::size_t>(reason.move_column);
  return fmt::format("{} {} instead of {}: {}", reasons.table.names[column], number(reason.move_value), number(reasons.table.values.at(customer, column)),
                     reasons.names[static_cast<std::size_t>(reason.move_to)].name);
}

void write_customer_reasons(OutputFile& file, const CustomerReasons& reasons) {
  file.write(csv_field(reasons.table.id_name) + ",cluster,segment,certainty,next_segment,reason,would_move\n");
  for (std::size_t customer = 0; customer < reasons.labels.size(); ++customer) {
    const RowReason& reason = reasons.of(customer);
    const std::string next = reason.next < 0 ? "" : reasons.names[static_cast<std::size_t>(reason.next)].name;
    file.write(fmt::format("{},{},{},{:.3f},{},{},{}\n", csv_field(reasons.table.ids.text(customer)), reasons.labels[customer],
                           csv_field(reasons.names[static_cast<std::size_t>(reasons.labels[customer])].name), reason.certainty, csv_field(next),
                           csv_field(reason_text(reasons, customer)), csv_field(move_text(reasons, customer))));
  }
}

}  // namespace coterie
