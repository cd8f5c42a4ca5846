#include "coterie/cluster/kmeans_seeding.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "coterie/base/cpu.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"
#include "coterie/cluster/kmeans_kernels.h"
#include "coterie/cluster/kmeans_lloyd.h"
#include "coterie/cluster/row_sample.h"
#include "coterie/matrix/group.h"

namespace coterie {
namespace {

constexpr std::size_t most_candidates = 3;

struct Restart {
  Random random;
  std::size_t candidates_wanted;
  std::vector<double> centres = {};           // seeds so far
  HugeArray<double> squared = {};             // a row: squared distance to the nearest seed
  std::vector<double> block_mass = {};        // sum of w * squared of each block
  std::vector<double> candidates = {};        // candidates x columns
  std::vector<double> block_potentials = {};  // block x candidates: the mass if that candidate became a seed
  bool ended = false;
};

double total(std::span<const double> values) {
  double sum = 0;
  for (double v : values) sum += v;
  return sum;
}

class Seeding {
 public:
  Seeding(MatrixView x, int threads)
      : x_(x), threads_(threads), size_(lloyd_block_rows(x.rows)), blocks_(block_count(x.rows, size_)) {}

  void draw_first(Restart& restart) {
    restart.squared = HugeArray<double>(block_count(x_.rows, group_rows) * group_rows);
    std::fill(restart.squared.begin(), restart.squared.end(), 1.0);
    restart.block_mass.assign(blocks_, 0.0);
    for (std::size_t row = 0; row < x_.rows; ++row) restart.block_mass[row / size_] += x_.weight(row);
    append_row(draw_row(restart), restart.centres);
    std::fill(restart.squared.begin(), restart.squared.end(), std::numeric_limits<double>::infinity());
  }

  // One more seed for every restart: two passes over the rows, shared by all.
  void draw_next(std::vector<Restart>& restarts) {
    over_groups(restarts, [this](Restart& r, std::size_t block, std::size_t first, const double* group) {
      take_newest(r, block, first, group);
    });
    for (Restart& restart : restarts) draw_candidates(restart);
    over_groups(restarts, [this](Restart& r, std::size_t block, std::size_t first, const double* group) {
      weigh_candidates(r, block, first, group);
    });
    for (Restart& restart : restarts) keep_best(restart);
  }

 private:
  template <class Visit>
  void over_groups(std::vector<Restart>& restarts, const Visit& visit) {
    for_each_block(blocks_, threads_, [&](std::size_t block, int) {
      std::vector<double> group(group_rows * x_.columns);
      const auto [begin, end] = block_range(block, x_.rows, size_);
      for (Restart& r : restarts) r.block_mass[block] = 0;
      for (std::size_t first = begin; first < end; first += group_rows) {
        pack_group(x_, first, group.data());
        for (Restart& r : restarts)
          if (!r.ended) visit(r, block, first, group.data());
      }
    });
  }

  void take_newest(Restart& r, std::size_t block, std::size_t first, const double* group) {
    double found[group_rows];
    const double* newest = r.centres.data() + r.centres.size() - x_.columns;
    kernels_.squared_distances(group, x_.columns, newest, 1, found);
    const std::size_t count = std::min(group_rows, x_.rows - first);
    for (std::size_t i = 0; i < count; ++i) {
      r.squared[first + i] = std::min(r.squared[first + i], found[i]);
      r.block_mass[block] += x_.weight(first + i) * r.squared[first + i];
    }
  }

  void draw_candidates(Restart& r) {
    r.candidates.clear();
    r.ended = r.ended || total(r.block_mass) <= 0;
    if (r.ended) return;
    for (std::size_t c = 0; c < r.candidates_wanted; ++c) append_row(draw_row(r), r.candidates);
    r.block_potentials.assign(blocks_ * r.candidates_wanted, 0.0);
  }

  void weigh_candidates(Restart& r, std::size_t block, std::size_t first, const double* group) {
    if (r.candidates_wanted == 1) return;
    double found[group_rows * most_candidates];
    kernels_.squared_distances(group, x_.columns, r.candidates.data(), r.candidates_wanted, found);
    const std::size_t count = std::min(group_rows, x_.rows - first);
    for (std::size_t c = 0; c < r.candidates_wanted; ++c)
      for (std::size_t i = 0; i < count; ++i)
        r.block_potentials[block * r.candidates_wanted + c] +=
            x_.weight(first + i) * std::min(r.squared[first + i], found[group_rows * c + i]);
  }

  void keep_best(Restart& r) {
    if (r.ended) return;
    std::size_t best = 0;
    double least = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < r.candidates_wanted; ++c) {
      double potential = 0;
      for (std::size_t block = 0; block < blocks_; ++block) potential += r.block_potentials[block * r.candidates_wanted + c];
      if (potential < least) least = potential, best = c;
    }
    const auto from = r.candidates.begin() + static_cast<std::ptrdiff_t>(best * x_.columns);
    r.centres.insert(r.centres.end(), from, from + static_cast<std::ptrdiff_t>(x_.columns));
  }

  // A row with probability w * squared / total.
  std::size_t draw_row(Restart& r) {
    double left = r.random.uniform() * total(r.block_mass);
    std::size_t block = 0, last = 0;
    while (block + 1 < blocks_ && left >= r.block_mass[block]) left -= r.block_mass[block++];
    while (r.block_mass[block] <= 0 && block > 0) --block;  // rounding may run past the last mass
    const auto [begin, end] = block_range(block, x_.rows, size_);
    last = begin;
    for (std::size_t row = begin; row < end; ++row) {
      const double mass = x_.weight(row) * r.squared[row];
      if (mass > 0) last = row;
      if (left < mass) return row;
      left -= mass;
    }
    return last;
  }

  void append_row(std::size_t row, std::vector<double>& to) const {
    for (std::size_t j = 0; j < x_.columns; ++j) to.push_back(x_.at(row, j));
  }

  MatrixView x_;
  int threads_;
  std::size_t size_, blocks_;
  const KmeansKernels& kernels_ = kmeans_kernels(isa());
};

// Weighted mean, and the sum of w |x - mean|^2.
struct Spread {
  double weight = 0, squared = 0;
  std::vector<double> mean;
};

Spread spread_of(MatrixView x, int threads) {
  const std::size_t size = lloyd_block_rows(x.rows), blocks = block_count(x.rows, size);
  Spread spread{.mean = std::vector<double>(x.columns)};
  std::vector<double> weights(blocks), sums(blocks * x.columns), squares(blocks);
  for_each_block(blocks, threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, size);
    for (std::size_t row = begin; row < end; ++row) weights[block] += x.weight(row);
    for (std::size_t j = 0; j < x.columns; ++j)
      for (std::size_t row = begin; row < end; ++row) sums[block * x.columns + j] += x.weight(row) * x.at(row, j);
  });
  spread.weight = total(weights);
  for (std::size_t i = 0; i < sums.size(); ++i) spread.mean[i % x.columns] += sums[i];
  for (double& m : spread.mean) m /= spread.weight;
  for_each_block(blocks, threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, size);
    for (std::size_t j = 0; j < x.columns; ++j)
      for (std::size_t row = begin; row < end; ++row) {
        const double from_mean = x.at(row, j) - spread.mean[j];
        squares[block] += x.weight(row) * from_mean * from_mean;
      }
  });
  spread.squared = total(squares);
  return spread;
}

double chance_of(MatrixView x, std::size_t row, const Spread& spread, double wanted) {
  double squared = 0;
  for (std::size_t j = 0; j < x.columns; ++j) {
    const double from_mean = x.at(row, j) - spread.mean[j];
    squared += from_mean * from_mean;
  }
  const double by_distance = spread.squared > 0 ? squared / spread.squared : 0.0;
  return std::min(1.0, wanted * x.weight(row) * 0.5 * (1 / spread.weight + by_distance));
}

}  // namespace

std::size_t Seeds::complete() const {
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const auto& sequence : centres) least = std::min(least, sequence.size() / columns);
  return least;
}

Seeds seed_kmeans(MatrixView x, std::size_t k, int restarts, std::uint64_t seed, int threads) {
  Seeding seeding(x, threads);
  std::vector<Restart> states;
  for (int r = 0; r < restarts; ++r)
    states.push_back({.random = Random(seed, static_cast<std::uint64_t>(r)),
                      .candidates_wanted = r % 2 == 0 ? most_candidates : std::size_t{1}});
  for_each_block(states.size(), threads, [&](std::size_t r, int) { seeding.draw_first(states[r]); });
  for (std::size_t found = 1; found < k; ++found) seeding.draw_next(states);
  Seeds seeds{.columns = x.columns, .centres = {}};
  for (Restart& state : states) seeds.centres.push_back(std::move(state.centres));
  return seeds;
}

std::vector<double> one_seeding(MatrixView x, std::size_t k, Random& random) {
  constexpr std::size_t most_rows = 50'000;
  if (x.rows > std::max(most_rows, k)) return one_seeding(sample_rows(x, std::max(most_rows, k), Random(random.bits())).view(), k, random);
  std::vector<double> seeds = std::move(seed_kmeans(x, k, 1, random.bits(), 1).centres.front());
  while (seeds.size() < k * x.columns)
    for (std::size_t j = 0, row = random.below(x.rows); j < x.columns; ++j) seeds.push_back(x.at(row, j));
  return seeds;
}

MatrixView WeightedSample::view() const {
  MatrixView v = rows.view();
  v.weights = weights.data();
  return v;
}

WeightedSample draw_coreset(MatrixView x, std::size_t wanted, std::uint64_t seed, int threads) {
  struct Drawn {
    std::size_t row;
    double weight;
  };
  const Spread spread = spread_of(x, threads);
  const std::size_t size = lloyd_block_rows(x.rows);
  std::vector<std::vector<Drawn>> drawn(block_count(x.rows, size));
  for_each_block(drawn.size(), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, size);
    for (std::size_t row = begin; row < end; ++row) {
      const double chance = chance_of(x, row, spread, static_cast<double>(wanted));
      const double ticket = static_cast<double>(mix64(mix64(seed ^ 0xc0de5e7u) + row) >> 11) * 0x1.0p-53;
      if (ticket < chance) drawn[block].push_back({row, x.weight(row) / chance});
    }
  });
  std::size_t count = 0, next = 0;
  for (const auto& block : drawn) count += block.size();
  WeightedSample sample{.rows = Matrix(count, x.columns), .weights = HugeArray<double>(count)};
  for (const auto& block : drawn)
    for (const Drawn& d : block) {
      for (std::size_t j = 0; j < x.columns; ++j) sample.rows.at(next, j) = x.at(d.row, j);
      sample.weights[next++] = d.weight;
    }
  return sample;
}

}  // namespace coterie
