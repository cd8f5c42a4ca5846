// Reads an event log, computes two features a customer and groups the customers by k-means.
//   consumer LOG.csv
#include <coterie/cluster/kmeans.h>
#include <coterie/events/read_events.h>
#include <coterie/features/compute.h>
#include <coterie/features/feature.h>
#include <coterie/matrix/standardise.h>

#include <cstdio>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  coterie::EventLog log = coterie::read_events({argv[1]}, {.threads = 2});
  std::vector<coterie::Feature> features;
  for (const coterie::Feature& feature : coterie::feature_catalogue())
    if (std::string(feature.name) == "total_events" || std::string(feature.name) == "revenue") features.push_back(feature);
  const coterie::CustomerTable customers = coterie::compute_features(log, features, {});
  const coterie::Matrix scaled = coterie::standardise(customers.values, coterie::fit_standardisation(customers.values));
  const coterie::KmeansResult groups = coterie::kmeans(scaled, 3, {.seed = 7});
  std::printf("%zu events, %zu customers, %zu features:", static_cast<std::size_t>(log.report.rows.used), customers.ids.size(), customers.names.size());
  for (const double size : groups.sizes) std::printf(" %.0f", size);
  std::printf("\n");
}
