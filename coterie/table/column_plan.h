// What the columns of a customer table are, and what becomes of them: found from name and content, never silently,
// and each overruled by the user. Plans are plain data; a model keeps them and reads later tables by them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coterie/source/parse_amount.h"
#include "coterie/source/text_table.h"

namespace coterie {

enum class ColumnKind {
  id,         // the customer
  number,     // a feature
  truth,      // true or false: 1 or 0
  level,      // words with an order: bronze, silver, gold
  category,   // words without an order
  attribute,  // kept beside the features, for profiles and for [derive]; no part of clustering
  ignored,
};
const char* name_of(ColumnKind kind);  // "category": as in --column City=category

enum class Encoding {
  number,     // as it is (numbers, truths)
  one_hot,    // a column of 0 and 1 for each level; for two levels one column
  ordinal,    // the place in the order of levels, from 0
  label,      // the place in the alphabet of levels, from 0: an order that means nothing, as often published
  frequency,  // the share of fitted customers with this level
};
const char* name_of(Encoding encoding);

enum class MissingRule { drop, mean, median, most_frequent, constant, nearest };
const char* name_of(MissingRule rule);

// What becomes of a blank cell.
struct MissingPolicy {
  MissingRule rule = MissingRule::drop;  // drop: the row is set aside
  std::string constant = {};             // for MissingRule::constant
  bool flag = false;                     // one more column "NAME missing" of 0 and 1
};
// "mean", "drop", "constant:0", "median+flag". Throws Error(usage) that lists the rules; `option` is for its message.
MissingPolicy missing_policy_from_text(const std::string& text, const std::string& option);
std::string text_of(const MissingPolicy& policy);

struct ColumnPlan {
  std::string name;
  ColumnKind kind = ColumnKind::ignored;
  Encoding encoding = Encoding::number;
  MissingPolicy missing = {};
  std::vector<std::string> levels = {};  // of a truth (false, true), level or category: all there are, in order
  AmountFormat format = {};              // of a number
  bool rounded_ids = false;              // of an id: a spreadsheet has rounded it (source/rounded_id.h)
  double confidence = 0;                 // share of the values that are what `kind` says; 1 where given
  std::string why = {};                  // "100 % of 348 values are numbers"
  std::optional<ColumnKind> runner_up = {};
};

// What the user says, by name of the column.
struct ColumnChoices {
  std::map<std::string, std::string> kinds = {};      // "City" -> "category"
  std::map<std::string, std::string> orders = {};     // "Membership Type" -> "Bronze,Silver,Gold"
  std::map<std::string, std::string> encodings = {};  // "City" -> "frequency"
  std::map<std::string, std::string> missing = {};    // "Age" -> "median"; "" is for every feature
};

// A plan a column, in the order of the tables. All tables have the same columns (else Error(usage)). Kinds, in this
// order: truth if all values are words of one pair (true/false, yes/no, y/n, t/f); number if nine in ten are
// (source/parse_amount.h); level if all are of one known scale; id if the name says so and nine in ten differ;
// category with at most 50 different values that repeat; else attribute. Throws Error(missing_column) for a name
// in `choices` that is no column, Error(usage) for a kind, order or encoding that cannot be.
std::vector<ColumnPlan> plan_columns(const std::vector<TextTable>& tables, const ColumnChoices& choices);

}  // namespace coterie
