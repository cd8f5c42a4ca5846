#include "coterie/deliver/parted_csv.h"

#include <utility>

#include "coterie/deliver/spreadsheet_cell.h"
#include "coterie/source/ledger.h"

namespace coterie {

std::string csv_line(std::span<const std::string> cells, bool for_spreadsheets) {
  std::string line;
  for (std::size_t c = 0; c < cells.size(); ++c) {
    if (c != 0) line += ',';
    line += csv_field(for_spreadsheets ? harmless_cell(cells[c]) : cells[c]);
  }
  return line += '\n';
}

std::string file_stem(const std::string& text) {
  std::string stem;
  for (const char c : text) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool plain = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9') || static_cast<signed char>(lower) < 0;
    if (plain) stem += lower;
    else if (!stem.empty() && stem.back() != '-') stem += '-';
  }
  while (stem.ends_with('-')) stem.pop_back();
  return stem.empty() ? "segment" : stem;
}

PartedCsv::PartedCsv(std::string stem, std::function<std::string(const std::string&)> place, std::vector<std::string> header, PartedCsvOptions options)
    : stem_(std::move(stem)), place_(std::move(place)), header_(std::move(header)), options_(options) {
  begin_file();
}

void PartedCsv::write(std::string_view bytes) {
  file_->write(bytes);
  hash_->add(bytes);
  files_.back().bytes += bytes.size();
}

void PartedCsv::begin_file() {
  files_.emplace_back();
  files_.back().name = stem_ + (files_.size() == 1 ? "" : "-" + std::to_string(files_.size())) + ".csv";
  file_ = std::make_unique<OutputFile>(place_(files_.back().name));
  hash_ = std::make_unique<StreamHash>();
  if (options_.for_spreadsheets) write("\xef\xbb\xbf");
  write(csv_line(header_, options_.for_spreadsheets));
}

void PartedCsv::end_file() {
  file_->commit();
  files_.back().hash = hash_->finish();
}

void PartedCsv::add_line(std::string_view line) {
  const WrittenFile& now = files_.back();
  const bool too_long = options_.file_bytes != 0 && now.bytes + line.size() > options_.file_bytes;
  const bool too_many = options_.file_rows != 0 && now.rows == options_.file_rows;
  if (now.rows != 0 && (too_long || too_many)) {
    end_file();
    begin_file();
  }
  write(line);
  ++files_.back().rows;
}

std::vector<WrittenFile> PartedCsv::finish() {
  end_file();
  return std::move(files_);
}

}  // namespace coterie
