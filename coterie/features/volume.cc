// How much a customer does.
#include "coterie/features/feature.h"

namespace coterie {

double total_events(const History& history) { return static_cast<double>(history.events.size()); }
double n_view(const History& history) { return static_cast<double>(history.count(EventType::view)); }
double n_cart(const History& history) { return static_cast<double>(history.count(EventType::cart)); }
double n_purchase(const History& history) { return static_cast<double>(history.count(EventType::purchase)); }
double n_sessions(const History& history) { return static_cast<double>(count_distinct(history, &Event::session)); }

}  // namespace coterie
