#include "coterie/score/verdict_sentence.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "coterie/base/grouped_number.h"

namespace coterie {
namespace {

std::string p_text(double p) { return p <= 0.0001 ? "p <= 0.0001" : fmt::format("p = {:.2g}", p); }

// Two digits, downwards: what falls short of 0.8 does not read as 0.80.
std::string short_of(double value) { return fmt::format("{:.2f}", std::floor(100 * value) / 100); }

std::string why_unstable(const KEvidence& e) {
  if (e.half_split_agreement.mean < least_agreement)
    return fmt::format("two halves of {} customers give different segments (agreement {} of 1; {} is the least for stable)", grouped(static_cast<double>(e.stability_customers)), short_of(e.half_split_agreement.mean),
                       least_agreement);
  if (e.near_optimum && e.near_optimum->agreement < least_agreement)
    return fmt::format("there is another solution only {:.2g} % worse that agrees with it by {:.2f} of 1", 100 * e.near_optimum->excess, e.near_optimum->agreement);
  return fmt::format("one of the segments is not found again in other samples of {} customers (Jaccard {} of 1; {} is the least for stable)", grouped(static_cast<double>(e.stability_customers)), short_of(e.least_jaccard),
                     least_cluster_jaccard);
}

std::string natural(const Verdict& v, const KEvidence& e) {
  std::string text = fmt::format("{} natural segments: between any two there are clearly fewer customers than inside (separation at least {:.2f} of 1, {}), "
                                 "and they come out again (half-split agreement {:.2f}).",
                                 v.k, e.least_separation, p_text(e.most_p_value), e.half_split_agreement.mean);
  if (v.natural_groups > v.k) text += fmt::format(" They are made of {} finer natural groups (--k {}).", v.natural_groups, v.natural_k);
  return text;
}

std::string no_gaps(const KEvidence& e) {
  return fmt::format("between some of them there is no gap (separation {:.2f} of 1, {})", e.least_separation, p_text(e.most_p_value));
}

// "0 and 2; 1, 3 and 4"
std::string joined_segments(const Verdict& v) {
  std::string text;
  for (std::size_t group = 0; group < v.k; ++group) {
    std::vector<std::string> members;
    for (std::size_t c = 0; c < v.segments.size(); ++c)
      if (v.segments[c].group == group) members.push_back(std::to_string(c));
    if (members.size() < 2) continue;
    const std::string last = members.back();
    members.pop_back();
    text += fmt::format("{}{} and {}", text.empty() ? "" : "; ", fmt::join(members, ", "), last);
  }
  return text;
}

std::string partly(const Verdict& v) {
  return fmt::format("{} natural groups, cut into {} segments: there is no gap between {}; all others have clearly fewer customers between them than inside.", v.natural_groups,
                     v.k, joined_segments(v));
}

std::string other_k(const Verdict& v, const KEvidence& e) {
  const std::string problem = !e.separated ? no_gaps(e) : !e.stable ? why_unstable(e) : fmt::format("it shows {} of the groups", e.groups);
  return fmt::format("The customers fall into {} natural groups, but k = {} does not show them: {}. Run again with --k {}.", v.natural_groups, v.k, problem, v.natural_k);
}

std::string slices(const Verdict& v, const KEvidence& e) {
  return fmt::format("No natural segments (the honest number is 1): these {} are convenient slices of a continuum; {}. They are repeatable (half-split agreement {:.2f}), so use them to "
                     "organise work, not as kinds of customers.",
                     v.k, no_gaps(e), e.half_split_agreement.mean);
}

std::string tight(const Verdict& v, const KEvidence& e) {
  return fmt::format("{} tight segments, not proved to be natural: they are far closer together than data of the same kind without groups (silhouette {:.2f}; such data have {:.2f} at most) and come "
                     "out again (half-split agreement {:.2f}), but {}, as many customers share the same values. Look at what tells them apart: if it is a category known before (a city, a plan), "
                     "they are that category, not a discovery.",
                     v.k, e.silhouette.mean, e.highest_null_silhouette(), e.half_split_agreement.mean, no_gaps(e));
}

std::string not_stable(const Verdict& v, const KEvidence& e) {
  std::string text = fmt::format("No natural segments (the honest number is 1), and k = {} is not stable here: {}.", v.k, why_unstable(e));
  std::string stable;
  for (const KEvidence& other : v.table)
    if (other.stable && other.k != v.k) stable += fmt::format("{}{}", stable.empty() ? "" : ", ", other.k);
  if (!stable.empty()) text += fmt::format(" Slices that are repeatable: k = {}.", stable);
  return text;
}

std::string answer_in_words(const Verdict& v) {
  const KEvidence& e = *v.evidence(v.k);
  switch (v.answer) {
    case Answer::natural_segments: return natural(v, e);
    case Answer::partly_natural: return partly(v);
    case Answer::other_k: return other_k(v, e);
    case Answer::convenient_slices: return slices(v, e);
    case Answer::tight_without_gaps: return tight(v, e);
    case Answer::not_stable: return not_stable(v, e);
    case Answer::not_judged: break;
  }
  return {};
}

}  // namespace

std::string sentence_for(const Verdict& v) {
  if (v.numbers == 0) return answer_in_words(v);
  return answer_in_words(v) + fmt::format(" Gaps were looked for in the {} column{} of numbers alone: categories part customers by definition.", v.numbers, v.numbers == 1 ? "" : "s");
}

std::string sentence_if_not_judged(std::size_t k, std::size_t customers, std::size_t different) {
  if (k < 2) return fmt::format("No segments: {} was found among these customers.", k == 0 ? "no cluster" : "one cluster only");
  if (k > 20) return fmt::format("{} segments are not judged: with more than 20 each is too small a part of the sample.", k);
  return fmt::format("Too few customers to judge ({}, {} different): at least 30 are needed, and 10 and 2 different ones for each segment.", customers, different);
}

}  // namespace coterie
