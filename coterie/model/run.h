// The main job: from a shop's raw data to segments on disk.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coterie/cluster/algorithm.h"
#include "coterie/deliver/features_file.h"
#include "coterie/events/read_events.h"
#include "coterie/features/coupons.h"
#include "coterie/features/feature.h"
#include "coterie/features/flags.h"
#include "coterie/model/model.h"
#include "coterie/model/stations.h"
#include "coterie/score/choose_k.h"
#include "coterie/score/future.h"
#include "coterie/score/partition_scores.h"
#include "coterie/score/separability.h"
#include "coterie/score/verdict.h"
#include "coterie/segments/explanation.h"
#include "coterie/segments/profile.h"
#include "coterie/segments/rfm.h"

namespace coterie {

// The least size of a segment: so many customers, or such a share of all.
struct SegmentSize {
  double customers = 0, share = 0;
  double of(std::size_t all) const { return customers > 0 ? customers : share * static_cast<double>(all); }
};

// The histories that a run keeps beside its model (model/living_log.h), so that a refresh reads new rows only.
struct StoreOptions {
  std::string folder = {};     // where the store goes; "": none is kept
  std::string earlier = {};    // folder of the run whose store the inputs are added to; "": the inputs are all there is
  bool drop_repeated = false;  // events that the store holds already are set aside
};

struct RunOptions {
  std::vector<std::string> inputs;
  std::string out;                           // folder; made if it is not there
  KRange k{3, 7};
  SegmentSize least_segment = {};            // a k with a smaller one is not chosen, unless it is the only one asked for
  std::size_t most_segments = 0;             // k ends there; 0: no limit
  Algorithm algorithm = KmeansOptions{};
  std::optional<int> restarts = {};          // seedings a k; none: the algorithm's own
  std::uint64_t seed = 1;
  std::optional<Shape> shape = {};           // none: recognised
  std::map<std::string, std::string> roles = {}; // role -> column
  ColumnChoices columns = {};                // of tables of customers
  std::vector<std::string> joins = {};       // of related tables: "transactions.branch=branches.id"; the rest is found
  OrderRules orders = {};                    // returns and equal rows of order lines
  std::optional<DateOrder> date_order = {};  // none: guessed
  std::optional<std::int64_t> today_ms = {}; // what recency counts to; none: the last event, of orders one day later
  RfmTies rfm_ties = RfmTies::alike;
  FlagOptions flags = {};                    // of logs: bots, staff, resellers, test orders
  std::string feature_set = "basic";         // of logs: basic, all, or names with commas between
  std::vector<Derivation> derived = {};      // further columns, as SQL over the customer table
  std::vector<std::string> filters = {};     // SQL: only customers for whom each is true
  ScalingMethod scaling = ScalingMethod::z;
  char delimiter = 0;                        // 0: guessed
  std::int64_t as_of_ms = INT64_MAX;         // the state at this time: later events are set aside
  StoreOptions store = {};
  std::string identities_of = {};            // folder of an earlier run whose segments keep number and name; "": none
  FeatureFormat features = FeatureFormat::parquet;
  std::string names = {};                    // file of rules for names and actions; "": those that come with Coterie
  bool reasons = false;                      // also customer_reasons.csv
  bool silhouettes = false;                  // also a silhouette for each customer, in membership.csv
  int threads = 0;
  std::size_t memory_bytes = 0;              // 0: half of the machine; the process stays below
  std::string spill_directory = "/tmp";
  std::function<void(std::uint64_t done, std::uint64_t total)> progress = {}; // raw bytes read; total 0: unknown
  std::function<void(const char* station)> station = {};                  // a station begins
};

struct RunResult {
  ReadReport read;
  std::uint64_t spilled_bytes = 0;
  std::vector<Feature> features;                  // of histories
  std::vector<CouponFeature> coupon_features;     // of related tables
  std::size_t customers = 0, different_rows = 0;
  Model model;
  KChoice choice;    // by the silhouette; choice.chosen is the k of the verdict
  Verdict verdict;
  PartitionScoresTable scores;     // further scores of each k
  std::optional<Separability> separability;  // of the chosen clustering; none for less than two clusters
  FutureTest future;              // segments of the first three quarters of the time, against the last
  std::int64_t future_cut_ms = 0; // where it was cut
  Profiles profiles;
  RfmScores rfm;                   // of order lines, where recency, frequency and monetary are features; else empty
  Explanation explanation;
  CustomerFlags flags;             // of logs
  std::vector<std::string> notes;  // what the user should know: features left out, k cut to the data, ...
  std::string store_id;            // of the store that is kept; else empty
  std::string model_of;            // folder of the run whose model it is; empty where it was fitted here
  std::vector<StationTime> times;
  std::size_t peak_memory_bytes = 0;
};

// Reads, segments, judges and writes customer_segments.csv, segment_summary.csv, k_table.csv, segments.sql, report.html,
// features.parquet (or .csv), customer_reasons.csv if asked for, membership.csv and tree.csv where the algorithm has them, model.json, rejects.csv and, last, run.json. Nothing is written when it fails.
RunResult run(const RunOptions& options);

struct AssignOptions {
  std::vector<std::string> inputs;
  std::string model;                         // folder
  std::string out = {};                      // CSV file, or "-"
  std::string rejects_path = {};             // "": rows set aside are counted, not listed
  std::map<std::string, std::string> roles = {};
  std::vector<std::string> joins = {};
  OrderRules orders = {};
  std::optional<DateOrder> date_order = {};
  std::optional<std::int64_t> today_ms = {};
  char delimiter = 0;
  std::int64_t as_of_ms = INT64_MAX;
  StoreOptions store = {};                   // of refresh; assign itself keeps none
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
