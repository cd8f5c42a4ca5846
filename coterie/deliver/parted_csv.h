// A CSV that is cut into several files where the platform that reads it takes only so much at once.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "coterie/base/output_file.h"
#include "coterie/source/content_hash.h"

namespace coterie {

struct WrittenFile {
  std::string name;         // within the folder
  std::uint64_t rows = 0;   // without the header
  std::uint64_t bytes = 0;
  std::string hash;         // see source/content_hash.h
};

struct PartedCsvOptions {
  std::uint64_t file_bytes = 0, file_rows = 0;  // most in a file; 0: no limit
  bool for_spreadsheets = false;                // cells made harmless, and a byte order mark, by which Excel knows UTF-8
};

// The cells as a row, with its line end.
std::string csv_line(std::span<const std::string> cells, bool for_spreadsheets);

// A text as part of a file's name: "high-value loyal" as "high-value-loyal".
std::string file_stem(const std::string& text);

class PartedCsv {
 public:
  // Files are called "<stem>.csv", "<stem>-2.csv", ...; `place` gives the path of a name. The first is there even without a row.
  PartedCsv(std::string stem, std::function<std::string(const std::string& name)> place, std::vector<std::string> header, PartedCsvOptions options);

  void add(std::span<const std::string> cells) { add_line(csv_line(cells, options_.for_spreadsheets)); }
  void add_line(std::string_view line);  // as csv_line() gives it
  std::vector<WrittenFile> finish();

 private:
  void begin_file();
  void end_file();
  void write(std::string_view bytes);

  std::string stem_;
  std::function<std::string(const std::string&)> place_;
  std::vector<std::string> header_;
  PartedCsvOptions options_;
  std::vector<WrittenFile> files_;
  std::unique_ptr<OutputFile> file_;
  std::unique_ptr<StreamHash> hash_;
};

}  // namespace coterie
