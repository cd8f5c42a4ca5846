// The file of contacts: who the customers are and what they agreed to. It is read at export only; nothing of it is kept
// in a model, a report, a message or a log.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/base/parallel.h"
#include "coterie/source/csv_file.h"

namespace coterie {

enum class ContactField : std::uint8_t { customer, email, phone, first_name, last_name, city, postal_code, country, consent, tags };
constexpr std::size_t contact_field_count = 10;
const char* name_of(ContactField field);  // "postal_code": as in --contact postal_code=COLUMN

// What a consent column says of a row.
enum class Consent : std::uint8_t {
  given,    // yes, true, 1, subscribed, opted in, granted, ...
  refused,  // no, false, 0, unsubscribed, opted out, ...
  missing,  // blank
  unclear,  // anything else: treated as not given
};
Consent consent_from_text(std::string_view text);

// One row; valid during the call it is handed to.
struct Contact {
  std::span<const std::string_view> fields;  // all columns of the file
  std::array<std::string_view, contact_field_count> known;  // without blanks at the ends; "" where there is no such column

  std::string_view text(ContactField field) const { return known[static_cast<std::size_t>(field)]; }
};

class ContactsFile {
 public:
  // `id_name` is the customer column of the run; `given` (field name -> column name) goes before what is found by name.
  // Throws Error(usage) for an unknown field, Error(missing_column) when a given column or the customer's is not there.
  ContactsFile(const std::string& path, const std::string& id_name, const std::map<std::string, std::string>& given, char delimiter = 0);

  bool has(ContactField field) const { return column_[static_cast<std::size_t>(field)] >= 0; }
  // The name of the column that plays this part, "" where none does.
  std::string column_name(ContactField field) const;
  const std::vector<std::string>& columns() const { return file_.dialect().columns; }
  const std::string& path() const { return file_.path(); }
  const InputFile& facts() const { return file_.facts(); }

  // Every row, in order; may be called again. Rows that are none are counted, not shown.
  RowCounts for_each(const std::function<void(const Contact&)>& fn);

  // The same, with what costs time on all processors: work(contact) is called from several threads, in no order, and
  // take(Result&&) in the order of the rows, one at a time.
  template <class Work, class Take>
  RowCounts for_each(const Work& work, const Take& take);

 private:
  // Copies of some rows: what the reader hands out is valid during its call only.
  struct Batch {
    std::string bytes;
    std::vector<std::size_t> ends;               // of each field
    std::vector<std::string_view> fields;        // once all are there
    std::size_t rows = 0;
  };
  static constexpr std::size_t batch_rows = 32768, block_rows = 512;

  static void copy_row(std::span<const std::string_view> fields, Batch& batch);
  static void find_fields(Batch& batch);
  Contact contact_of(std::span<const std::string_view> fields) const;

  CsvFile file_;
  std::array<int, contact_field_count> column_;
};

template <class Work, class Take>
RowCounts ContactsFile::for_each(const Work& work, const Take& take) {
  using Result = decltype(work(std::declval<const Contact&>()));
  std::vector<Result> results(batch_rows);
  const std::size_t width = columns().size();
  Batch batch;
  const auto finish = [&] {
    find_fields(batch);
    for_each_block(block_count(batch.rows, block_rows), 0, [&](std::size_t block, int) {
      const BlockRange range = block_range(block, batch.rows, block_rows);
      for (std::size_t row = range.begin; row < range.end; ++row)
        results[row] = work(contact_of(std::span(batch.fields).subspan(row * width, width)));
    });
    for (std::size_t row = 0; row < batch.rows; ++row) take(std::move(results[row]));
    batch.bytes.clear();
    batch.ends.clear();
    batch.rows = 0;
  };
  const RowCounts rows = file_.for_each_row([&](std::span<const std::string_view> fields) {
    copy_row(fields, batch);
    if (batch.rows == batch_rows) finish();
  });
  finish();
  return rows;
}

}  // namespace coterie
