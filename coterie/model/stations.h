// The clock of a story's stations.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

namespace coterie {

struct StationTime {
  std::string station;
  double wall_seconds = 0, cpu_seconds = 0;  // user and system, of all threads
};

// Times the stations: each lasts until the next begins.
class Stations {
 public:
  // `announce`, if any, is called with the name of each station that begins; both must outlive this.
  Stations(std::vector<StationTime>& times, const std::function<void(const char*)>& announce) : times_(times), announce_(announce) {}

  void begin(const char* name);
  void end();

 private:
  std::vector<StationTime>& times_;
  const std::function<void(const char*)>& announce_;
  std::chrono::steady_clock::time_point began_;
  double cpu_ = 0;
};

}  // namespace coterie
