// Whom a platform must be told to forget. Most platforms keep what they were told of a customer who is no longer on a
// list, and ignore a blank cell; so each customer of the last export has one outcome here, and those who left are written
// to files of their own: a property that says "none", a tag to take off, an audience's members to remove.
// Instead of the last export a comparison of two runs may say who was where: then everyone of the earlier run may be known to
// the platform. To remove a tag or a member that is not there does nothing, but the import of a property would create who
// was never listed; so there those are left out who would not be listed now either.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "coterie/base/output_folder.h"
#include "coterie/deliver/parted_csv.h"
#include "coterie/model/audience.h"

namespace coterie {

enum class Departure : std::uint8_t {
  stays,        // on the list as before, or left to a list that was not asked for now
  overwritten,  // in another segment, or the address is on the list by another customer: the list itself says so
  removed,      // in a file of removals
  unreachable,  // the contacts do not say any more by what the platform knows the customer
  not_listed,   // after a comparison, where a property is written: who did not agree, is held out or excluded is not created for it
};
constexpr std::size_t departure_count = 5;
const char* name_of(Departure departure);

// The customers of an earlier export, or of the earlier run of a comparison, who are not where they were.
class Removals {
 public:
  // Reads EARLIER/reconciliation.csv and manifest.json of an export, or delta.csv, segments.csv and compare.json of a comparison. Throws
  // Error(usage) where there is neither, the export is for another platform, or the comparison's later run is not `run`.
  Removals(std::string earlier, Platform platform, const SavedRun& run, const CustomerIndex& index, const Audience& audience);

  // What the list has now, by address: first all of these, then write().
  void note_listed(const Address& address, const std::string& segment);
  // Reads the contacts once more and writes the files, and removals.csv with the outcome of each who is not where they were.
  std::vector<WrittenFile> write(ContactsFile& contacts, const std::string& phone_country, bool for_spreadsheets, const OutputFolder& folder);

  bool after_comparison() const { return after_comparison_; }
  const std::array<std::uint64_t, departure_count>& counts() const { return counts_; }  // all of them once write() is done

 private:
  struct Member {
    std::string id, segment, segment_now;  // "none" where the customer is on no list now
    bool listable = true;                  // nothing but the size of the segment keeps the customer off the list
    Departure departure = Departure::unreachable;
  };
  void read_export(const SavedRun& run, const CustomerIndex& index, const Audience& audience);
  void read_comparison(const SavedRun& run, const CustomerIndex& index, const Audience& audience);
  void take(std::string_view id, std::string_view segment, const SavedRun& run, const CustomerIndex& index, const Audience& audience);
  Departure judge(const Member& member, const Address& address, bool agreed) const;
  WrittenFile write_outcomes(const std::string& id_name, const OutputFolder& folder) const;

  std::string earlier_, id_name_;
  Platform platform_;
  bool after_comparison_ = false;
  std::vector<Member> members_;                                     // without those who stay
  std::unordered_map<std::string, std::vector<std::string>> listed_;  // address -> segments it is listed with
  std::array<std::uint64_t, departure_count> counts_{};
};

}  // namespace coterie
