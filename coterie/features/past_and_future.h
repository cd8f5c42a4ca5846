// What customers were until some time, and what they did after it: to see whether segments foretell anything.
//
// What: histories are cut at a time. The features are those of the events before it, as if the log had ended there; the
//   outcomes are sums over the events from then on. Only customers with an event before the cut take part.
// Sample: the `customers` customers whose mixed identifiers are lowest, found in one pass with a heap a worker; the same
//   ones on any number of threads, partitions and orders of files.
// Cost: the features of the sample, and of about ln(all / sample) times as many on the way.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "coterie/base/matrix.h"
#include "coterie/features/feature.h"

namespace coterie {

struct PastAndFuture {
  Matrix features;                // customers x features, of the events before the cut
  std::vector<double> revenue;    // sum of the prices of purchases from the cut on
  std::vector<double> purchases;  // their number
  std::vector<double> events;     // all events from the cut on
};

class PastAndFutureSample {
 public:
  // features: must live as long as the sample. threads: workers that will call visit() (0: all processors).
  PastAndFutureSample(std::span<const Feature> features, std::int64_t cut_ms, std::size_t customers, int threads);

  // Any order, from worker's thread only.
  void visit(const History& history, int worker);

  // The rows in the order of the mixed identifiers.
  PastAndFuture finish();

 private:
  struct Customer {
    std::uint64_t ticket;
    std::vector<double> values;  // features, then the outcomes
    bool operator<(const Customer& other) const { return ticket < other.ticket; }
  };
  std::span<const Feature> features_;
  std::int64_t cut_ms_;
  std::size_t customers_;
  std::vector<std::vector<Customer>> heaps_;  // a worker: the highest ticket in front
};

}  // namespace coterie
