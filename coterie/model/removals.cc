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

void require_same_platform(const std::string& folder, Platform platform) {
  std::ifstream file(folder + "/manifest.json");
  const nlohmann::json manifest = nlohmann::json::parse(file, nullptr, false);
  if (!manifest.is_object() || !manifest.contains("platform"))
    throw Error(ErrorKind::usage, "--since: no export is here", "give the folder that the last coterie export wrote for this platform", folder);
  if (manifest["platform"] != rule_of(platform).name)
    throw Error(ErrorKind::usage, fmt::format("--since: this export is for {}, and the new one for {}", manifest["platform"].dump(), rule_of(platform).name),
                "give the folder of the last export for the same platform", folder);
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
  static constexpr const char* names[departure_count] = {"stays", "overwritten", "removed", "unreachable"};
  return names[static_cast<std::size_t>(departure)];
}

Removals::Removals(std::string earlier, Platform platform, const SavedRun& run, const CustomerIndex& index, const Audience& audience)
    : earlier_(std::move(earlier)), id_name_(run.id_name), platform_(platform) {
  require_same_platform(earlier_, platform_);
  CsvFile file(earlier_ + "/reconciliation.csv", ',');
  if (file.dialect().columns.size() != 4) throw Error(ErrorKind::damaged_input, "this should have four columns", "export again", file.path());
  file.for_each_row([&](std::span<const std::string_view> fields) {
    if (fields[3] == name_of(Outcome::exported)) take(fields[0], fields[2], run, index, audience);
  });
}

// Who is in the same segment, but was not asked for now or has gone to a campaign that goes first, has not left it.
void Removals::take(std::string_view id, std::string_view segment, const SavedRun& run, const CustomerIndex& index, const Audience& audience) {
  const std::optional<std::size_t> customer = index.find(id);
  std::string now = none;
  if (customer) {
    const Outcome outcome = audience.outcomes[*customer];
    const bool elsewhere = outcome == Outcome::not_chosen || outcome == Outcome::in_earlier_export;
    if (outcome == Outcome::exported || elsewhere) now = run.segment_of(*customer);
    if (now == segment) {
      ++counts_[static_cast<std::size_t>(Departure::stays)];
      return;
    }
    if (outcome == Outcome::not_chosen) now = none;  // nothing tells the platform of the new segment
  }
  members_.push_back({std::string(id), std::string(segment), std::move(now)});
}

void Removals::note_listed(const Address& address, const std::string& segment) {
  std::vector<std::string>& segments = listed_[address.key()];
  if (std::find(segments.begin(), segments.end(), segment) == segments.end()) segments.push_back(segment);
}

Departure Removals::judge(const Member& member, const Address& address) const {
  if (!address.usable_on(platform_)) return Departure::unreachable;
  const auto listed = address.key().empty() ? listed_.end() : listed_.find(address.key());
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
    member.departure = judge(member, address);
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
