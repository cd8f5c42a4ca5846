// Work in fixed blocks: the blocks depend on the data only, never on the number of threads, so a sum of
// block results in block order is the same on any machine.
#pragma once

#include <cstddef>
#include <functional>

namespace coterie {

// Threads to use when an option says 0: the processors this process may run on.
int default_threads();

// Calls fn(block, worker) once for each block in [0, blocks), from up to `threads` threads (0 = default).
// worker in [0, threads) tells which scratch space is free. Blocks are handed out in rising order.
// Of several exceptions the one of the lowest block is rethrown after all threads have stopped.
void for_each_block(std::size_t blocks, int threads, const std::function<void(std::size_t block, int worker)>& fn);

// The half-open range of block `b` when n items are cut into blocks of `size`.
struct BlockRange {
  std::size_t begin, end;
};
inline std::size_t block_count(std::size_t n, std::size_t size) { return (n + size - 1) / size; }
inline BlockRange block_range(std::size_t b, std::size_t n, std::size_t size) {
  const std::size_t begin = b * size;
  return {begin, begin + size < n ? begin + size : n};
}

}  // namespace coterie
