// membership.csv: what is known of a customer beyond the number of the segment.
#pragma once

#include <cstdint>
#include <span>

#include "coterie/base/output_file.h"
#include "coterie/cluster/fitted.h"
#include "coterie/table/customer_table.h"

namespace coterie {

// "<id column>,cluster,<name>,...": a row a customer, whose values are row row_of[customer] of the membership. Six digits; NaN is blank.
void write_membership(OutputFile& file, const CustomerTable& table, std::span<const std::int32_t> labels, const Membership& membership, std::span<const std::uint32_t> row_of);

}  // namespace coterie
