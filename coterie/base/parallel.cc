#include "coterie/base/parallel.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace coterie {

int default_threads() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) == 0) return std::max(1, CPU_COUNT(&set));
  return std::max(1u, std::thread::hardware_concurrency());
}

void for_each_block(std::size_t blocks, int threads, const std::function<void(std::size_t, int)>& fn) {
  if (threads <= 0) threads = default_threads();
  threads = static_cast<int>(std::min<std::size_t>(threads, blocks));
  if (threads <= 1) {
    for (std::size_t block = 0; block < blocks; ++block) fn(block, 0);
    return;
  }
  std::atomic<std::size_t> next = 0;
  std::mutex failure_mutex;
  std::size_t failed_block = blocks;
  std::exception_ptr failure;
  const auto work = [&](int worker) {
    for (std::size_t block; (block = next.fetch_add(1)) < blocks;) {
      try {
        fn(block, worker);
      } catch (...) {
        const std::lock_guard lock(failure_mutex);
        if (block < failed_block) failed_block = block, failure = std::current_exception();
        next = blocks;
      }
    }
  };
  std::vector<std::jthread> others;
  for (int worker = 1; worker < threads; ++worker) others.emplace_back(work, worker);
  work(0);
  others.clear();
  if (failure) std::rethrow_exception(failure);
}

}  // namespace coterie
