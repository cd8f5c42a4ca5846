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

// A column of a category's words: its values are no and yes, its averages shares.
bool is_word(std::string_view feature) { return feature.find('=', 1) != std::string_view::npos; }

std::string value_as(std::string_view feature, double value, const Style& style) {
  if (!is_word(feature)) return style.name(feature) + " " + style.value(feature, value);
  const std::string name = style.name(feature);
  if (value > 0.5) return name;
  const std::size_t word = name.size() - (feature.size() - feature.find('=', 1) - 1);
  return name.substr(0, word) + "not " + name.substr(word);
}

std::string average_as(std::string_view feature, double mean, const Style& style) { return is_word(feature) ? fmt::format("{:.0f} %", 100 * mean) : style.value(feature, mean); }

std::string reason_as(const CustomerReasons& reasons, std::size_t customer, const Style& style) {
  const RowReason& reason = reasons.of(customer);
  const auto own = static_cast<std::size_t>(reasons.labels[customer]), next = static_cast<std::size_t>(reason.next);
  const bool is_noise = reasons.has_noise && own + 1 == reasons.names.size();
  std::string text;
  for (const std::int32_t column : reason.columns) {
    if (column < 0) break;
    const auto c = static_cast<std::size_t>(column);
    const std::string& feature = reasons.table.names[c];
    const bool first = text.empty();
    const auto average = [&](std::size_t segment) { return (is_word(feature) || !first ? "" : "on average ") + average_as(feature, reasons.profiles.clusters[segment].means[c], style); };
    const std::string here = is_noise ? average(next) : average(own) + " here, " + average_as(feature, reasons.profiles.clusters[next].means[c], style);
    text += fmt::format("{}{} ({} {})", first ? "" : "; ", value_as(feature, reasons.table.values.at(customer, c), style), here, first ? "among " + reasons.names[next].name : "there");
  }
  return text;
}

// The word that a customer has of the category of a column: "Paris" beside "City=Rome"; "" where it is that of no column.
std::string word_instead(const CustomerTable& table, std::size_t customer, std::string_view feature) {
  const std::string_view category = feature.substr(0, feature.find('=', 1) + 1);
  for (std::size_t j = 0; j < table.names.size(); ++j)
    if (table.names[j] != feature && table.names[j].starts_with(category) && table.values.at(customer, j) > 0.5) return table.names[j].substr(category.size());
  return "";
}

std::string move_as(const CustomerReasons& reasons, std::size_t customer, const Style& style) {
  const RowReason& reason = reasons.of(customer);
  if (reason.move_column < 0) return "";
  const auto column = static_cast<std::size_t>(reason.move_column);
  const std::string& feature = reasons.table.names[column];
  const std::string now = is_word(feature) ? word_instead(reasons.table, customer, feature) : style.value(feature, reasons.table.values.at(customer, column));
  return fmt::format("{}{}: {}", value_as(feature, reason.move_value, style), now.empty() ? "" : " instead of " + now, reasons.names[static_cast<std::size_t>(reason.move_to)].name);
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
