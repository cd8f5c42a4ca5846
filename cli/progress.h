// One line on the terminal that says how far the work is; nothing where there is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <string>

#include "coterie/model/run.h"

class Progress {
 public:
  Progress();
  ~Progress() { clear(); }

  void follow(coterie::RunOptions& options);  // bytes and stations; must outlive what is done by them
  void bytes(std::uint64_t done, std::uint64_t total);  // from any thread
  void station(const char* name);
  void clear();

 private:
  void show(const std::string& line);

  bool on_terminal_;
  std::mutex mutex_;
  std::chrono::steady_clock::time_point next_, began_;
};
