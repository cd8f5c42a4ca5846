// In which shape a shop's data comes: recognised from the columns of the files, and overruled by --shape.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "coterie/source/dialect.h"

namespace coterie {

enum class Shape {
  events,     // a row an event: who viewed, put into the cart or bought what, when
  orders,     // a row a line of an order: who bought how much of what, at which price
  coupons,    // several tables that refer to each other: customers, claims of coupons, branches, ...
  customers,  // a row a customer
};
constexpr int shape_count = 4;
const char* name_of(Shape shape);  // "events": as in --shape events
// Throws Error(usage) that lists the shapes.
Shape shape_from_name(const std::string& name);

struct ShapeGuess {
  Shape shape = Shape::events;
  std::string why;  // "a column says what kind of event each row is"
};

// By the first file's dialect, with its samples. A column of event types: events. Else a table of customers where each
// row has a customer of its own, or no column is a point in time; else orders where there is a quantity, an invoice, a price or
// an amount.
ShapeGuess recognise_shape(const Dialect& dialect, const std::string& path);

// The same for files; several with different columns are coupons. Standard input and pipes, which cannot be read twice, are
// taken for events.
ShapeGuess recognise_shape(const std::vector<std::string>& paths, char delimiter);

}  // namespace coterie
