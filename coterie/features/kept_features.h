// The features that a store keeps of its customers, so that a refresh reads the histories of customers with new rows only.
//
// What: of each customer the values that do not depend on the end of the log and, of days since a time, that time: Feature::kept
//   says which is which. All of the earlier customers' values are decoded, which takes about 2 ns a value; what is new is merged in.
// Bytes: events/STORE_FORMAT.md. Tested by kept_features_test.cc against computing all features anew, and by tests/cli/store.test.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "coterie/base/memory.h"
#include "coterie/events/store_file.h"
#include "coterie/events/string_table.h"
#include "coterie/features/feature.h"
#include "coterie/table/customer_table.h"

namespace coterie {

constexpr std::uint32_t kept_features_format = 1;

// Whether all of them can be kept; one that cannot needs every history at each refresh.
bool can_be_kept(std::span<const Feature> features);

// The same features to be computed in the form that is kept: of days since a time, the time in ms since 1970; behind them what is kept beside some of them.
std::vector<Feature> in_kept_form(std::span<const Feature> features);

// A table in that form.
struct KeptTable {
  CustomerTable customers;  // the features
  Matrix beside;            // of the same customers: what is kept beside some of them
};

// From that form to values at the end of the log.
CustomerTable bring_to_end(KeptTable kept, std::span<const Feature> features, std::int64_t log_end_ms);

// Writes a table whose columns are in_kept_form(features). Returns the file's checksum. Same bytes on any number of threads.
std::uint64_t write_kept_features(const std::string& path, const KeptTable& kept, std::span<const Feature> in_kept_form, int threads = 0);

constexpr std::size_t kept_block = 4096;  // customers

// The values of a column one after the other, decoded block by block where they are wanted.
template <class T>
class KeptColumn {
 public:
  KeptColumn(const char* bytes, std::size_t customers) : at_(bytes), left_(customers) {}

  // The next ones; there must be so many.
  void take(std::span<T> values);
  void skip(std::size_t values);

 private:
  void decode_ahead();

  const char* at_;
  std::size_t left_;               // not yet decoded
  std::vector<T> ready_;           // of a block that is not taken as a whole
  std::size_t at_ready_ = 0;
};

class KeptFeatures {
 public:
  // Reads all but the columns. Throws Error(missing_input) when the file is not there, Error(damaged_input) when it is none of this
  // format or not the one with this checksum.
  KeptFeatures(std::string path, std::uint64_t checksum);

  // Whether it has each of them, as this version of the program computes it.
  bool has(std::span<const Feature> in_kept_form) const;
  // In the order of the columns; `names` are the texts behind identifiers. Throws Error(damaged_input) as column() does.
  CustomerIds ids(const StringTable& names) const;
  // Views `room`, which is used again from column to column. Any thread, each with a room of its own. Throws Error(damaged_input) when the bytes do not
  // have their checksum.
  KeptColumn<double> column(const std::string& name, HugeArray<char>& room) const;

 private:
  struct Column {
    std::string name;
    Kept kept = Kept::nothing;
    std::uint64_t offset = 0, bytes = 0, checksum = 0;
  };
  std::string read(std::uint64_t offset, std::uint64_t bytes) const;
  void require_within(std::uint64_t offset, std::uint64_t bytes) const;
  const char* read(const Column& column, HugeArray<char>& room) const;
  void read_end(std::uint64_t checksum);

  StoreFile file_;
  std::uint64_t customers_ = 0;
  std::string version_;          // of the program that computed them
  std::vector<Column> columns_;  // the first is the ids
};

// Rows of known customers of whom a feature may have another value when the log ends at log_end_ms, rising: Kept::until says until when each holds.
std::vector<std::size_t> expired(const KeptFeatures& kept, std::size_t customers, std::span<const Feature> features, std::int64_t log_end_ms);

// All customers: those of `fresh` as they are there, the others as they were kept. in_kept_form: of the columns of fresh.
KeptTable merge_kept(const KeptFeatures& kept, const CustomerIds& known, const KeptTable& fresh, std::span<const Feature> in_kept_form, int threads = 0);

}  // namespace coterie
