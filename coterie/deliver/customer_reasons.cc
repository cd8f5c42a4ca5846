#include "coterie/deliver/customer_reasons.h"

#include <fmt/format.h>

#include <cmath>

#include "coterie/segments/feature_words.h"
#include "coterie/source/ledger.h"

namespace coterie {
namespace {

// How names and values are written: for people, or as they stand in features.parquet.
struct Style {
  std::string (*name)(std::string_view feature);
  std::string (*value)(std::string_view feature, double value);
};
constexpr Style in_words{word_of, value_text};
const Style raw{[](std::string_view feature) { return std::string(feature); },
                [](std::string_view, double value) { return std::abs(value) >= 1000 ? fmt::format("{:.0f}", value) : fmt::format("{:.3g}", value); }};

std::string reason_as(const CustomerReasons& reasons, std::size_t customer, const Style& style) {
  const RowReason& reason = reasons.of(customer);
  const auto own = static_cast<std::size_t>(reasons.labels[customer]), next = static_cast<std::size_t>(reason.next);
  std::string text;
  for (const std::int32_t column : reason.columns) {
    if (column < 0) break;
    const auto c = static_cast<std::size_t>(column);
    const std::string& feature = reasons.table.names[c];
    const auto value = [&](double v) { return style.value(feature, v); };
    const bool first = text.empty();
    text += fmt::format("{}{} {} ({}{} here, {} {})", first ? "" : "; ", style.name(feature), value(reasons.table.values.at(customer, c)), first ? "on average " : "",
                        value(reasons.profiles.clusters[own].means[c]), value(reasons.profiles.clusters[next].means[c]), first ? "among " + reasons.names[next].name : "there");
  }
  return text;
}

std::string move_as(const CustomerReasons& reasons, std::size_t customer, const Style& style) {
  const RowReason& reason = reasons.of(customer);
  if (reason.move_column < 0) return "";
  const auto column = static_cast<std::size_t>(reason.move_column);
  const std::string& feature = reasons.table.names[column];
  return fmt::format("{} {} instead of {}: {}", style.name(feature), style.value(feature, reason.move_value), style.value(feature, reasons.table.values.at(customer, column)),
                     reasons.names[static_cast<std::size_t>(reason.move_to)].name);
}

}  // namespace

std::string reason_text(const CustomerReasons& reasons, std::size_t customer) { return reason_as(reasons, customer, in_words); }
std::string move_text(const CustomerReasons& reasons, std::size_t customer) { return move_as(reasons, customer, in_words); }

void write_customer_reasons(OutputFile& file, const CustomerReasons& reasons) {
  file.write(csv_field(reasons.table.id_name) + ",cluster,segment,certainty,next_segment,reason,would_move,reason_features,would_move_features\n");
  for (std::size_t customer = 0; customer < reasons.labels.size(); ++customer) {
    const RowReason& reason = reasons.of(customer);
    const std::string next = reason.next < 0 ? "" : reasons.names[static_cast<std::size_t>(reason.next)].name;
    file.write(fmt::format("{},{},{},{:.3f},{},{},{},{},{}\n", csv_field(reasons.table.ids.text(customer)), reasons.labels[customer],
                           csv_field(reasons.names[static_cast<std::size_t>(reasons.labels[customer])].name), reason.certainty, csv_field(next),
                           csv_field(reason_text(reasons, customer)), csv_field(move_text(reasons, customer)), csv_field(reason_as(reasons, customer, raw)),
                           csv_field(move_as(reasons, customer, raw))));
  }
}

}  // namespace coterie
