#include "coterie/base/error.h"

#include <utility>

namespace coterie {

Error::Error(ErrorKind kind_, std::string message, std::string hint_, std::string place_)
    : std::runtime_error(std::move(message)), kind(kind_), hint(std::move(hint_)), place(std::move(place_)) {}

int exit_code(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return 2;
    case ErrorKind::missing_input: return 3;
    case ErrorKind::damaged_input: return 4;
    case ErrorKind::missing_column: return 5;
    case ErrorKind::no_usable_rows: return 6;
    case ErrorKind::memory: return 7;
    case ErrorKind::output: return 8;
    case ErrorKind::missing_library: return 9;
  }
  return 1;
}

const char* name_of(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::usage: return "usage";
    case ErrorKind::missing_input: return "missing_input";
    case ErrorKind::damaged_input: return "damaged_input";
    case ErrorKind::missing_column: return "missing_column";
    case ErrorKind::no_usable_rows: return "no_usable_rows";
    case ErrorKind::memory: return "memory";
    case ErrorKind::output: return "output";
    case ErrorKind::missing_library: return "missing_library";
  }
  return "unknown";
}

std::string text_of(const Error& error) {
  std::string text = error.place.empty() ? "" : error.place + ": ";
  text += error.what();
  if (!error.hint.empty()) text += "\n  fix: " + error.hint;
  return text;
}

}  // namespace coterie
