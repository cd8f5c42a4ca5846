// What: hash column by column (streaming), partition (hash, row) by the top bits, find the first row of each hash in a
// small table a partition, number the first rows in order, gather, and compare every row with its unique row.
// Cost: three streaming passes over x and a few random reads a row, which mostly hit the cache.
// Tested by equal_rows_test.cc against a std::map of rows.
#include "coterie/matrix/equal_rows.h"

#include <algorithm>
#include <atomic>
#include <bit>
#include <limits>
#include <vector>

#include "coterie/base/error.h"
#include "coterie/base/parallel.h"
#include "coterie/base/random.h"

namespace coterie {
namespace {

constexpr std::size_t block_rows = 1 << 15;
constexpr std::size_t tile_rows = 1024;  // hashes of a tile stay in the L1 cache while columns stream by

struct HashedRow {
  std::uint64_t hash;
  std::uint32_t row;
};

std::uint64_t bits_of(double value) { return std::bit_cast<std::uint64_t>(value + 0.0); }  // -0 + 0 is 0

void hash_rows(MatrixView x, std::size_t begin, std::size_t end, std::uint64_t seed, std::uint64_t* hashes) {
  std::fill(hashes, hashes + (end - begin), mix64(seed));
  for (std::size_t j = 0; j < x.columns; ++j) {
    const double* column = x.values + j * x.stride + begin;
    for (std::size_t i = 0; i < end - begin; ++i) {
      const std::uint64_t h = (hashes[i] ^ bits_of(column[i])) * 0x9e3779b97f4a7c15u;
      hashes[i] = h ^ (h >> 32);
    }
  }
  for (std::size_t i = 0; i < end - begin; ++i) hashes[i] = mix64(hashes[i]);
}

struct Partitions {
  HugeArray<HashedRow> rows;        // by partition, within it in the order of x
  std::vector<std::size_t> starts;  // partitions + 1
};

int partition_bits(std::size_t rows) {
  const int bits = std::bit_width(rows >> 12);  // about 4,096 rows each
  return std::clamp(bits, 1, 12);
}

Partitions partition_by_hash(MatrixView x, std::uint64_t seed, int threads) {
  const int shift = 64 - partition_bits(x.rows);
  const std::size_t count = std::size_t{1} << (64 - shift), blocks = block_count(x.rows, block_rows);
  HugeArray<std::uint64_t> hashes(x.rows);
  std::vector<std::size_t> places(blocks * count);  // first the count, then the place of the next row
  for_each_block(blocks, threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, block_rows);
    for (std::size_t row = begin; row < end; row += tile_rows)
      hash_rows(x, row, std::min(row + tile_rows, end), seed, hashes.data() + row);
    for (std::size_t row = begin; row < end; ++row) ++places[block * count + (hashes[row] >> shift)];
  });
  Partitions partitions{HugeArray<HashedRow>(x.rows), std::vector<std::size_t>(count + 1)};
  std::size_t next = 0;
  for (std::size_t p = 0; p < count; ++p) {
    partitions.starts[p] = next;
    for (std::size_t block = 0; block < blocks; ++block) next += std::exchange(places[block * count + p], next);
  }
  partitions.starts[count] = next;
  for_each_block(blocks, threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, x.rows, block_rows);
    for (std::size_t row = begin; row < end; ++row)
      partitions.rows[places[block * count + (hashes[row] >> shift)]++] = {hashes[row], static_cast<std::uint32_t>(row)};
  });
  return partitions;
}

// first_of_row[row] = the first row of x with the same hash.
void find_first_rows(std::span<const HashedRow> rows, std::vector<HashedRow>& table, HugeArray<std::uint32_t>& first_of_row) {
  constexpr std::uint32_t empty = std::numeric_limits<std::uint32_t>::max();
  const std::size_t slots = std::bit_ceil(rows.size() * 2 + 1);
  table.assign(slots, {0, empty});
  for (const HashedRow& r : rows) {
    std::size_t slot = r.hash & (slots - 1);
    while (table[slot].row != empty && table[slot].hash != r.hash) slot = (slot + 1) & (slots - 1);
    if (table[slot].row == empty) table[slot] = r;
    first_of_row[r.row] = table[slot].row;
  }
}

// Turns first rows into numbers of unique rows, in place; returns the first rows by number.
HugeArray<std::uint32_t> number_first_rows(HugeArray<std::uint32_t>& of_row, std::size_t& unique) {
  HugeArray<std::uint32_t> first_rows(of_row.size());
  unique = 0;
  for (std::size_t row = 0; row < of_row.size(); ++row) {
    const bool first = of_row[row] == row;
    if (first) first_rows[unique] = static_cast<std::uint32_t>(row);
    of_row[row] = first ? static_cast<std::uint32_t>(unique++) : of_row[of_row[row]];
  }
  return first_rows;
}

void gather_rows(MatrixView x, const HugeArray<std::uint32_t>& first_rows, Matrix& rows, int threads) {
  for_each_block(block_count(rows.rows(), block_rows), threads, [&](std::size_t block, int) {
    const auto [begin, end] = block_range(block, rows.rows(), block_rows);
    for (std::size_t j = 0; j < x.columns; ++j) {
      const auto from = x.column(j);
      const auto to = rows.column(j);
      for (std::size_t u = begin; u < end; ++u) to[u] = from[first_rows[u]] + 0.0;
    }
  });
}

bool every_row_equals_its_unique(MatrixView x, const EqualRows& merged, int threads) {
  std::atomic<bool> equal = true;
  // A column at a time: its unique values (half of it) then stay in the last-level cache.
  const std::size_t blocks = block_count(x.rows, block_rows);
  for_each_block(blocks * x.columns, threads, [&](std::size_t task, int) {
    const auto [begin, end] = block_range(task % blocks, x.rows, block_rows);
    const auto values = x.column(task / blocks), unique = merged.rows.column(task / blocks);
    std::uint64_t difference = 0;
    for (std::size_t row = begin; row < end; ++row)
      difference |= bits_of(values[row]) ^ std::bit_cast<std::uint64_t>(unique[merged.unique_of_row[row]]);
    if (difference != 0) equal = false;
  });
  return equal;
}

EqualRows merge_by_hash(MatrixView x, std::uint64_t seed, int threads) {
  EqualRows merged{.rows = {}, .weights = {}, .unique_of_row = HugeArray<std::uint32_t>(x.rows)};
  {
    const Partitions partitions = partition_by_hash(x, seed, threads);
    std::vector<std::vector<HashedRow>> tables(static_cast<std::size_t>(threads));
    for_each_block(partitions.starts.size() - 1, threads, [&](std::size_t p, int worker) {
      const std::size_t begin = partitions.starts[p], end = partitions.starts[p + 1];
      find_first_rows({partitions.rows.data() + begin, end - begin}, tables[static_cast<std::size_t>(worker)], merged.unique_of_row);
    });
  }
  std::size_t unique = 0;
  const auto first_rows = number_first_rows(merged.unique_of_row, unique);
  merged.rows = Matrix(unique, x.columns);
  gather_rows(x, first_rows, merged.rows, threads);
  return merged;
}

}  // namespace

MatrixView EqualRows::view() const {
  MatrixView v = rows.view();
  v.weights = weights.data();
  return v;
}

EqualRows merge_equal_rows(MatrixView x, int threads) {
  if (x.rows >= std::numeric_limits<std::uint32_t>::max())
    throw Error(ErrorKind::usage, "at most 4,294,967,294 rows can be merged at once", "split the table");
  if (threads <= 0) threads = default_threads();
  std::uint64_t seed = 0;
  EqualRows merged = merge_by_hash(x, seed, threads);
  while (!every_row_equals_its_unique(x, merged, threads)) merged = merge_by_hash(x, ++seed, threads);
  merged.weights = HugeArray<double>(merged.rows.rows());
  for (std::size_t row = 0; row < x.rows; ++row) merged.weights[merged.unique_of_row[row]] += x.weight(row);
  return merged;
}

std::vector<std::uint32_t> first_rows(const EqualRows& merged) {
  std::vector<std::uint32_t> first;
  first.reserve(merged.rows.rows());
  // Unique rows are numbered by first appearance, so a new number is always the next one.
  for (std::size_t row = 0; row < merged.unique_of_row.size(); ++row)
    if (merged.unique_of_row[row] == first.size()) first.push_back(static_cast<std::uint32_t>(row));
  return first;
}

}  // namespace coterie
