#include "coterie/cluster/micro_clusters.h"

#include <algorithm>
#include <numeric>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"

namespace coterie {
namespace {

// A run of places [begin, end) of the permuted rows.
struct Cell {
  std::size_t begin, end;
  double weight = 0, inertia = 0;
  std::size_t widest = 0;  // column of largest variance
  std::vector<double> mean;
};

using Rows = std::vector<std::uint32_t>;

double mean_of(std::span<const double> column, const MatrixView& x, const Rows& rows, const Cell& cell) {
  double total = 0;
  for (std::size_t p = cell.begin; p < cell.end; ++p) total += x.weight(rows[p]) * column[rows[p]];
  return total / cell.weight;
}

double inertia_of(std::span<const double> column, double mean, const MatrixView& x, const Rows& rows, const Cell& cell) {
  double total = 0;
  for (std::size_t p = cell.begin; p < cell.end; ++p) {
    const double difference = column[rows[p]] - mean;
    total += x.weight(rows[p]) * difference * difference;
  }
  return total;
}

// Fills weight, mean, inertia and widest. A cell of equal rows has inertia 0 exactly.
void measure(const MatrixView& x, const Rows& rows, Cell& cell) {
  cell.weight = 0;
  for (std::size_t p = cell.begin; p < cell.end; ++p) cell.weight += x.weight(rows[p]);
  cell.mean.resize(x.columns);
  cell.inertia = 0;
  double most = -1;
  for (std::size_t j = 0; j < x.columns; ++j) {
    const auto column = x.column(j);
    const double first = column[rows[cell.begin]];
    const bool constant = std::all_of(rows.begin() + cell.begin, rows.begin() + cell.end,
                                      [&](std::uint32_t i) { return column[i] == first; });
    cell.mean[j] = constant ? first : mean_of(column, x, rows, cell);
    const double inertia = constant ? 0 : inertia_of(column, cell.mean[j], x, rows, cell);
    cell.inertia += inertia;
    if (inertia > most) most = inertia, cell.widest = j;
  }
}

// Splits at the mean; the rows keep their order within each half. Rounding can put the mean on an end of
// the range, where it would split nothing off: then the lowest value alone goes left.
Cell split(const MatrixView& x, Rows& rows, Cell& cell) {
  const auto column = x.column(cell.widest);
  const auto begin = rows.begin() + cell.begin, end = rows.begin() + cell.end;
  auto middle = std::stable_partition(begin, end, [&](std::uint32_t i) { return column[i] < cell.mean[cell.widest]; });
  if (middle == begin || middle == end) {
    const double low = column[*std::min_element(begin, end, [&](auto a, auto b) { return column[a] < column[b]; })];
    middle = std::stable_partition(begin, end, [&](std::uint32_t i) { return column[i] == low; });
  }
  const std::size_t at = middle - rows.begin();
  Cell right{.begin = at, .end = cell.end, .mean = {}};
  cell.end = at;
  measure(x, rows, cell);
  measure(x, rows, right);
  return right;
}

// The cells to split in this round: those with at least half of the largest inertia, largest first, so that
// a round has work for several threads and still no cell is split long before a worse one.
std::vector<std::size_t> worst_cells(const std::vector<Cell>& cells, std::size_t at_most) {
  double most = 0;
  for (const Cell& cell : cells) most = std::max(most, cell.inertia);
  std::vector<std::size_t> worst;
  for (std::size_t c = 0; c < cells.size(); ++c)
    if (cells[c].inertia > 0 && cells[c].inertia >= most / 2) worst.push_back(c);
  std::ranges::stable_sort(worst, [&](std::size_t a, std::size_t b) { return cells[a].inertia > cells[b].inertia; });
  worst.resize(std::min(worst.size(), at_most));
  return worst;
}

// rows within a cell are rising, so its first place is its first row.
MicroClusters result_of(const MatrixView& x, const Rows& rows, std::vector<Cell>& cells) {
  std::ranges::sort(cells, {}, [&](const Cell& cell) { return rows[cell.begin]; });
  MicroClusters result{Matrix(cells.size(), x.columns), {}, std::vector<int>(x.rows), 0};
  for (std::size_t c = 0; c < cells.size(); ++c) {
    for (std::size_t j = 0; j < x.columns; ++j) result.centres.at(c, j) = cells[c].mean[j];
    result.weights.push_back(cells[c].weight);
    result.inertia += cells[c].inertia;
    for (std::size_t p = cells[c].begin; p < cells[c].end; ++p) result.of_row[rows[p]] = static_cast<int>(c);
  }
  return result;
}

}  // namespace

MicroClusters micro_clusters(const MatrixView& x, const MicroOptions& options) {
  if (options.count == 0) throw Error(ErrorKind::usage, "0 micro-clusters are too few", "give at least 1");
  if (x.rows == 0) throw Error(ErrorKind::no_usable_rows, "there are no rows to compress");
  Rows rows(x.rows);
  std::iota(rows.begin(), rows.end(), 0);
  std::vector<Cell> cells{{.begin = 0, .end = x.rows, .mean = {}}};
  measure(x, rows, cells[0]);
  while (cells.size() < options.count) {
    const std::vector<std::size_t> worst = worst_cells(cells, options.count - cells.size());
    if (worst.empty()) break;
    const std::size_t old = cells.size();
    cells.resize(old + worst.size());
    for_each_block(worst.size(), options.threads,
                   [&](std::size_t w, int) { cells[old + w] = split(x, rows, cells[worst[w]]); });
  }
  return result_of(x, rows, cells);
}

}  // namespace coterie
