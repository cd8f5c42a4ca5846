// Who is exported, and of everybody else why not: one outcome a customer, so that each segment's size is the sum of its
// outcomes to the last customer.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "coterie/deliver/contacts.h"
#include "coterie/deliver/hold_out.h"
#include "coterie/deliver/platform.h"
#include "coterie/model/saved_run.h"

namespace coterie {

// In the order in which they are decided: of several reasons the first counts.
enum class Outcome : std::uint8_t {
  exported,
  not_chosen,            // the segment is not among those asked for
  excluded_by_list,      // by id, or by an e-mail address of a list
  in_earlier_export,     // a campaign of higher priority has the customer
  no_contact,            // no row of the contacts is this customer's
  no_consent,            // refused, or blank, or refused in another row of the same address
  unclear_consent,       // the consent column says neither yes nor no
  no_usable_address,     // nothing the platform could reach
  duplicate_address,     // another customer before has the same address
  hold_out,              // would be exported, but is held out
  small_segment,         // fewer of the segment remain than may be published
};
constexpr std::size_t outcome_count = 11;
const char* name_of(Outcome outcome);  // "excluded_by_list"

struct AudienceOptions {
  Platform platform = Platform::csv;
  std::vector<std::string> segments = {};  // names or numbers of clusters; empty: all
  std::vector<std::string> exclude = {};   // files: customers' ids, or e-mail addresses
  std::vector<std::string> after = {};     // folders of exports whose customers are taken
  std::string phone_country = {};
  bool consent_elsewhere = false;          // the user says that everyone in the contacts has agreed
  HoldOut hold_out = {};
  std::size_t minimum_size = 10;           // customers a segment must have left to be published
};

struct ExclusionList {
  std::string path;
  bool by_email = false;
  std::uint64_t rows = 0, customers = 0;   // of the run, that are found in it
};

struct Audience {
  std::vector<Outcome> outcomes;  // a customer each, in the order of the run
  std::vector<std::array<std::uint64_t, outcome_count>> counts;  // a segment each
  std::vector<bool> without_phone;  // a customer each: the phone is on the list already, by another customer
  std::vector<ExclusionList> lists;
  RowCounts contact_rows;
  std::uint64_t unknown_contacts = 0;   // rows of customers that the run does not know
  std::uint64_t repeated_contacts = 0;  // further rows of a customer; the first counts

  std::uint64_t exported() const;
};

// `contacts` may be null for analysis platforms: then everybody of the chosen segments who is on no list is exported, and
// the hold-out is a column. Throws Error(usage) for an unknown segment or a folder in `after` without a reconciliation,
// and, as contacts are needed, when there is no consent column and consent_elsewhere is not set.
Audience choose_audience(const SavedRun& run, const CustomerIndex& index, ContactsFile* contacts, const AudienceOptions& options);

}  // namespace coterie
