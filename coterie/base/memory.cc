#include "coterie/base/memory.h"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <map>
#include <mutex>
#include <string>

#include "coterie/base/error.h"

namespace coterie {
namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;
std::atomic<std::size_t> in_use = 0;

// Freed huge pages, kept for the next array: they are there already, and a fresh page costs more than clearing
// this one. Whenever they do not do for a request all of them go back to the system first, so that the process
// never holds more than it uses and what was freed last.
class FreedPages {
 public:
  void put(std::size_t start, std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    auto next = runs_.lower_bound(start);
    if (next != runs_.begin()) {
      const auto before = std::prev(next);
      if (before->first + before->second == start) start = before->first, bytes += before->second, runs_.erase(before);
    }
    if (next != runs_.end() && start + bytes == next->first) bytes += next->second, runs_.erase(next);
    runs_.emplace(start, bytes);
  }
  // The start of a run of so many bytes, or 0.
  std::size_t take(std::size_t bytes) {
    const std::lock_guard lock(mutex_);
    for (auto run = runs_.begin(); run != runs_.end(); ++run) {
      if (run->second < bytes) continue;
      const auto [start, size] = *run;
      runs_.erase(run);
      if (size > bytes) runs_.emplace(start + bytes, size - bytes);
      return start;
    }
    for (const auto& [start, size] : runs_) munmap(reinterpret_cast<void*>(start), size);
    runs_.clear();
    return 0;
  }

 private:
  std::mutex mutex_;
  std::map<std::size_t, std::size_t> runs_;  // start -> bytes; neighbours are one
};

FreedPages& freed_pages() {
  static FreedPages pages;
  return pages;
}

std::size_t round_up(std::size_t value, std::size_t unit) { return (value + unit - 1) / unit * unit; }

void* map_pages(std::size_t bytes) {
  void* pages = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED)
    throw Error(ErrorKind::memory, fmt::format("the system refused {} MiB of memory: {}", bytes >> 20, std::strerror(errno)),
                "give a smaller --memory, or more memory to the machine");
  return pages;
}

// Whole huge pages, aligned so that the kernel can give them.
void* map_huge_pages(std::size_t bytes) {
  const auto start = reinterpret_cast<std::size_t>(map_pages(bytes + huge_page));
  const std::size_t aligned = round_up(start, huge_page), end = start + bytes + huge_page;
  if (aligned > start) munmap(reinterpret_cast<void*>(start), aligned - start);
  if (end > aligned + bytes) munmap(reinterpret_cast<void*>(aligned + bytes), end - aligned - bytes);
  madvise(reinterpret_cast<void*>(aligned), bytes, MADV_HUGEPAGE);
  return reinterpret_cast<void*>(aligned);
}

}  // namespace

void* allocate_pages(std::size_t bytes) {
  in_use += bytes;
  if (bytes < huge_page) return map_pages(bytes);
  const std::size_t whole = round_up(bytes, huge_page);
  const std::size_t start = freed_pages().take(whole);
  if (start == 0) return map_huge_pages(whole);
  std::memset(reinterpret_cast<void*>(start), 0, bytes);
  return reinterpret_cast<void*>(start);
}

void free_pages(void* pages, std::size_t bytes) {
  in_use -= bytes;
  if (bytes < huge_page) munmap(pages, bytes);
  else freed_pages().put(reinterpret_cast<std::size_t>(pages), round_up(bytes, huge_page));
}

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
