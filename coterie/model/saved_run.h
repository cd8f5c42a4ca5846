// What coterie run left in its folder, read back: the model, and the segment of each customer.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/model/model.h"
#include "coterie/table/customer_table.h"

namespace coterie {

struct SavedRun {
  std::string folder;
  Model model;
  std::string id_name;               // the header of the customer column
  CustomerIds ids;                   // in the order of customer_segments.csv
  std::vector<std::int32_t> labels;  // a customer each, in [0, k)
  std::string labels_hash;           // of customer_segments.csv: see source/content_hash.h

  std::size_t customers() const { return ids.size(); }
  const std::string& segment_of(std::size_t customer) const { return model.segments[static_cast<std::size_t>(labels[customer])].name; }
};

// Throws Error(missing_input) when the folder holds no run, Error(damaged_input) when its files do not fit together or the
// customers are not in the order of their ids.
SavedRun load_saved_run(const std::string& folder);

// Throws Error(usage) when the run's customers have no ids but are numbered: then nobody can be found again in `purpose`.
void require_ids(const SavedRun& run, const std::string& purpose);

// The row of a customer by its id; views the run, which must outlive it. find() may be called from several threads.
class CustomerIndex {
 public:
  explicit CustomerIndex(const SavedRun& run);
  std::optional<std::size_t> find(std::string_view id) const;

 private:
  static std::uint64_t hash_of(std::optional<std::uint64_t> number, std::string_view id);

  // Open addressing: the upper half of the id's hash, and its row + 1; 0 is free. Half of the slots are used at most.
  const CustomerIds& ids_;
  std::vector<std::uint64_t> slots_;
};

}  // namespace coterie
