#include "coterie/table/customer_table.h"

#include <algorithm>

namespace coterie {

CustomerTable take_customers(const CustomerTable& table, const std::vector<std::size_t>& rows) {
  CustomerTable taken{.id_name = table.id_name, .ids = {}, .names = table.names, .is_count = table.is_count, .values = Matrix(rows.size(), table.names.size())};
  const auto first_text = std::lower_bound(rows.begin(), rows.end(), table.ids.numbers.size());
  taken.ids.numbers = HugeArray<std::uint64_t>(static_cast<std::size_t>(first_text - rows.begin()));
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (rows[i] < table.ids.numbers.size()) taken.ids.numbers[i] = table.ids.numbers[rows[i]];
    else taken.ids.texts.push_back(table.ids.texts[rows[i] - table.ids.numbers.size()]);
    for (std::size_t c = 0; c < table.names.size(); ++c) taken.values.at(i, c) = table.values.at(rows[i], c);
  }
  for (const Attribute& attribute : table.attributes) {
    taken.attributes.push_back({attribute.name, {}});
    for (const std::size_t row : rows) taken.attributes.back().values.push_back(attribute.values[row]);
  }
  return taken;
}

}  // namespace coterie
