// The part of DuckDB's C API that Coterie calls, loaded with dlopen. Declared here as in duckdb.h (handles as
// void*), so that building needs no DuckDB; where duckdb.h is there, duckdb_library.cc checks against it.
#pragma once

#include <cstdint>

namespace coterie::duckdb_library {

using Handle = void*;
using Index = std::uint64_t;  // idx_t
constexpr int success = 0;

enum Type : int {  // duckdb_type
  boolean = 1, tinyint = 2, smallint = 3, integer = 4, bigint = 5, utinyint = 6, usmallint = 7, uinteger = 8,
  ubigint = 9, real = 10, double_ = 11, timestamp = 12, date = 13, hugeint = 16, varchar = 17, decimal = 19,
  timestamp_tz = 31
};

enum ErrorType : int { error_io = 28, error_out_of_memory = 33, error_permission = 34 };  // duckdb_error_type

struct Result {  // duckdb_result
  Index column_count, row_count, rows_changed;
  void* columns;
  char* error_message;
  void* internal_data;
};

struct Text {  // duckdb_string_t: up to 12 bytes within, longer ones behind a pointer
  std::uint32_t length;
  char start[4];
  const char* pointer;
  const char* data() const { return length <= 12 ? start : pointer; }
};

struct HugeInt {  // duckdb_hugeint
  std::uint64_t lower;
  std::int64_t upper;
};

// X(returned, name, arguments...)
#define COTERIE_DUCKDB_FUNCTIONS(X)                                                   \
  X(const char*, duckdb_library_version, void)                                        \
  X(int, duckdb_create_config, Handle*)                                               \
  X(int, duckdb_set_config, Handle, const char*, const char*)                         \
  X(void, duckdb_destroy_config, Handle*)                                             \
  X(int, duckdb_open_ext, const char*, Handle*, Handle, char**)                       \
  X(void, duckdb_close, Handle*)                                                      \
  X(int, duckdb_connect, Handle, Handle*)                                             \
  X(void, duckdb_disconnect, Handle*)                                                 \
  X(void, duckdb_free, void*)                                                         \
  X(int, duckdb_query, Handle, const char*, Result*)                                  \
  X(void, duckdb_destroy_result, Result*)                                             \
  X(const char*, duckdb_result_error, Result*)                                        \
  X(int, duckdb_result_error_type, Result*)                                           \
  X(Index, duckdb_column_count, Result*)                                              \
  X(const char*, duckdb_column_name, Result*, Index)                                  \
  X(int, duckdb_column_type, Result*, Index)                                          \
  X(Handle, duckdb_column_logical_type, Result*, Index)                               \
  X(std::uint8_t, duckdb_decimal_scale, Handle)                                       \
  X(int, duckdb_decimal_internal_type, Handle)                                        \
  X(Handle, duckdb_fetch_chunk, Result)                                               \
  X(void, duckdb_destroy_data_chunk, Handle*)                                         \
  X(Index, duckdb_data_chunk_get_size, Handle)                                        \
  X(void, duckdb_data_chunk_set_size, Handle, Index)                                  \
  X(Handle, duckdb_data_chunk_get_vector, Handle, Index)                              \
  X(void*, duckdb_vector_get_data, Handle)                                            \
  X(std::uint64_t*, duckdb_vector_get_validity, Handle)                               \
  X(void, duckdb_vector_ensure_validity_writable, Handle)                             \
  X(void, duckdb_vector_assign_string_element_len, Handle, Index, const char*, Index) \
  X(Index, duckdb_vector_size, void)                                                  \
  X(Handle, duckdb_create_logical_type, int)                                          \
  X(void, duckdb_destroy_logical_type, Handle*)                                       \
  X(Handle, duckdb_create_table_function, void)                                       \
  X(void, duckdb_destroy_table_function, Handle*)                                     \
  X(void, duckdb_table_function_set_name, Handle, const char*)                        \
  X(void, duckdb_table_function_set_extra_info, Handle, void*, void (*)(void*))       \
  X(void, duckdb_table_function_set_bind, Handle, void (*)(Handle))                   \
  X(void, duckdb_table_function_set_init, Handle, void (*)(Handle))                   \
  X(void, duckdb_table_function_set_function, Handle, void (*)(Handle, Handle))       \
  X(void, duckdb_table_function_supports_projection_pushdown, Handle, bool)           \
  X(int, duckdb_register_table_function, Handle, Handle)                              \
  X(void*, duckdb_bind_get_extra_info, Handle)                                        \
  X(void, duckdb_bind_add_result_column, Handle, const char*, Handle)                 \
  X(void, duckdb_bind_set_cardinality, Handle, Index, bool)                           \
  X(void*, duckdb_init_get_extra_info, Handle)                                        \
  X(Index, duckdb_init_get_column_count, Handle)                                      \
  X(Index, duckdb_init_get_column_index, Handle, Index)                               \
  X(void, duckdb_init_set_init_data, Handle, void*, void (*)(void*))                  \
  X(void, duckdb_init_set_max_threads, Handle, Index)                                 \
  X(void*, duckdb_function_get_init_data, Handle)                                     \
  X(void, duckdb_function_set_error, Handle, const char*)

struct Functions {
#define COTERIE_DECLARE(returned, name, ...) returned (*name)(__VA_ARGS__) = nullptr;
  COTERIE_DUCKDB_FUNCTIONS(COTERIE_DECLARE)
#undef COTERIE_DECLARE
};

// Loaded at the first call, then kept. Throws Error(missing_library); a later call tries again.
const Functions& functions();

}  // namespace coterie::duckdb_library
