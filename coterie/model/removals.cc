#include "coterie/model/removals.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "coterie/base/error.h"

namespace coterie {
namespace {

const char* const none = "none";

using Json = nlohmann::json;

// What the folder says of itself; nothing where the file is not there or not ours.
Json json_of(const std::string& path) {
  std::ifstream file(path);
  const Json json = Json::parse(file, nullptr, false);
  return json.is_object() && json.value("program", "") == "coterie" ? json : Json::object();
}

void require_same_platform(const std::string& folder, Platform platform) {
  const Json manifest = json_of(folder + "/manifest.json");
  if (!manifest.contains("platform"))
    throw Error(ErrorKind::usage, "--since: neither an export nor a comparison is here", "give the folder that the last coterie export wrote for this platform, or that coterie compare wrote", folder);
  if (manifest["platform"] != rule_of(platform).name)
    throw Error(ErrorKind::usage, fmt::format("--since: this export is for {}, and the new one for {}", manifest["platform"].dump(), rule_of(platform).name),
                "give the folder of the last export for the same platform", folder);
}

void require_later_run(const std::string& folder, const Json& comparison, const SavedRun& run) {
  const Json& later = comparison.contains("later") ? comparison["later"] : Json::object();
  if (later.value("customer_segments_hash", "") != run.labels_hash)
    throw Error(ErrorKind::usage, fmt::format("--since: this comparison leads to the run in {}, and the export is of another one", later.value("folder", "another folder")),
                "give --run that run, or compare anew", folder);
}

// The files of removals, opened as they are needed: one, or where a segment is a tag or an audience one a segment.
class RemovalFiles {
 public:
  RemovalFiles(Platform platform, const ContactsFile& contacts, bool for_spreadsheets, const OutputFolder& folder)
      : platform_(platform), contacts_(contacts), for_spreadsheets_(for_spreadsheets), folder_(folder) {}

  void add(const Contact& contact, const Address& address, const std::string& segment) {
    of(removal_of(platform_) == RemovalKind::property ? "" : segment).add(removal_row(platform_, contacts_, contact, address, segment));
  }
  std::vector<WrittenFile> finish() {
    std::vector<WrittenFile> written;
    for (auto& [segment, file] : files_)
      for (WrittenFile& part : file->finish()) written.push_back(std::move(part));
    return written;
  }

 private:
  PartedCsv& of(const std::string& segment) {
    std::unique_ptr<PartedCsv>& file = files_[segment];
    if (!file) {
      std::string stem = fmt::format("{}-remove{}{}", rule_of(platform_).name, segment.empty() ? "" : "-", segment.empty() ? "" : file_stem(segment));
      if (std::find(stems_.begin(), stems_.end(), stem) != stems_.end()) stem += fmt::format("-{}", stems_.size());
      stems_.push_back(stem);
      const PlatformRule& rule = rule_of(platform_);
      file = std::make_unique<PartedCsv>(stem, [this](const std::string& name) { return folder_.file(name); }, removal_header(platform_, contacts_),
                                         PartedCsvOptions{.file_bytes = rule.file_bytes, .file_rows = rule.file_rows, .for_spreadsheets = for_spreadsheets_});
    }
    return *file;
  }

  Platform platform_;
  const ContactsFile& contacts_;
  bool for_spreadsheets_;
  const OutputFolder& folder_;
  std::map<std::string, std::unique_ptr<PartedCsv>> files_;
  std::vector<std::string> stems_;
};

}  // namespace

const char* name_of(Departure departure) {
  static constexpr const char* names[departure_count] = {"stays", "overwritten", "removed", "unreachable", "not_listed"};
  return names[static_cast<std::size_t>(departure)];
}

Removals::Removals(std::string earlier, Platform platform, const SavedRun& run, const CustomerIndex& index, const Audience& audience)
    : earlier_(std::move(earlier)), id_name_(run.id_name), platform_(platform) {
  const Json comparison = json_of(earlier_ + "/compare.json");
  after_comparison_ = comparison.contains("later");
  if (after_comparison_) {
    require_later_run(earlier_, comparison, run);
    read_comparison(run, index, audience);
  } else {
    require_same_platform(earlier_, platform_);
    read_export(run, index, audience);
  }
}

void Removals::read_export(const SavedRun& run, const CustomerIndex& index, const Audience& audience) {
  CsvFile file(earlier_ + "/reconciliation.csv", ',');
  if (file.dialect().columns.size() != 4) throw Error(ErrorKind::damaged_input, "this should have four columns", "export again", file.path());
  file.for_each_row([&](std::span<const std::string_view> fields) {
    if (fields[3] == name_of(Outcome::exported)) take(fields[0], fields[2], run, index, audience);
  });
}

// Who moved or left is in delta.csv; who stayed is where they were, unless the segment goes on under another name (segments.csv).
void Removals::read_comparison(const SavedRun& run, const CustomerIndex& index, const Audience& audience) {
  std::vector<std::string> name_before(run.model.k);  // "" where the segment is new
  CsvFile segments(earlier_ + "/segments.csv", ',');
  segments.for_each_row([&](std::span<const std::string_view> fields) {
    for (std::size_t c = 0; c < run.model.k; ++c)
      if (fields[2] == run.model.segments[c].name) name_before[c] = fields[0];
  });
  std::vector<bool> listed(run.customers());
  CsvFile delta(earlier_ + "/delta.csv", ',');
  delta.for_each_row([&](std::span<const std::string_view> fields) {
    if (const auto customer = index.find(fields[0])) listed[*customer] = true;
    if (fields[1] != "entered") take(fields[0], fields[2], run, index, audience);
  });
  for (std::size_t customer = 0; customer < run.customers(); ++customer) {
    if (listed[customer]) continue;
    const std::string& before = name_before[static_cast<std::size_t>(run.labels[customer])];
    if (before == run.segment_of(customer)) ++counts_[static_cast<std::size_t>(Departure::stays)];
    else take(run.ids.text(customer), before, run, index, audience);
  }
}

// Who is in the same segment, but was not asked for now or has gone to a campaign that goes first, has not left it.
void Removals::take(std::string_view id, std::string_view segment, const SavedRun& run, const CustomerIndex& index, const Audience& audience) {
  const std::optional<std::size_t> customer = index.find(id);
  std::string now = none;
  bool listable = true;
  if (customer) {
    const Outcome outcome = audience.outcomes[*customer];
    listable = outcome == Outcome::exported || outcome == Outcome::small_segment;
    const bool elsewhere = outcome == Outcome::not_chosen || outcome == Outcome::in_earlier_export;
    if (outcome == Outcome::exported || elsewhere) now = run.segment_of(*customer);
    if (now == segment) {
      ++counts_[static_cast<std::size_t>(Departure::stays)];
      return;
    }
    if (outcome == Outcome::not_chosen) now = none;  // nothing tells the platform of the new segment
  }
  members_.push_back({std::string(id), std::string(segment), std::move(now), listable});
}

void Removals::note_listed(const Address& address, const std::string& segment) {
  std::vector<std::string>& segments = listed_[address.key_on(platform_)];
  if (std::find(segments.begin(), segments.end(), segment) == segments.end()) segments.push_back(segment);
}

Departure Removals::judge(const Member& member, const Address& address, bool agreed) const {
  if (!address.usable_on(platform_)) return Departure::unreachable;
  const bool may_be_unknown = after_comparison_ && removal_of(platform_) == RemovalKind::property;
  if (may_be_unknown && !(agreed && member.listable) && member.segment_now == none) return Departure::not_listed;
  const std::string key = address.key_on(platform_);
  const auto listed = key.empty() ? listed_.end() : listed_.find(key);
  const bool is_listed = listed != listed_.end();
  if (removal_of(platform_) == RemovalKind::property) return is_listed || member.segment_now != none ? Departure::overwritten : Departure::removed;
  // Tags and audiences do not replace each other: only the same one by another customer keeps the address in it.
  const bool in_the_same = is_listed && std::find(listed->second.begin(), listed->second.end(), member.segment) != listed->second.end();
  return in_the_same ? Departure::overwritten : Departure::removed;
}

std::vector<WrittenFile> Removals::write(ContactsFile& contacts, const std::string& phone_country, bool for_spreadsheets, const OutputFolder& folder) {
  std::unordered_map<std::string_view, std::size_t> left;
  for (std::size_t m = 0; m < members_.size(); ++m) left.emplace(members_[m].id, m);
  RemovalFiles files(platform_, contacts, for_spreadsheets, folder);
  contacts.for_each([&](const Contact& contact) {
    const auto it = left.find(contact.text(ContactField::customer));
    if (it == left.end()) return;
    Member& member = members_[it->second];
    left.erase(it);  // a customer's first row counts
    const Address address = address_of(contact, phone_country);
    const bool agreed = !contacts.has(ContactField::consent) || consent_from_text(contact.text(ContactField::consent)) == Consent::given;
    member.departure = judge(member, address, agreed);
    if (member.departure == Departure::removed) files.add(contact, address, member.segment);
  });
  for (const Member& member : members_) ++counts_[static_cast<std::size_t>(member.departure)];
  std::vector<WrittenFile> written = files.finish();
  written.push_back(write_outcomes(id_name_, folder));
  return written;
}

WrittenFile Removals::write_outcomes(const std::string& id_name, const OutputFolder& folder) const {
  PartedCsv csv("removals", [&](const std::string& name) { return folder.file(name); }, {id_name, "segment_before", "segment_now", "outcome"}, {});
  for (const Member& member : members_) csv.add(std::vector<std::string>{member.id, member.segment, member.segment_now, name_of(member.departure)});
  return csv.finish().front();
}

}  // namespace coterie
