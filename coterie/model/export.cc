#include "coterie/model/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>
#include <utility>

#include "coterie/base/error.h"
#include "coterie/base/output_folder.h"
#include "coterie/deliver/contact_address.h"
#include "coterie/deliver/phone_number.h"
#include "coterie/deliver/report_page.h"
#include "coterie/model/analysis_files.h"
#include "coterie/model/row_counts_json.h"

namespace coterie {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t minimum_for_advertising = 100, minimum_elsewhere = 10;

bool needs_contacts(Platform platform) { return rule_of(platform).kind != PlatformKind::analysis; }

void require_fitting_options(const ExportOptions& options) {
  const PlatformRule& rule = rule_of(options.platform);
  if (needs_contacts(options.platform) && options.contacts.empty())
    throw Error(ErrorKind::usage, fmt::format("--platform {} needs the customers' contacts", rule.name), "give their file with --contacts");
  if (!needs_contacts(options.platform) && !options.contacts.empty())
    throw Error(ErrorKind::usage, fmt::format("--platform {} is for analysis and carries no contacts", rule.name), "leave out --contacts");
  if (rule.kind == PlatformKind::analysis && !options.since.empty())
    throw Error(ErrorKind::usage, fmt::format("--since has no meaning for --platform {}: its file holds all customers anew", rule.name), "leave it out");
  if (rule.kind != PlatformKind::crm && options.for_spreadsheets.value_or(false))
    throw Error(ErrorKind::usage, fmt::format("--cells spreadsheet has no meaning for --platform {}", rule.name), "leave it out");
  if (!options.phone_country.empty() && !is_country_code(options.phone_country))
    throw Error(ErrorKind::usage, fmt::format("--phone-country {} is no country code", options.phone_country), "give two letters of ISO 3166-1, like --phone-country GB");
}

void require_share(const std::string& what, double share) {
  if (!(share >= 0 && share < 1)) throw Error(ErrorKind::usage, fmt::format("--hold-out {} is no share of customers", what), "give a number from 0 to below 1, like --hold-out 0.1");
}

// A hold-out that is once given stays: another one would send campaigns to customers who were held out so far.
HoldOut hold_out_for(const ExportOptions& options, const SavedRun& run) {
  const std::optional<HoldOut> kept = load_hold_out(options.run);
  if (!options.hold_out) return kept.value_or(HoldOut{});
  require_share(fmt::format("{}", options.hold_out->share), options.hold_out->share);
  for (const auto& [segment, share] : options.hold_out->by_segment) {
    require_share(fmt::format("{}={}", segment, share), share);
    if (std::none_of(run.model.segments.begin(), run.model.segments.end(), [&](const SegmentName& name) { return name.name == segment; }))
      throw Error(ErrorKind::usage, fmt::format("--hold-out: there is no segment \"{}\"", segment), "give the name as segment_summary.csv has it");
  }
  if (kept && *kept != *options.hold_out && !options.new_hold_out)
    throw Error(ErrorKind::usage, fmt::format("this run's exports hold out a share of {} by seed {}; another hold-out would reach customers who were held out so far", kept->share, kept->seed),
                "leave out --hold-out to keep to it, or add --new-hold-out to begin anew", options.run + "/hold_out.json");
  return *options.hold_out;
}

// The files of a platform, opened as they are needed: one list, or for advertising one audience a segment.
class PlatformFiles {
 public:
  PlatformFiles(const ExportOptions& options, const ExportResult& result, const ContactsFile& contacts, const OutputFolder& folder) {
    const PlatformRule& rule = rule_of(options.platform);
    const PartedCsvOptions csv = {.file_bytes = rule.file_bytes, .file_rows = rule.file_rows, .for_spreadsheets = result.for_spreadsheets};
    const auto open = [&](const std::string& stem) {
      return std::make_unique<PartedCsv>(stem, [&folder](const std::string& name) { return folder.file(name); }, header_of(options.platform, contacts), csv);
    };
    files_.resize(result.run.model.k);
    if (rule.kind == PlatformKind::crm) {
      one_ = open(rule.name);
      return;
    }
    std::set<std::string> stems;
    for (std::size_t c = 0; c < files_.size(); ++c) {
      if (result.audience.counts[c][0] == 0) continue;
      std::string stem = fmt::format("{}-{}", rule.name, file_stem(result.run.model.segments[c].name));
      if (!stems.insert(stem).second) stems.insert(stem += fmt::format("-{}", c));
      files_[c] = open(stem);
    }
  }
  PartedCsv& of(std::size_t cluster) { return one_ ? *one_ : *files_[cluster]; }
  std::vector<WrittenFile> finish() {
    std::vector<WrittenFile> written;
    if (one_) files_.insert(files_.begin(), std::move(one_));
    for (const auto& file : files_) {
      if (!file) continue;
      for (WrittenFile& part : file->finish()) written.push_back(std::move(part));
    }
    return written;
  }

 private:
  std::unique_ptr<PartedCsv> one_;
  std::vector<std::unique_ptr<PartedCsv>> files_;  // a cluster each; null: nothing to publish
};

// A customer of the contacts as a line of its list.
struct ListedRow {
  std::optional<std::size_t> customer;  // who is exported
  Address address;
  std::string line;
  bool bad_phone = false, bad_email = false, without_phone = false;
};

ListedRow listed_row(const ExportOptions& options, const ContactsFile& contacts, const CustomerIndex& index, const ExportResult& result, const Contact& contact) {
  const auto customer = index.find(contact.text(ContactField::customer));
  if (!customer || result.audience.outcomes[*customer] != Outcome::exported) return {};
  ListedRow row;
  row.customer = customer;
  row.address = address_of(contact, options.phone_country);
  row.bad_phone = row.address.phone.empty() && !contact.text(ContactField::phone).empty();
  row.bad_email = row.address.email.empty() && !contact.text(ContactField::email).empty();
  row.without_phone = result.audience.without_phone[*customer];
  if (row.without_phone) row.address.phone.clear();
  const auto cluster = static_cast<std::size_t>(result.run.labels[*customer]);
  row.line = csv_line(row_of(options.platform, contacts, contact, row.address, result.run.segment_of(*customer), cluster), result.for_spreadsheets);
  return row;
}

// The second reading of the contacts: rows in their order, of each customer the first. The counts were made at the first reading.
void write_platform_files(const ExportOptions& options, ContactsFile& contacts, const CustomerIndex& index, const OutputFolder& folder, Removals* removals, ExportResult& result) {
  PlatformFiles files(options, result, contacts, folder);
  std::vector<bool> met(result.run.customers());
  const auto work = [&](const Contact& contact) { return listed_row(options, contacts, index, result, contact); };
  const auto take = [&](ListedRow&& row) {
    if (!row.customer || met[*row.customer]) return;
    met[*row.customer] = true;
    result.unusable_phones += row.bad_phone;
    result.unusable_emails += row.bad_email;
    result.repeated_phones += row.without_phone;
    if (removals) removals->note_listed(row.address, result.run.segment_of(*row.customer));
    files.of(static_cast<std::size_t>(result.run.labels[*row.customer])).add_line(row.line);
  };
  contacts.for_each(work, take);
  result.files = files.finish();
}

std::uint64_t rows_in(const std::vector<WrittenFile>& files) {
  std::uint64_t rows = 0;
  for (const WrittenFile& file : files) rows += file.rows;
  return rows;
}

// The customers' outcomes, in the order of the run. No contact is in it.
WrittenFile write_reconciliation(const OutputFolder& folder, const ExportResult& result) {
  PartedCsv csv("reconciliation", [&](const std::string& name) { return folder.file(name); }, {result.run.id_name, "cluster", "segment", "outcome"}, {});
  std::vector<std::string> clusters;
  for (std::size_t c = 0; c < result.run.model.k; ++c) clusters.push_back(fmt::format(",{},{},", c, csv_field(result.run.model.segments[c].name)));
  for (std::size_t customer = 0; customer < result.run.customers(); ++customer) {
    const auto cluster = static_cast<std::size_t>(result.run.labels[customer]);
    csv.add_line(fmt::format("{}{}{}\n", csv_field(result.run.ids.text(customer)), clusters[cluster], name_of(result.audience.outcomes[customer])));
  }
  return csv.finish().front();
}

// Files of an export are replaced; anything else in the folder stops it.
bool is_of_export(const std::string& folder, const std::string& entry) {
  if (entry == "manifest.json") return true;
  std::ifstream file(folder + "/manifest.json");
  const Json manifest = Json::parse(file, nullptr, false);
  if (!manifest.is_object() || !manifest.contains("files") || !manifest["files"].is_array()) return false;
  return std::any_of(manifest["files"].begin(), manifest["files"].end(), [&](const Json& written) { return written.is_object() && written.value("name", "") == entry; });
}

void note_what_is_left_out(const ExportOptions& options, bool knows_countries, ExportResult& result) {
  const Audience& audience = result.audience;
  const auto note = [&](const std::string& text, std::uint64_t count) {
    if (count != 0) result.notes.push_back(fmt::format("{}: {}", text, count));
  };
  note("rows of the contacts that are no rows of their table, by manifest.json, and were left out", audience.contact_rows.all_set_aside());
  note("rows of the contacts of customers that are not in the run", audience.unknown_contacts);
  note("rows of the contacts that repeat a customer, whose first row counts", audience.repeated_contacts);
  const bool country_would_help = options.phone_country.empty() && !knows_countries;
  note(country_would_help ? "phone numbers that cannot be read and were left out (without \"+\" they need --phone-country)" : "phone numbers that cannot be read and were left out", result.unusable_phones);
  note("phone numbers that another customer on the list has, where the platform takes each once, and were left out", result.repeated_phones);
  if (options.platform != Platform::csv) note("e-mail addresses that are none and were left out", result.unusable_emails);
}

Json counts_to_json(const std::array<std::uint64_t, outcome_count>& counts) {
  Json json = {{"exported", counts[0]}, {"excluded", Json::object()}};
  for (std::size_t o = 1; o < outcome_count; ++o)
    if (counts[o] != 0) json["excluded"][name_of(static_cast<Outcome>(o))] = counts[o];
  return json;
}

Json reconciliation_to_json(const ExportResult& result) {
  Json segments = Json::array();
  for (std::size_t c = 0; c < result.run.model.k; ++c) {
    std::uint64_t size = 0;
    for (const std::uint64_t count : result.audience.counts[c]) size += count;
    Json segment = {{"cluster", c}, {"segment", result.run.model.segments[c].name}, {"customers", size}};
    segment.update(counts_to_json(result.audience.counts[c]));
    segments.push_back(std::move(segment));
  }
  return segments;
}

// The customers of the last export, or of the earlier run = who stay + who are written over + who are removed + who cannot be reached (+ who would not be listed).
Json since_to_json(const ExportOptions& options, const ExportResult& result) {
  if (options.since.empty()) return nullptr;
  Json json = {{"folder", options.since}, {"of", result.after_comparison ? "comparison" : "export"}, {"exported", std::accumulate(result.departures.begin(), result.departures.end(), std::uint64_t{0})}};
  for (std::size_t d = 0; d < departure_count; ++d) json[name_of(static_cast<Departure>(d))] = result.departures[d];
  return json;
}

Json contact_rows_to_json(const ExportResult& result) {
  return {{"hash", result.contacts_hash}, {"rows", result.audience.contact_rows.read}, {"set_aside", reasons_to_json(result.audience.contact_rows)}, {"of_unknown_customers", result.audience.unknown_contacts},
          {"repeated", result.audience.repeated_contacts}, {"unusable_phones", result.unusable_phones}, {"unusable_emails", result.unusable_emails}, {"repeated_phones", result.repeated_phones}};
}

Json manifest(const ExportOptions& options, const ExportResult& result) {
  Json files = Json::array(), lists = Json::array();
  for (const WrittenFile& file : result.files) files.push_back({{"name", file.name}, {"rows", file.rows}, {"bytes", file.bytes}, {"hash", file.hash}});
  for (const ExclusionList& list : result.audience.lists)
    lists.push_back({{"path", list.path}, {"by", list.by_email ? "email" : "customer"}, {"rows", list.rows}, {"customers", list.customers}});
  return {{"program", "coterie"},
          {"version", COTERIE_VERSION},
          {"platform", rule_of(options.platform).name},
          {"run", {{"folder", options.run}, {"customer_segments_hash", result.run.labels_hash}, {"customers", result.run.customers()}}},
          {"contacts", needs_contacts(options.platform) ? contact_rows_to_json(result) : Json(nullptr)},
          {"consent", !needs_contacts(options.platform) ? "not needed" : options.consent_elsewhere ? "given elsewhere" : "column"},
          {"hold_out", {{"share", result.hold_out.share}, {"by_segment", result.hold_out.by_segment}, {"seed", result.hold_out.seed}}},
          {"minimum_size", result.minimum_size},
          {"cells", result.for_spreadsheets ? "spreadsheet" : "typed"},
          {"excluded_lists", lists},
          {"after", options.after},
          {"since", since_to_json(options, result)},
          {"exported", result.audience.exported()},
          {"segments", reconciliation_to_json(result)},
          {"notes", result.notes},
          {"files", files}};
}

// The same for people; it is one of the files.
WrittenFile write_page(const OutputFolder& folder, const ExportOptions& options, const ExportResult& result) {
  const std::string page = report_page(Json{{"exported", manifest(options, result)}}.dump(-1, ' ', false, Json::error_handler_t::replace));
  write_file(folder.file("report.html"), page);
  StreamHash hash;
  hash.add(page);
  return {"report.html", 0, page.size(), hash.finish()};
}

}  // namespace

std::string manifest_to_json(const ExportOptions& options, const ExportResult& result) {
  return manifest(options, result).dump(1, ' ', false, Json::error_handler_t::replace) + "\n";
}

ExportResult export_customers(const ExportOptions& options) {
  require_fitting_options(options);
  ExportResult result;
  result.run = load_saved_run(options.run);
  if (needs_contacts(options.platform)) require_ids(result.run, "a file of contacts");
  result.hold_out = hold_out_for(options, result.run);
  result.minimum_size = options.minimum_size.value_or(rule_of(options.platform).kind == PlatformKind::advertising ? minimum_for_advertising : minimum_elsewhere);
  result.for_spreadsheets = options.for_spreadsheets.value_or(options.platform == Platform::csv);
  const CustomerIndex index(result.run);
  std::optional<ContactsFile> contacts;
  if (needs_contacts(options.platform)) contacts.emplace(options.contacts, result.run.id_name, options.contact_columns, options.delimiter);
  OutputFolder folder(options.out, [&](const std::string& entry) { return is_of_export(options.out, entry); });

  result.audience = choose_audience(result.run, index, contacts ? &*contacts : nullptr,
                                    {.platform = options.platform, .segments = options.segments, .exclude = options.exclude, .after = options.after, .phone_country = options.phone_country,
                                     .consent_elsewhere = options.consent_elsewhere, .hold_out = result.hold_out, .minimum_size = result.minimum_size});
  if (contacts) {
    std::optional<Removals> removals;
    if (!options.since.empty()) removals.emplace(options.since, options.platform, result.run, index, result.audience);
    result.after_comparison = removals && removals->after_comparison();
    write_platform_files(options, *contacts, index, folder, removals ? &*removals : nullptr, result);
    result.contacts_hash = contacts->facts().hash;
    if (removals) {
      result.removal_files = removals->write(*contacts, options.phone_country, result.for_spreadsheets, folder);
      result.departures = removals->counts();
    }
  } else {
    result.files = write_analysis_files(options.platform, result.run, result.audience, result.hold_out, folder);
  }
  if (rows_in(result.files) != result.audience.exported() && contacts)
    throw Error(ErrorKind::damaged_input, "the contacts changed while they were read", "export again", options.contacts);
  note_what_is_left_out(options, contacts && contacts->has(ContactField::country), result);
  for (const WrittenFile& file : result.removal_files) result.files.push_back(file);
  result.files.push_back(write_reconciliation(folder, result));
  result.files.push_back(write_page(folder, options, result));
  write_file(folder.file("manifest.json"), manifest_to_json(options, result));
  if (options.hold_out) save_hold_out(result.hold_out, options.run);
  folder.commit();
  return result;
}

}  // namespace coterie
