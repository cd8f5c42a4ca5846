// The one exception of Coterie, for what cannot be done. A bad row is no Error: it is data and goes to
// the ledger (source/ledger.h). Our own mistakes are asserts.
#pragma once

#include <stdexcept>
#include <string>

namespace coterie {

enum class ErrorKind {
  usage,            // the options contradict each other or name what is not there
  missing_input,    // a file is not there or cannot be opened
  damaged_input,    // a compressed file is truncated or corrupt
  missing_column,   // a required column is not found
  no_usable_rows,   // nothing is left after cleaning
  memory,           // the memory limit is too small for this input
  output,           // an output cannot be written
  missing_library,  // an optional library (DuckDB) cannot be loaded
};

// The exit code of the program for each kind (documented in the README; never renumbered).
int exit_code(ErrorKind kind);
// The kind's name as it stands in JSON: "missing_column".
const char* name_of(ErrorKind kind);

struct Error : std::runtime_error {
  Error(ErrorKind kind_, std::string message, std::string hint_ = "", std::string place_ = "");

  ErrorKind kind;
  std::string hint;   // the fix, as an imperative: "give the column with --role time=NAME"; may be empty
  std::string place;  // "events.csv:1042:17"; may be empty
};

// The text a person sees: "place: message\n  fix: hint".
std::string text_of(const Error& error);

}  // namespace coterie
