#include "cli/comparison.h"

#include <fmt/format.h>

#include <algorithm>

#include "cli/options.h"
#include "coterie/model/comparison_files.h"

namespace {

using coterie::Comparison;

std::string name_of_earlier(const Comparison& c, std::size_t a) { return a < c.earlier.model.k ? c.earlier.model.segments[a].name : coterie::no_segment; }
std::string name_of_later(const Comparison& c, std::size_t b) { return b < c.later.model.k ? c.later.model.segments[b].name : coterie::no_segment; }

void print_movement(const Comparison& c) {
  std::size_t first = 9;
  for (std::size_t a = 0; a < c.earlier.model.k; ++a) first = std::max(first, name_of_earlier(c, a).size());
  fmt::print("{:<{}}", "from / to", first);
  for (std::size_t b = 0; b <= c.later.model.k; ++b) fmt::print("  {:>9}", name_of_later(c, b));
  fmt::print("\n");
  for (std::size_t a = 0; a <= c.earlier.model.k; ++a) {
    fmt::print("{:<{}}", name_of_earlier(c, a), first);
    for (std::size_t b = 0; b <= c.later.model.k; ++b) fmt::print("  {:>{}}", grouped(c.movement[a][b]), std::max<std::size_t>(9, name_of_later(c, b).size()));
    fmt::print("\n");
  }
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

}  // namespace

void print_comparison(const Comparison& comparison) {
  print_movement(comparison);
  print_agreement(comparison.agreement);
  print_fates(comparison);
  print_drift(comparison);
}
