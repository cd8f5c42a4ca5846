#include "coterie/model/memory_plan.h"

#include <fmt/format.h>

#include "coterie/base/error.h"
#include "coterie/base/memory.h"
#include "coterie/base/parallel.h"

namespace coterie {
namespace {

constexpr std::size_t mebibyte = std::size_t{1} << 20;
// Program, libraries, stacks; and a thread's read buffers, writer and partition at hand (measured).
constexpr std::size_t fixed = 64 * mebibyte, each_thread = 24 * mebibyte;
constexpr std::size_t least_events = 32 * mebibyte;

}  // namespace

MemoryPlan plan_memory(std::size_t limit, int threads, double copies) {
  if (limit == 0) limit = machine_memory() / 2;
  const std::size_t standing = fixed + each_thread * static_cast<std::size_t>(threads > 0 ? threads : default_threads());
  if (limit < standing + 2 * least_events)
    throw Error(ErrorKind::usage, fmt::format("--memory {} is less than this program needs", limit < 1'000'000 ? fmt::format("{}kB", limit / 1'000) : fmt::format("{}MB", limit / 1'000'000)),
                fmt::format("give at least --memory {}MB, or fewer --threads", (standing + 2 * least_events) * 21 / 20 / 1'000'000 + 1));
  const std::size_t free = limit - standing;
  return {limit, free / 2, static_cast<std::size_t>(static_cast<double>(free) / copies), free / 6 + standing - fixed, free / 4};
}

}  // namespace coterie
