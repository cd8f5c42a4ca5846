// For tests that need DuckDB: skipped where it is not installed; anything else that is wrong with it is a failure.
#pragma once

#include <gtest/gtest.h>

#include "coterie/base/error.h"
#include "coterie/source/duckdb.h"

namespace coterie {

inline bool has_duckdb() {
  try {
    duckdb_version();
    return true;
  } catch (const Error& error) {
    if (error.kind != ErrorKind::missing_library) throw;
    return false;
  }
}
#define COTERIE_NEEDS_DUCKDB() \
  if (!has_duckdb()) GTEST_SKIP() << "libduckdb.so is not here: run tools/fetch_duckdb.sh"

}  // namespace coterie
