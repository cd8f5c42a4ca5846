// customer_reasons.csv: for each customer the segment, how sure that is, why, and what would move them.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "coterie/base/output_file.h"
#include "coterie/segments/name.h"
#include "coterie/segments/profile.h"
#include "coterie/segments/reasons.h"
#include "coterie/table/customer_table.h"

namespace coterie {

// What the texts are made of; views that must live as long as they are used.
struct CustomerReasons {
  const CustomerTable& table;
  std::span<const std::int32_t> labels;               // a customer each
  std::span<const RowReason> reasons;                 // a different row each
  std::span<const std::uint32_t> reason_of_customer;  // a customer's place in them
  const Profiles& profiles;
  const std::vector<SegmentName>& names;
  bool has_noise;                                     // the last segment is noise: its averages say nothing of who is in it

  const RowReason& of(std::size_t customer) const { return reasons[reason_of_customer[customer]]; }
};

// "purchases 12 (on average 13.3 here, 1.62 among regular buyers); revenue 2,100 (2,682 here, 300 there)": the features that speak most
// for the segment against the next one, of noise those that keep it away from the nearest; of categories the share: "City: Rome (62 % here,
// 3 % among browsers)"; "" where there is none.
std::string reason_text(const CustomerReasons& reasons, std::size_t customer);
// "purchases 5 instead of 12: regular buyers", "City: Rome instead of Paris: regular buyers"; "" where no single feature moves the customer.
std::string move_text(const CustomerReasons& reasons, std::size_t customer);

// "<id column>,cluster,segment,certainty,next_segment,reason,would_move,reason_features,would_move_features": every customer
// in the order of the table; certainty with three digits; the last two say the same with the features' names and plain numbers.
void write_customer_reasons(OutputFile& file, const CustomerReasons& reasons);

}  // namespace coterie
