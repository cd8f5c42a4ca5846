// From a run and a file of contacts to what the mailing, advertising and reporting tools load.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "coterie/deliver/parted_csv.h"
#include "coterie/model/audience.h"
#include "coterie/model/removals.h"

namespace coterie {

struct ExportOptions {
  std::string run;                                  // folder that coterie run wrote
  std::string contacts = {};                        // file of contacts; none for analysis platforms
  Platform platform = Platform::csv;
  std::string out;                                  // folder; replaced as a whole when an earlier export wrote it
  std::map<std::string, std::string> contact_columns = {};  // field -> column
  char delimiter = 0;                               // of the contacts; 0: guessed
  std::vector<std::string> segments = {}, exclude = {}, after = {};  // see AudienceOptions
  std::string since = {};                           // folder of the last export for this platform, or of a comparison: who left is written, too
  std::string phone_country = {};
  bool consent_elsewhere = false;
  std::optional<HoldOut> hold_out = {};             // none: the run's, if it has one
  bool new_hold_out = false;                        // may replace the run's
  std::optional<std::size_t> minimum_size = {};     // none: 100 for advertising, else 10
  std::optional<bool> for_spreadsheets = {};        // none: only the generic CSV
};

struct ExportResult {
  SavedRun run;
  Audience audience;
  HoldOut hold_out;
  std::size_t minimum_size = 0;
  bool for_spreadsheets = false;
  std::vector<WrittenFile> files;
  std::vector<WrittenFile> removal_files;                   // with --since; they are in `files`, too
  std::array<std::uint64_t, departure_count> departures{};  // of the customers of the last export, or of the earlier run
  bool after_comparison = false;
  std::string contacts_hash;            // "" without contacts
  std::uint64_t unusable_phones = 0;    // of exported customers: there is one, and it is no number or address
  std::uint64_t unusable_emails = 0;
  std::uint64_t repeated_phones = 0;    // left out: another customer on the list has them, and the platform takes each once
  std::vector<std::string> notes;       // what the user should know
};

// Writes the platform's files, reconciliation.csv (the outcome of each customer) and manifest.json (what was done, with
// the counts), all at once: killed at any point, the folder is the old one or the new one. Where --hold-out is given for
// the first time, hold_out.json is written to the run, and every later export keeps to it.
// Throws Error as its parts do; usage for options that contradict each other; nothing is written then.
ExportResult export_customers(const ExportOptions& options);

// The text of manifest.json.
std::string manifest_to_json(const ExportOptions& options, const ExportResult& result);

}  // namespace coterie
