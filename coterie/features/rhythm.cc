// When a customer is active.
#include "coterie/base/time.h"
#include "coterie/features/feature.h"

namespace coterie {

double days_from(double since_ms, std::int64_t log_end_ms) { return static_cast<double>(floor_divide(log_end_ms - static_cast<std::int64_t>(since_ms), ms_per_day)); }

double last_event_ms(const History& history) { return static_cast<double>(history.events.back().time_ms); }
double recency_days(const History& history) { return days_from(last_event_ms(history), history.log_end_ms); }

double tenure_days(const History& history) {
  return static_cast<double>(floor_divide(history.events.back().time_ms - history.events.front().time_ms, ms_per_day));
}

}  // namespace coterie
