#include "coterie/deliver/membership.h"

#include <fmt/format.h>

#include <cmath>

#include "coterie/source/ledger.h"

namespace coterie {

void write_membership(OutputFile& file, const CustomerTable& table, std::span<const std::int32_t> labels, const Membership& membership, std::span<const std::uint32_t> row_of) {
  std::string text = csv_field(table.id_name) + ",cluster";
  for (const std::string& name : membership.names) text += "," + csv_field(name);
  text += '\n';
  for (std::size_t customer = 0; customer < row_of.size(); ++customer) {
    text += fmt::format("{},{}", csv_field(table.ids.text(customer)), labels[customer]);
    for (std::size_t j = 0; j < membership.names.size(); ++j) {
      const double value = membership.values.at(row_of[customer], j);
      text += std::isnan(value) ? "," : fmt::format(",{:.6g}", value);
    }
    text += '\n';
    if (text.size() < (1 << 18)) continue;
    file.write(text);
    text.clear();
  }
  file.write(text);
}

}  // namespace coterie
