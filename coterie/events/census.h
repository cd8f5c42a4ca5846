// The census of a table or log: what each column holds, and some columns together, counted while the rows are read. All
// rows with the right number of fields count, also those that are set aside for what is in them.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/events/event.h"
#include "coterie/events/roles.h"
#include "coterie/events/value_counts.h"
#include "coterie/source/csv.h"
#include "coterie/source/text_table.h"
#include "coterie/table/column_plan.h"

namespace coterie {

// Kinds of rows: a used event by its type (order lines are purchases, rows of tables views), or set aside.
constexpr unsigned census_kinds = event_type_count + 1, census_set_aside = event_type_count;
static_assert(census_kinds <= ValueCounts::most_kinds);

struct CensusColumn {
  std::string name;
  std::optional<Role> role = {};
  std::optional<ColumnKind> kind = {};  // of tables of customers, where it is planned
  ValueCounts values = {};
};

struct Census {
  std::string table;  // its name, where there are several
  std::vector<CensusColumn> columns;
  // Different combinations of the columns that are counted together; their texts are parted by `parting`.
  static constexpr char parting = '\x1f';
  std::vector<std::size_t> together;
  ValueCounts combinations = every_text();
  double share_kept = 1;  // below 1: `combinations` are a sample of the different ones (events/value_counts.h)

  static ValueCounts every_text() { return ValueCounts(std::size_t{1} << 30, ~std::size_t{0}); }
};

// One worker's census of a log.
class RowCensus {
 public:
  void begin_file(const Dialect& dialect, const RoleMap& roles, LogKind kind);
  // `stretch`: hash of the row's text from the first to the last of the columns counted together, where they stand side by
  // side and without quotes; else none.
  void see(const CsvRow& row, unsigned kind, std::optional<std::uint64_t> stretch);
  // Fetches what see() will touch.
  void prefetch(std::uint64_t stretch) const { groups_[group_].plain.prefetch(stretch); }
  std::size_t memory_bytes() const;

  // The other worker's, which has read the same files.
  void merge(RowCensus&& other);
  // The columns are those of all files, in order of appearance. Nothing can be seen afterwards.
  Census finish();

 private:
  struct Group {                        // files with the same columns in the same roles
    std::string key;
    std::vector<std::size_t> columns;   // of the file, as places in columns_
    std::vector<std::size_t> together;  // places in the file
    bool side_by_side = false;
    char delimiter = ',';
    ValueCounts plain = sample(), quoted = sample();  // parted by the delimiter; by Census::parting
    bool poured = false;  // too many combinations: what is counted together is also counted column by column from now on

    static ValueCounts sample() { return ValueCounts(ValueCounts::usual_most, ~std::size_t{0}); }
  };
  std::size_t column_number(const std::string& name, std::optional<Role> role);
  void see_together(const CsvRow& row, unsigned kind, std::optional<std::uint64_t> stretch);
  // Counts combinations column by column.
  void pour(Group& group);
  void pour(const Group& group, const ValueCounts& from, char parting);
  void add_combinations(Census& census, const Group& group, const ValueCounts& from, char parting) const;

  std::vector<CensusColumn> columns_;
  std::vector<Group> groups_;
  std::size_t group_ = 0;
  std::string room_;
};

// Of tables that were read whole and have the same columns; `together` are those that are counted together.
Census census_of(std::span<const TextTable> tables, const std::vector<std::size_t>& together);
// The parts of a combination.
std::vector<std::string_view> parts_of(std::string_view combination, char parting = Census::parting);

}  // namespace coterie
