// How often the verdict is right, on populations whose truth is known (bench/populations.h).
// Usage: bench_verdict [--smoke | --repeats N --seed S --customers N --quick --list]
// A repeat is 34 populations without segments (each kind twice) and 56 with 2 to 8. The rule was tuned on seeds 1000 to 1999; what is reported
// comes from seed 60000 on. --quick leaves nulls and gaps out, which do not decide; --list prints a line a population.
#include <fmt/format.h>

#include <boost/math/special_functions/beta.hpp>
#include <cstdlib>
#include <map>
#include <string_view>
#include <vector>

#include "bench/populations.h"
#include "coterie/base/parallel.h"
#include "coterie/cluster/kmeans.h"
#include "coterie/matrix/equal_rows.h"
#include "coterie/matrix/standardise.h"
#include "coterie/score/choose_k.h"
#include "coterie/score/verdict.h"

namespace {

using namespace coterie;
using namespace coterie::bench;

struct Task {
  std::string kind;
  std::size_t segments = 1, columns = 0;
  double silhouette = 0;
  std::uint64_t seed = 0;
};

struct Outcome {
  Task task;
  double silhouette = 0;  // of the truth
  Verdict verdict;
  std::size_t by_silhouette = 0;
};

std::vector<Task> tasks_of(int repeats, std::uint64_t seed) {
  std::vector<Task> tasks;
  std::size_t next_kind = seed;
  for (int r = 0; r < repeats; ++r) {
    for (const char* kind : unsegmented_kinds)
      for (int twice = 0; twice < 2; ++twice) tasks.push_back({.kind = kind, .seed = seed++});
    for (std::size_t k = 2; k <= 8; ++k, ++next_kind)  // each silhouette meets each kind
      for (double silhouette : {0.3, 0.4, 0.5, 0.5, 0.5, 0.5, 0.6, 0.7}) {
        tasks.push_back({.kind = cloud_kinds[next_kind++ % std::size(cloud_kinds)], .segments = k, .columns = 2 + seed % 7, .silhouette = silhouette, .seed = seed});
        ++seed;
      }
  }
  return tasks;
}

Outcome judge_task(const Task& task, std::size_t customers, bool quick) {
  const Population p = task.segments > 1 ? segmented_population(task.segments, task.columns, task.silhouette, task.kind, customers, task.seed)
                                         : unsegmented_population(task.kind, customers, task.seed);
  EqualRows unique = merge_equal_rows(p.rows, 1);
  standardise_in_place(unique.rows, fit_standardisation(unique.view(), 1), 1);
  const auto sweep = kmeans_sweep(unique.view(), {2, 10}, {.threads = 1});
  std::vector<std::size_t> allowed;
  for (const auto& r : sweep) allowed.push_back(r.k);
  const KChoice choice = choose_k(unique.view(), sweep, {.threads = 1});
  VerdictOptions options{.seed = task.seed, .threads = 1};
  if (quick) options.null_drawings = 1, options.gap_references = 1;
  return {task, p.silhouette, judge(unique.view(), sweep, allowed, choice.chosen, refit_of(KmeansOptions{}, {}, static_cast<double>(customers)), options), choice.chosen};
}

void print_line(const Outcome& o) {
  const KEvidence* e = o.verdict.evidence(o.verdict.k);
  fmt::print("{},{},{},{:.2f},{},{},{},{},{}", o.task.kind, o.task.segments, o.task.columns, o.silhouette, o.task.seed, name_of(o.verdict.answer), o.verdict.k, o.verdict.natural_groups,
             o.by_silhouette);
  if (e != nullptr)
    fmt::print(",{:.3f},{:.3f},{:.3f},{:.2f},{:.3f}", e->silhouette.mean, e->least_separation, e->half_split_agreement.mean, e->hardest_null().silhouette.z,
               e->hardest_null().silhouette.p_value);
  for (const KEvidence& row : o.verdict.table)
    fmt::print(";{} groups {} sep {:.2f} half {:.2f} jac {:.2f} near {:.2f}", row.k, row.groups, row.least_separation, row.half_split_agreement.mean, row.least_jaccard, row.near_optimum->agreement);
  fmt::print("\n");
}

struct Tally {
  int populations = 0, found = 0, near_k = 0, exact_k = 0, null_rejected = 0, agreeing = 0;
};

void count(const Outcome& o, Tally& t) {
  const auto off = [&](std::size_t k) { return k > o.task.segments ? k - o.task.segments : o.task.segments - k; };
  ++t.populations;
  t.found += o.verdict.natural_groups > 1;
  t.near_k += o.verdict.natural_groups > 1 && off(o.verdict.natural_groups) <= 1;
  t.exact_k += o.verdict.natural_groups == o.task.segments;
  if (const KEvidence* e = o.verdict.evidence(o.by_silhouette)) {
    t.null_rejected += e->hardest_null().silhouette.p_value <= 0.05;
    t.agreeing += e->half_split_agreement.mean >= 0.8;
  }
}

// "part of whole, per cent (95 % interval)": Clopper, Pearson 1934.
std::string rate(int part, int whole) {
  using boost::math::ibeta_inv;
  if (whole == 0) return "";
  const double low = part == 0 ? 0 : ibeta_inv(part, whole - part + 1.0, 0.025), high = part == whole ? 1 : ibeta_inv(part + 1.0, whole - part, 0.975);
  return fmt::format("{:.1f} ({:.1f} to {:.1f})", 100.0 * part / whole, 100 * low, 100 * high);
}

void print_without(const std::map<std::string, Tally>& rows, bool quick) {
  fmt::print("| no segments | populations | called natural % | {}half-split >= 0.8 % |\n|---|---:|---:|{}---:|\n", quick ? "" : "silhouette above all nulls, p <= 0.05 % | ", quick ? "" : "---:|");
  for (const auto& [name, t] : rows)
    fmt::print("| {} | {} | {} | {}{} |\n", name, t.populations, rate(t.found, t.populations), quick ? "" : rate(t.null_rejected, t.populations) + " | ", rate(t.agreeing, t.populations));
}

template <class Key>
void print_with(const char* title, const std::map<Key, Tally>& rows) {
  fmt::print("\n| {} | populations | called natural % | right k % | within one % |\n|---|---:|---:|---:|---:|\n", title);
  for (const auto& [name, t] : rows)
    fmt::print("| {} | {} | {} | {} | {} |\n", name, t.populations, rate(t.found, t.populations), rate(t.exact_k, t.populations), rate(t.near_k, t.populations));
}

void print_tables(const std::vector<Outcome>& outcomes, bool quick) {
  std::map<std::string, Tally> without, by_kind, by_silhouette;
  std::map<std::size_t, Tally> by_segments;
  for (const Outcome& o : outcomes) {
    if (o.task.segments == 1) {
      count(o, without[o.task.kind]), count(o, without["~ all"]);
      continue;
    }
    count(o, by_silhouette[fmt::format("{:.1f}", o.silhouette)]);
    if (fmt::format("{:.1f}", o.silhouette) != "0.5") continue;
    count(o, by_kind[o.task.kind]), count(o, by_segments[o.task.segments]);
  }
  print_without(without, quick);
  print_with("planted segments, silhouette", by_silhouette);
  print_with("of silhouette 0.5: kind", by_kind);
  print_with("of silhouette 0.5: segments", by_segments);
}

}  // namespace

int main(int argc, char** argv) {
  int repeats = 6;
  std::uint64_t seed = 60000;
  std::size_t customers = 2000;
  bool list = false, smoke = false, quick = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    if (arg == "--smoke") smoke = true;
    if (arg == "--list") list = true;
    if (arg == "--quick") quick = true;
    if (arg == "--repeats" && i + 1 < argc) repeats = std::atoi(argv[++i]);
    if (arg == "--seed" && i + 1 < argc) seed = std::strtoull(argv[++i], nullptr, 10);
    if (arg == "--customers" && i + 1 < argc) customers = std::strtoull(argv[++i], nullptr, 10);
  }
  std::vector<Task> tasks = tasks_of(smoke ? 1 : repeats, seed);
  if (smoke) tasks = {tasks[0], tasks[14], tasks[32], tasks[36], tasks[46]}, customers = 600;
  std::vector<Outcome> outcomes(tasks.size());
  for_each_block(tasks.size(), 0, [&](std::size_t t, int) { outcomes[t] = judge_task(tasks[t], customers, quick || smoke || tasks[t].segments > 1); });
  if (list)
    for (const Outcome& o : outcomes) print_line(o);
  print_tables(outcomes, quick || smoke);
  return 0;
}
