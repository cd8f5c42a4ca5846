// From related tables of coupons (customers; claims with a date, a status or a burn date, a branch; branches, merchants,
// cities, ...) to one row a customer. Joined and counted by DuckDB; each feature is one SQL expression in coupons.cc.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "coterie/table/customer_table.h"
#include "coterie/table/related_tables.h"

namespace coterie {

struct CouponFeature {
  const char* name;
  const char* definition;
  const char* sql;      // over the claims of a customer: see coupons.cc
  const char* needs;    // a part of a claim without which it is left out: "burn_day", "branch", "merchant"; "": none
  bool basic;           // taken where the user names none
  bool is_count;
};
const std::vector<CouponFeature>& coupon_catalogue();

// Which table and column is what.
struct CouponPlan {
  std::size_t customers = 0, customer_key = 0;  // the table with a row a customer
  std::size_t claims = 0, claim_customer = 0;   // the table that refers to it and has a date
  int claim_date = -1, status = -1, burn_date = -1, coupon = -1;  // columns of claims; -1: none
  int branch = -1, merchant = -1;  // columns of claims that were given; else found by name in claims or what they refer to
  std::vector<Join> joins;
};

// By the joins (find_joins) and the names of columns. Throws Error(missing_column) when no table refers to a key of customers,
// or the claims have no date, or neither a status nor a burn date. `roles` overrules: claim_date, burn_date, status, coupon,
// branch, merchant -> column of the claims. Throws Error(usage) for another role, Error(missing_column) for a column that is not there.
CouponPlan plan_coupons(const std::vector<TextTable>& tables, std::vector<Join> joins, const std::map<std::string, std::string>& roles = {});

// The rows of each table that read_coupons uses; the others are set aside in the tables' ledgers.
std::vector<std::vector<std::size_t>> check_coupons(std::vector<TextTable>& tables, const CouponPlan& plan);

// Every customer of the table of customers, also those without a claim; words of tables that it refers to (city, gender) and its
// own columns become attributes. Rows of claims are set aside as no_customer, unknown_customer, no_time, bad_time and
// unknown_category (a status that is neither of burned, used, redeemed nor of subscribed, claimed, open, issued, active,
// expired); rows of customers as no_customer and duplicate_customer. `wanted`: names of features; those that need a part
// that is not there are left out and named in `missing`.
CustomerTable read_coupons(std::vector<TextTable>& tables, const CouponPlan& plan, const std::vector<std::string>& wanted, std::vector<std::string>& missing);

}  // namespace coterie
