#include "coterie/model/stations.h"

#include <sys/resource.h>

namespace coterie {
namespace {

double cpu_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) { return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec); };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

void Stations::begin(const char* name) {
  end();
  times_.push_back({name, 0, 0});
  if (announce_) announce_(name);
}

void Stations::end() {
  const auto now = std::chrono::steady_clock::now();
  const double cpu = cpu_seconds();
  if (!times_.empty()) {
    times_.back().wall_seconds = std::chrono::duration<double>(now - began_).count();
    times_.back().cpu_seconds = cpu - cpu_;
  }
  began_ = now, cpu_ = cpu;
}

}  // namespace coterie
