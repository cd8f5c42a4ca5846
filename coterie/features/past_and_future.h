// What customers were until some time, and what they did after it: to see whether segments foretell anything.
//
// What: histories are cut at a time. The features are those of the events before it, as if the log had ended there; the
//   outcomes are sums over the events from then on. Only customers with an event before the cut take part.
// Sample: the `customers` customers whose mixed identifiers (tickets) are lowest, found in one pass: what is kept grows a quarter
//   beyond that, then the highest tickets go, and the highest that stays is the limit for later ones. The same customers on
//   any number of threads, partitions and orders of files.
// Cost: the features of the sample, and of about 1.1 ln(all / sample) times as many on the way.
#pragma once

#include <atomic>
#include <cstdint>
#include <mutex>
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
  // features: must live as long as the sample.
  PastAndFutureSample(std::span<const Feature> features, std::int64_t cut_ms, std::size_t customers);

  // Any order, any thread.
  void visit(const History& history);

  // The rows in the order of the tickets.
  PastAndFuture finish();

 private:
  struct Ticket {
    std::uint64_t number;
    std::size_t row;  // of values_
    bool operator<(const Ticket& other) const { return number < other.number; }
  };
  std::size_t width() const { return features_.size() + 3; }  // features, then the outcomes
  void keep(std::uint64_t ticket, std::span<const double> values);
  void keep_lowest();

  std::span<const Feature> features_;
  std::int64_t cut_ms_;
  std::size_t customers_;
  std::atomic<std::uint64_t> limit_ = ~std::uint64_t{0};  // no higher ticket is in the sample
  std::mutex mutex_;                                      // of what follows
  std::vector<Ticket> tickets_;
  std::vector<double> values_;
  std::vector<std::size_t> free_rows_;
};

}  // namespace coterie
