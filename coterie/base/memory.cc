#include "coterie/base/memory.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <mutex>
#include <string>
#include <vector>

#include "coterie/base/error.h"

namespace coterie {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20, small_array = std::size_t{1} << 18;
std::atomic<std::size_t> in_use = 0;

std::size_t round_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

void* map_pages(std::size_t bytes) {
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED)
    throw Error(ErrorKind::memory, fmt::format("the system refused {} MiB of memory: {}", bytes >> 20, std::strerror(errno)),
                "give a smaller --memory, or more memory to the machine");
  return pages;
}

// Whole huge pages, aligned so that the kernel can give them.
std::size_t map_huge_pages(std::size_t bytes) {
  const auto start = reinterpret_cast<std::size_t>(map_pages(bytes + huge_page));
  const std::size_t aligned = round_up(start, huge_page), end = start + bytes + huge_page;
  if (aligned > start) munmap(reinterpret_cast<void*>(start), aligned - start);
  if (end > aligned + bytes) munmap(reinterpret_cast<void*>(aligned + bytes), end - aligned - bytes);
  madvise(reinterpret_cast<void*>(aligned), bytes, MADV_HUGEPAGE);
  return aligned;
}

// Freed huge pages, kept for the next arrays: they are there already, and a fresh page costs more than clearing this
// one. Page tables are changed so that runs of any length make up an array; only what they do not cover is
// fresh. So the process never holds more than the most that was in use at once.
class FreedPages {
 public:
  void put(std::size_t start, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    runs_.push_back({start, bytes});
  }
  // Moves freed pages to the begin of [start, start + bytes); returns how many bytes they cover.
  std::size_t move_to(std::size_t start, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    std::size_t covered = 0;
    while (covered < bytes && !runs_.empty()) {
      Run& run = runs_.back();
      const std::size_t moved = std::min(run.bytes, bytes - covered);
      run.bytes -= moved;  // from its end
      void* const to = reinterpret_cast<void*>(start + covered);
      if (mremap(reinterpret_cast<void*>(run.start + run.bytes), moved, moved, MREMAP_MAYMOVE | MREMAP_FIXED, to) == MAP_FAILED) {
        munmap(reinterpret_cast<void*>(run.start + run.bytes), moved);
        throw Error(ErrorKind::memory, fmt::format("the system refused to move {} MiB of memory: {}", moved >> 20, std::strerror(errno)),
                    "give a smaller --memory, or more memory to the machine");
      }
      covered += moved;
      if (run.bytes == 0) runs_.pop_back();
    }
    return covered;
  }
  void give_back() {
    const std::lock_guard lock(mutex_);
    for (const Run& run : runs_) munmap(reinterpret_cast<void*>(run.start), run.bytes);
    runs_.clear();
  }

 private:
  struct Run {
    std::size_t start, bytes;
  };
  std::mutex mutex_;
  std::vector<Run> runs_;  // the last freed first: it may still be in the cache
};

FreedPages& freed_pages() {
  static FreedPages pages;
  return pages;
}

// From the heap, which has touched its pages already: thousands of small fits would spend half of their time on fresh ones.
void* allocate_small(std::size_t bytes) {
  const std::size_t whole = round_up(bytes, 64);
  void* memory = std::aligned_alloc(64, whole);
  if (memory == nullptr) throw Error(ErrorKind::memory, fmt::format("the system refused {} bytes of memory", bytes), "give more memory to the machine");
  return std::memset(memory, 0, whole);
}

}  // namespace

void* allocate_pages(std::size_t bytes) {
  in_use += bytes;
  if (bytes < small_array) return allocate_small(bytes);
  if (bytes < huge_page) return map_pages(bytes);
  const std::size_t whole = round_up(bytes, huge_page);
  const std::size_t start = map_huge_pages(whole);
  const std::size_t used_before = freed_pages().move_to(start, whole);
  std::memset(reinterpret_cast<void*>(start), 0, std::min(used_before, bytes));
  return reinterpret_cast<void*>(start);
}

void free_pages(void* pages, std::size_t bytes) {
  in_use -= bytes;
  if (bytes < small_array) std::free(pages);
  else if (bytes < huge_page) munmap(pages, bytes);
  else freed_pages().put(reinterpret_cast<std::size_t>(pages), round_up(bytes, huge_page));
}

void give_back_freed_pages() { freed_pages().give_back(); }

std::size_t pages_in_use() { return in_use; }

std::size_t machine_memory() {
  std::size_t bytes = static_cast<std::size_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  std::ifstream group("/sys/fs/cgroup/memory.max");
  if (std::size_t limit = 0; group >> limit) bytes = std::min(bytes, limit);
  return bytes;
}

std::size_t peak_memory() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stoull(line.substr(6)) * 1024;
  return 0;
}

}  // namespace coterie
