// A feature is a short function of one customer's history, and one line in the catalogue
// (features/catalogue.cc) that says what it is. The same functions run in batch and elsewhere.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/events/history.h"
#include "coterie/events/roles.h"

namespace coterie {

enum class FeatureKind { count, money, ratio, days };

struct Feature {
  const char* name;
  FeatureKind kind;
  const char* definition;   // for people and for run.json
  double (*compute)(const History&);
  std::vector<Role> needs;  // beyond time, event_type and customer; without one the feature is left out
};

// All features, in the order of the outputs.
const std::vector<Feature>& feature_catalogue();

// Those whose columns are there.
std::vector<Feature> available_features(const bool (&has_role)[role_count]);

// The features themselves, by kind; see the catalogue for each definition.
double total_events(const History&);
double n_view(const History&);
double n_cart(const History&);
double n_purchase(const History&);
double n_sessions(const History&);
double unique_products(const History&);
double unique_categories(const History&);
double unique_brands(const History&);
double revenue(const History&);
double avg_price_purchased(const History&);
double conversion_rate(const History&);
double view_to_cart_rate(const History&);
double cart_to_purchase_rate(const History&);
double recency_days(const History&);
double tenure_days(const History&);

}  // namespace coterie
