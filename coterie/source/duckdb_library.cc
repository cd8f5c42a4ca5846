#include "coterie/source/duckdb_library.h"

#include <dlfcn.h>
#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "coterie/base/error.h"

#if __has_include(<duckdb.h>)
#include <duckdb.h>
static_assert(sizeof(duckdb_result) == sizeof(coterie::duckdb_library::Result));
static_assert(sizeof(duckdb_string_t) == sizeof(coterie::duckdb_library::Text));
static_assert(sizeof(duckdb_hugeint) == sizeof(coterie::duckdb_library::HugeInt));
static_assert(sizeof(duckdb_type) == sizeof(int) && sizeof(duckdb_state) == sizeof(int));
static_assert(int{DuckDBSuccess} == coterie::duckdb_library::success);
static_assert(int{DUCKDB_TYPE_DECIMAL} == coterie::duckdb_library::decimal);
static_assert(int{DUCKDB_TYPE_TIMESTAMP_TZ} == coterie::duckdb_library::timestamp_tz);
static_assert(int{DUCKDB_ERROR_OUT_OF_MEMORY} == coterie::duckdb_library::error_out_of_memory);
#endif

namespace coterie::duckdb_library {
namespace {

std::string beside_the_program() {
  std::error_code ignored;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", ignored);
  return (program.parent_path().parent_path() / "lib" / "coterie" / "libduckdb.so").string();
}

// A wish by $COTERIE_DUCKDB is obeyed or reported, never replaced by another library.
std::vector<std::string> places() {
  if (const char* wish = std::getenv("COTERIE_DUCKDB"); wish != nullptr && *wish != '\0') return {wish};
  return {beside_the_program(), COTERIE_DUCKDB_BUILD_PATH, "libduckdb.so"};
}

[[noreturn]] void fail(const std::string& reasons) {
  throw Error(ErrorKind::missing_library, "DuckDB's library cannot be loaded:" + reasons,
              "run tools/fetch_duckdb.sh, or set COTERIE_DUCKDB to the path of libduckdb.so (1.4 or later)");
}

void* load_library() {
  std::string reasons;
  for (const std::string& place : places()) {
    if (void* library = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL)) return library;
    reasons += fmt::format("\n    {}", dlerror());
  }
  fail(reasons);
}

template <class Function>
void find(void* library, const char* name, Function*& function) {
  function = reinterpret_cast<Function*>(dlsym(library, name));
  if (function == nullptr) fail(fmt::format("\n    it has no function {}: the version is too old", name));
}

Functions load() {
  Functions functions;
  void* library = load_library();
#define COTERIE_FIND(returned, name, ...) find(library, #name, functions.name);
  COTERIE_DUCKDB_FUNCTIONS(COTERIE_FIND)
#undef COTERIE_FIND
  return functions;
}

}  // namespace

const Functions& functions() {
  static const Functions loaded = load();
  return loaded;
}

}  // namespace coterie::duckdb_library
