// Which column of a table of claims is what: by name and by content, with the next-best column, never silently.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "coterie/source/text_table.h"

namespace coterie {

struct CouponRole {
  const char* name;        // "burn_date": as in --role burn_date=COLUMN
  int column = -1;         // -1: none
  double confidence = 0;   // 0..1: 0.6 of it from the name, 0.4 the share of values that fit
  int runner_up = -1;      // the next-best column that no other role took
  double runner_up_confidence = 0;
  std::string why = {};    // "name "burn_date"; 100 % of 2516 values are dates"
};

// status, burn_date, claim_date and coupon, in this order: a column plays one role. `key` is the column that refers to customers.
std::vector<CouponRole> find_coupon_roles(const TextTable& claims, std::size_t key);

// What a status says, in lower case.
bool says_burned(std::string_view status);  // burned, used, redeemed
bool says_open(std::string_view status);    // subscribed, claimed, open, issued, active, expired

}  // namespace coterie
