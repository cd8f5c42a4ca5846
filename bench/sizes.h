// The sizes that a benchmark measures: those of its arguments, or else a small one with --smoke and its usual ones without.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string_view>
#include <utility>
#include <vector>

namespace coterie::bench {

// Exit code: 0 where run(rows) was true for each size.
template <class Run>
int run_sizes(int argc, char** argv, std::size_t small, std::vector<std::size_t> usual, Run&& run) {
  std::vector<std::size_t> sizes;
  bool smoke = false;
  for (int i = 1; i < argc; ++i) {
    if (argv[i] == std::string_view("--smoke")) smoke = true;
    else sizes.push_back(std::strtoull(argv[i], nullptr, 10));
  }
  if (sizes.empty()) sizes = smoke ? std::vector{small} : std::move(usual);
  bool all_right = true;
  for (const std::size_t rows : sizes) all_right = run(rows) && all_right;
  return all_right ? 0 : 1;
}

}  // namespace coterie::bench
