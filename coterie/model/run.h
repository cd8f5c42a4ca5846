// The main job: from raw event logs to segments on disk.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "coterie/cluster/kmeans.h"
#include "coterie/events/read_events.h"
#include "coterie/features/feature.h"
#include "coterie/model/model.h"
#include "coterie/score/choose_k.h"
#include "coterie/segments/explanation.h"
#include "coterie/segments/profile.h"

namespace coterie {

enum class FeatureFormat { parquet, csv };

struct RunOptions {
  std::vector<std::string> inputs;
  std::string out;                           // folder; made if it is not there
  KRange k{3, 7};
  int restarts = 10;
  std::uint64_t seed = 1;
  bool exact = false;                        // all restarts on all rows
  std::map<std::string, std::string> roles;  // role -> column
  char delimiter = 0;                        // 0: guessed
  FeatureFormat features = FeatureFormat::parquet;
  std::string names;                         // file of rules for names and actions; "": those that come with Coterie
  int threads = 0;
  std::size_t memory_bytes = 0;              // 0: half of the machine; the process stays below
  std::string spill_directory = "/tmp";
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;  // raw bytes read; total 0: unknown
  std::function<void(const char* station)> station;                       // a station begins
};

struct StationTime {
  std::string station;
  double wall_seconds = 0, cpu_seconds = 0;
};

struct RunResult {
  ReadReport read;
  std::uint64_t spilled_bytes = 0;
  std::vector<Feature> features;
  std::size_t customers = 0, different_rows = 0;
  Model model;
  KChoice choice;
  Profiles profiles;
  Explanation explanation;
  std::vector<std::string> notes;  // what the user should know: features left out, k cut to the data, ...
  std::vector<StationTime> times;
  std::size_t peak_memory_bytes = 0;
};

// Reads, segments and writes customer_segments.csv, segment_summary.csv, segments.sql, report.html, features.parquet (or
// .csv), model.json, rejects.csv and, last, run.json. Nothing is written when it fails.
RunResult run(const RunOptions& options);

struct AssignOptions {
  std::vector<std::string> inputs;
  std::string model;                         // folder
  std::string out;                           // CSV file, or "-"
  std::map<std::string, std::string> roles = {};
  char delimiter = 0;
  int threads = 0;
  std::size_t memory_bytes = 0;
  std::string spill_directory = "/tmp";
  std::function<void(std::uint64_t done, std::uint64_t total)> progress = {};
};

struct AssignResult {
  ReadReport read;
  std::vector<std::uint64_t> sizes;  // customers a cluster
  Model model;
};

// Gives each customer of new logs the segment of a fitted model; recency counts from the new log's end.
AssignResult assign_new_customers(const AssignOptions& options);

}  // namespace coterie
