#include "cli/progress.h"

#include <fmt/format.h>
#include <unistd.h>

Progress::Progress() : on_terminal_(isatty(2) != 0), began_(std::chrono::steady_clock::now()) {}

void Progress::follow(coterie::RunOptions& options) {
  options.progress = [this](std::uint64_t done, std::uint64_t total) { bytes(done, total); };
  options.station = [this](const char* name) { station(name); };
}

void Progress::bytes(std::uint64_t done, std::uint64_t total) {
  if (!on_terminal_) return;
  const std::lock_guard lock(mutex_);
  const auto now = std::chrono::steady_clock::now();
  if (now < next_) return;
  next_ = now + std::chrono::milliseconds(100);
  const double seconds = std::chrono::duration<double>(now - began_).count();
  const double gigabytes = static_cast<double>(done) / 1e9;
  const std::string rate = fmt::format("{:.2f} GB/s", gigabytes / std::max(seconds, 1e-3));
  if (total == 0) show(fmt::format("reading: {:.2f} GB, {}", gigabytes, rate));
  else show(fmt::format("reading: {:3.0f} % of {:.2f} GB, {}", 100.0 * static_cast<double>(done) / static_cast<double>(total), static_cast<double>(total) / 1e9, rate));
}

void Progress::station(const char* name) {
  if (!on_terminal_) return;
  const std::lock_guard lock(mutex_);
  show(fmt::format("{} ...", name));
}

void Progress::clear() {
  if (on_terminal_) fmt::print(stderr, "\r\033[K");
}

void Progress::show(const std::string& line) {
  fmt::print(stderr, "\r\033[K{}", line);
  std::fflush(stderr);
}
