// When a customer is active.
#include "coterie/base/time.h"
#include "coterie/features/feature.h"

namespace coterie {

double recency_days(const History& history) {
  return static_cast<double>(floor_divide(history.log_end_ms - history.events.back().time_ms, ms_per_day));
}

double tenure_days(const History& history) {
  return static_cast<double>(floor_divide(history.events.back().time_ms - history.events.front().time_ms, ms_per_day));
}

}  // namespace coterie
