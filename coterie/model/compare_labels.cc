#include "coterie/model/compare_labels.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <numeric>
#include <optional>
#include <string_view>

#include "coterie/base/error.h"
#include "coterie/source/text_table.h"

namespace coterie {
namespace {

constexpr std::size_t most_labels = 1000;

// One customer's row, where it stands in the table.
struct Labelled {
  std::string_view id, label;
  std::size_t row = 0;
};

struct Columns {
  std::size_t id = 0, label = 1;
};

Columns columns_of(const TextTable& table, const std::string& path) {
  const std::vector<std::string>& names = table.dialect.columns;
  if (names.size() == 2) return {};
  for (const char* wanted : {"cluster", "label", "labels", "segment"})
    if (const auto at = std::ranges::find(names, wanted); names.size() > 2 && at != names.end()) {
      const auto label = static_cast<std::size_t>(at - names.begin());
      return {label == 0 ? 1u : 0u, label};
    }
  throw Error(ErrorKind::missing_column, fmt::format("{} column{}, and none of them is called cluster, label, labels or segment", names.size(), names.size() == 1 ? "" : "s"),
              "give a file with two columns, the customer's id and its label, such as customer_segments.csv of a run", path);
}

std::uint64_t line_of(const TextTable& table, std::size_t row) { return 1 + table.header_newlines + table.row_line[row]; }

// Each id once, in rising order.
void sort_by_id(const TextTable& table, const std::string& path, std::vector<Labelled>& customers) {
  std::ranges::sort(customers, {}, [](const Labelled& c) { return std::pair(c.id, c.row); });
  const auto twice = std::ranges::adjacent_find(customers, {}, &Labelled::id);
  if (twice == customers.end()) return;
  std::size_t repeated = 0;
  for (std::size_t i = 1; i < customers.size(); ++i) repeated += customers[i].id == customers[i - 1].id;
  throw Error(ErrorKind::usage, fmt::format("the id \"{}\" has a label in line {} and in line {}; {} row{} the id of another", twice->id, line_of(table, twice->row), line_of(table, twice[1].row), repeated, repeated == 1 ? " has" : "s have"),
              "give one row a customer", path);
}

std::optional<double> number_in(std::string_view text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// As numbers where all of them are, else as texts.
std::vector<std::string> different_labels(const std::vector<Labelled>& customers, const std::string& path) {
  std::vector<std::string_view> labels;
  for (const Labelled& c : customers) labels.push_back(c.label);
  std::ranges::sort(labels);
  labels.erase(std::ranges::unique(labels).begin(), labels.end());
  if (labels.size() > most_labels)
    throw Error(ErrorKind::usage, fmt::format("{} different labels: that is no grouping of customers", labels.size()), fmt::format("give at most {}; is the second column the label?", most_labels), path);
  if (std::ranges::all_of(labels, [](std::string_view l) { return number_in(l).has_value(); })) std::ranges::stable_sort(labels, {}, [](std::string_view l) { return *number_in(l); });
  return {labels.begin(), labels.end()};
}

// A file, and what is in it; the views are of the table.
struct ReadLabels {
  TextTable table;
  LabelFile file;
  std::vector<Labelled> customers;  // by rising id
  std::vector<std::size_t> numbers;  // of their labels
};

ReadLabels read_labels(const std::string& path) {
  ReadLabels read{.table = read_text_table(path), .file = {.path = path, .id_column = {}, .label_column = {}, .labels = {}}, .customers = {}, .numbers = {}};
  const Columns columns = columns_of(read.table, path);
  LabelFile& file = read.file;
  file.id_column = read.table.dialect.columns[columns.id], file.label_column = read.table.dialect.columns[columns.label];
  file.bad_rows = read.table.ledger.rows.all_set_aside();
  for (std::size_t row = 0; row < read.table.rows(); ++row) {
    const std::string_view id = trimmed(read.table.at(row, columns.id)), label = trimmed(read.table.at(row, columns.label));
    if (is_missing(id)) ++file.without_id;
    else if (is_missing(label)) ++file.without_label;
    else read.customers.push_back({id, label, row});
  }
  file.customers = read.customers.size();
  if (read.customers.empty()) throw Error(ErrorKind::no_usable_rows, "no row has an id and a label", "give a file with two columns, the customer's id and its label", path);
  sort_by_id(read.table, path, read.customers);
  file.labels = different_labels(read.customers, path);
  for (const Labelled& c : read.customers) read.numbers.push_back(static_cast<std::size_t>(std::ranges::find(file.labels, c.label) - file.labels.begin()));
  return read;
}

std::vector<std::vector<std::uint64_t>> matrix_of(const ReadLabels& a, const ReadLabels& b) {
  const std::size_t no_a = a.file.labels.size(), no_b = b.file.labels.size();
  std::vector<std::vector<std::uint64_t>> matrix(no_a + 1, std::vector<std::uint64_t>(no_b + 1));
  for (std::size_t i = 0, j = 0; i < a.customers.size() || j < b.customers.size();) {
    const bool in_a = j == b.customers.size() || (i < a.customers.size() && a.customers[i].id <= b.customers[j].id);
    const bool in_b = i == a.customers.size() || (j < b.customers.size() && b.customers[j].id <= a.customers[i].id);
    ++matrix[in_a ? a.numbers[i] : no_a][in_b ? b.numbers[j] : no_b];
    i += in_a, j += in_b;
  }
  return matrix;
}

}  // namespace

std::uint64_t LabelComparison::only_in_a() const {
  return std::accumulate(matrix.begin(), matrix.end(), std::uint64_t{0}, [](std::uint64_t sum, const auto& row) { return sum + row.back(); });
}
std::uint64_t LabelComparison::only_in_b() const { return std::accumulate(matrix.back().begin(), matrix.back().end(), std::uint64_t{0}); }

LabelComparison compare_label_files(const std::string& a, const std::string& b) {
  const ReadLabels left = read_labels(a), right = read_labels(b);
  LabelComparison comparison{left.file, right.file, matrix_of(left, right), {}};
  comparison.agreement = agreement_of(comparison.matrix);
  if (comparison.agreement.customers == 0)
    throw Error(ErrorKind::usage, fmt::format("no customer is in both files: ids are \"{}\" in {}, but \"{}\" in {}", left.customers.front().id, a, right.customers.front().id, b),
                "give files with the same customers, whose ids are written alike");
  return comparison;
}

}  // namespace coterie
