// customer_flags.csv: who is suspected to be a bot, of the staff, a reseller or a test, by which rules, and whether left out.
#pragma once

#include "coterie/base/output_file.h"
#include "coterie/features/flags.h"

namespace coterie {

// "<id column>,flags,rules,events,left_out": "bots|staff", "most_events_in_an_hour=731|named_staff=1".
void write_customer_flags(OutputFile& file, const CustomerFlags& flags);

// "bots 12 (most_events_in_an_hour 9, views_without_cart 4), resellers 3 (...)"; "" where nobody is flagged.
std::string text_of(const CustomerFlags& flags);

}  // namespace coterie
