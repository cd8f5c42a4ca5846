// How widely a customer looks around.
#include "coterie/features/feature.h"

namespace coterie {

double unique_products(const History& history) { return static_cast<double>(count_distinct(history, &Event::product)); }
double unique_categories(const History& history) { return static_cast<double>(count_distinct(history, &Event::category)); }
double unique_brands(const History& history) { return static_cast<double>(count_distinct(history, &Event::brand)); }

}  // namespace coterie
