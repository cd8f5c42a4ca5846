#include "cli/comparison.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "cli/options.h"
#include "coterie/model/comparison_files.h"

namespace {

using coterie::Comparison;

std::string name_of_earlier(const Comparison& c, std::size_t a) { return a < c.earlier.model.k ? c.earlier.model.segments[a].name : coterie::no_segment; }
std::string name_of_later(const Comparison& c, std::size_t b) { return b < c.later.model.k ? c.later.model.segments[b].name : coterie::no_segment; }

// A row a name of `from`, a column a name of `to`.
void print_matrix(const char* corner, const std::vector<std::string>& from, const std::vector<std::string>& to, const std::vector<std::vector<std::uint64_t>>& matrix) {
  std::size_t first = std::string(corner).size();
  for (const std::string& name : from) first = std::max(first, name.size());
  fmt::print("{:<{}}", corner, first);
  for (const std::string& name : to) fmt::print("  {:>9}", name);
  fmt::print("\n");
  for (std::size_t a = 0; a < from.size(); ++a) {
    fmt::print("{:<{}}", from[a], first);
    for (std::size_t b = 0; b < to.size(); ++b) fmt::print("  {:>{}}", grouped(matrix[a][b]), std::max<std::size_t>(9, to[b].size()));
    fmt::print("\n");
  }
}

void print_movement(const Comparison& c) {
  std::vector<std::string> from, to;
  for (std::size_t a = 0; a <= c.earlier.model.k; ++a) from.push_back(name_of_earlier(c, a));
  for (std::size_t b = 0; b <= c.later.model.k; ++b) to.push_back(name_of_later(c, b));
  print_matrix("from / to", from, to, c.movement);
  fmt::print("{} customers stayed, {} moved, {} entered, {} left\n", grouped(c.stayed()), grouped(c.moved()), grouped(c.entered()), grouped(c.left()));
}

std::string names(const std::vector<std::size_t>& clusters, const coterie::SavedRun& run) {
  std::string text;
  for (const std::size_t cluster : clusters) text += fmt::format("{}\"{}\"", text.empty() ? "" : ", ", run.model.segments[cluster].name);
  return text;
}

void print_agreement(const coterie::LabelAgreement& a) {
  if (a.customers == 0) return;
  fmt::print("agreement of the labels of {} customers (1 = the same, 0 = as by chance): ARI {:.4f}, AMI {:.4f}, NMI {:.4f}, Fowlkes-Mallows {:.4f}\n", grouped(a.customers), a.adjusted_rand,
             a.adjusted_mutual_information, a.normalised_mutual_information, a.fowlkes_mallows);
}

// What became of each segment, where it did not simply go on.
void print_fates(const Comparison& c) {
  for (std::size_t a = 0; a < c.earlier.model.k; ++a) {
    const std::string own = name_of_earlier(c, a), linked = names(c.matches.linked_after[a], c.later);
    const auto b = c.matches.successor[a];
    if (c.matches.fate_before[a] == coterie::Fate::split) fmt::print("\"{}\" split into {}\n", own, linked);
    else if (c.matches.fate_before[a] == coterie::Fate::merged) fmt::print("\"{}\" merged into {}\n", own, linked);
    else if (c.matches.fate_before[a] == coterie::Fate::died) fmt::print("the earlier \"{}\" died\n", own);
    else if (b && name_of_later(c, *b) != own) fmt::print("\"{}\" is now called \"{}\"\n", own, name_of_later(c, *b));
  }
  for (std::size_t b = 0; b < c.later.model.k; ++b)
    if (c.matches.fate_after[b] == coterie::Fate::born) fmt::print("a new segment, \"{}\", was born\n", name_of_later(c, b));
}

void print_drift(const Comparison& c) {
  std::string shifted;
  for (const coterie::FeatureDrift& drift : c.drift)
    if (!drift.segment && drift.stability.shift() != coterie::Shift::none)
      shifted += fmt::format("{}{} (PSI {:.2f})", shifted.empty() ? "" : ", ", drift.feature, drift.stability.index);
  fmt::print("shifted features: {}\n", shifted.empty() ? "none" : shifted);
  fmt::print("{}", c.refit_is_due ? "a refit is due: " : c.same_model ? "no refit is due: " : "");
  for (std::size_t r = 0; r < c.reasons.size(); ++r) fmt::print("{}{}", r == 0 ? "" : "; ", c.reasons[r]);
  fmt::print("\n");
}

void print_label_file(const coterie::LabelFile& file) {
  fmt::print("{}: {} customers by {}, {} labels by {}", file.path, grouped(file.customers), file.id_column, file.labels.size(), file.label_column);
  const char* before = "; rows left out: ";
  for (const auto& [count, what] : {std::pair(file.without_id, "without an id"), std::pair(file.without_label, "without a label"), std::pair(file.bad_rows, "not of the table's form")})
    if (count > 0) fmt::print("{}{} {}", std::exchange(before, ", "), grouped(count), what);
  fmt::print("\n");
}

}  // namespace

void print_comparison(const coterie::LabelComparison& c) {
  constexpr std::size_t most_shown = 30;
  print_label_file(c.a), print_label_file(c.b);
  std::vector<std::string> from = c.a.labels, to = c.b.labels;
  from.push_back(coterie::no_segment), to.push_back(coterie::no_segment);
  if (std::max(from.size(), to.size()) <= most_shown + 1) print_matrix("first / second", from, to, c.matrix);
  else fmt::print("the matrix is not shown: more than {} labels\n", most_shown);
  fmt::print("{} customers in both, {} only in the first, {} only in the second\n", grouped(c.agreement.customers), grouped(c.only_in_a()), grouped(c.only_in_b()));
  print_agreement(c.agreement);
}

void print_comparison(const Comparison& comparison) {
  print_movement(comparison);
  print_agreement(comparison.agreement);
  print_fates(comparison);
  print_drift(comparison);
}
