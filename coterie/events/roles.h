// Which column is who, when, what, how much: found by name and by content, never silently.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "coterie/source/dialect.h"
#include "coterie/source/parse_amount.h"
#include "coterie/source/parse_date.h"

namespace coterie {

enum class Role { time, event_type, product, product_name, category, brand, price, customer, session, quantity, invoice, amount };
constexpr int role_count = 12;
const char* name_of(Role role);  // "event_type": as in --role event_type=COLUMN
std::optional<Role> role_from_name(const std::string& name);

// What a row of a log is: something a customer did, or a line of an order.
enum class LogKind { events, orders };
// The roles that columns of such a log can play, in the order in which they are shown.
std::span<const Role> roles_of(LogKind kind);
// events: time, event_type and customer; orders: time and customer, and one of price (of a piece) and amount (of the line).
bool is_required(Role role, LogKind kind);

struct RoleChoice {
  int column = -1;          // -1: no column plays this role
  double confidence = 0;    // 0..1: 0.6 of it from the name, 0.4 from the content; 1 when given by the user
  // "name "user_id"; 100 % of 999 values are identifiers"; without a column: why the one of that name is not it, or empty
  std::string why;
  int runner_up = -1;       // the next-best column that no other role took
  double runner_up_confidence = 0;
};

// One choice a role.
struct RoleMap {
  RoleChoice choice[role_count];
  DateFormat dates;       // of the time column's first values
  AmountFormat amounts;   // of the price's or amount's first values
  bool rounded_ids = false;  // a spreadsheet has rounded the customers' ids (source/rounded_id.h)
  const RoleChoice& of(Role role) const { return choice[static_cast<int>(role)]; }
  int column(Role role) const { return of(role).column; }
};

// A column's score for a role is 0.6 * name + 0.4 * content, both in 0..1; columns are given to roles from
// the highest score down, nothing below 0.3. `given` (role name -> column name) goes first.
// Throws Error(usage) for an unknown role or a column that is there twice in `given`, Error(missing_column) for one
// that is not there.
RoleMap find_roles(const Dialect& dialect, const std::map<std::string, std::string>& given, const std::string& path, LogKind kind = LogKind::events);

// Throws Error(missing_column) that names the required roles without a column and what columns there are.
void require_roles(const RoleMap& roles, const Dialect& dialect, const std::string& path, LogKind kind = LogKind::events);

// view, cart, remove_from_cart, purchase and their usual other spellings ("add_to_cart", "order", "Page View"), in any case.
std::optional<int> event_type_from_text(std::string_view text);

}  // namespace coterie
