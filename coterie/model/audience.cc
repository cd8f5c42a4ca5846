#include "coterie/model/audience.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <unordered_map>
#include <unordered_set>

#include "coterie/base/error.h"
#include "coterie/base/sha256.h"
#include "coterie/deliver/contact_address.h"

namespace coterie {
namespace {

// Addresses are known by short digests here: as good as the address, and shorter. No address at all is all zero.
struct DigestHash {
  std::size_t operator()(const ShortDigest& digest) const { return digest[0]; }
};
using DigestSet = std::unordered_set<ShortDigest, DigestHash>;
constexpr ShortDigest no_address{};

ShortDigest digest_of(const std::string& address) { return address.empty() ? no_address : short_sha256(address); }

// Digests of addresses in lower case, and the list each was met in first.
using ExcludedEmails = std::unordered_map<ShortDigest, std::size_t, DigestHash>;

// What stands between the customers and their export, found piece by piece; a customer's first reason stays.
class Decisions {
 public:
  explicit Decisions(std::size_t customers) : outcomes_(customers, Outcome::exported) {}

  void refuse(std::size_t customer, Outcome outcome) {
    Outcome& now = outcomes_[customer];
    if (now == Outcome::exported || outcome < now) now = outcome;
  }
  bool stands(std::size_t customer) const { return outcomes_[customer] == Outcome::exported; }
  std::vector<Outcome> take() { return std::move(outcomes_); }

 private:
  std::vector<Outcome> outcomes_;
};

std::vector<bool> chosen_clusters(const SavedRun& run, const std::vector<std::string>& segments) {
  std::vector<bool> chosen(run.model.k, segments.empty());
  for (const std::string& wanted : segments) {
    bool found = false;
    for (std::size_t c = 0; c < run.model.k; ++c)
      if (run.model.segments[c].name == wanted || std::to_string(c) == wanted) chosen[c] = found = true;
    if (found) continue;
    std::string names;
    for (const SegmentName& segment : run.model.segments) names += fmt::format("{}\"{}\"", names.empty() ? "" : ", ", segment.name);
    throw Error(ErrorKind::usage, fmt::format("there is no segment \"{}\"", wanted), "the segments are " + names, run.folder);
  }
  return chosen;
}

// A list is of e-mail addresses where it has a column of that name, or its first value is one; else of ids.
struct ListColumn {
  std::size_t column;
  bool by_email;
};

ListColumn column_of_list(const CsvFile& file, const std::string& id_name) {
  const std::vector<std::string>& columns = file.dialect().columns;
  const auto find = [&](std::initializer_list<std::string> names) {
    return static_cast<std::size_t>(std::find_if(columns.begin(), columns.end(), [&](const std::string& column) {
      return std::find(names.begin(), names.end(), lower_case(column)) != names.end();
    }) - columns.begin());
  };
  if (const std::size_t at = find({lower_case(id_name), "customer_id", "customer id", "customer", "id"}); at < columns.size()) return {at, false};
  if (const std::size_t at = find({"email", "e-mail", "email address", "email_address"}); at < columns.size()) return {at, true};
  if (columns.size() != 1)
    throw Error(ErrorKind::missing_column, fmt::format("the list has neither a column \"{}\" nor \"email\"", id_name), "name the column of ids or addresses in its header so", file.path());
  const auto& samples = file.dialect().samples;
  const std::string first = file.dialect().has_header && !samples.empty() ? samples.front().front() : columns.front();
  return {0, first.find('@') != std::string::npos};
}

// A file of one column without a delimiter has a header only where the first line is no value of the list.
void read_list(const std::string& path, const SavedRun& run, const CustomerIndex& index, Decisions& decisions, ExcludedEmails& emails, Audience& audience) {
  CsvFile file(path);
  const ListColumn list = column_of_list(file, run.id_name);
  ExclusionList report{path, list.by_email, 0, 0};
  const auto take = [&](std::string_view value) {
    ++report.rows;
    if (list.by_email) {
      emails.emplace(digest_of(lower_case(stripped(value))), audience.lists.size());
    } else if (const auto customer = index.find(stripped(value))) {
      ++report.customers;
      decisions.refuse(*customer, Outcome::excluded_by_list);
    }
  };
  if (file.dialect().columns.size() == 1 && file.dialect().has_header) {
    const std::string& header = file.dialect().columns.front();
    if (list.by_email ? header.find('@') != std::string::npos : index.find(header).has_value()) take(header);
  }
  file.for_each_row([&](std::span<const std::string_view> fields) { take(fields[list.column]); });
  audience.lists.push_back(report);
}

void leave_out_earlier(const std::string& folder, const CustomerIndex& index, Decisions& decisions) {
  const std::string path = folder + "/reconciliation.csv";
  if (!std::filesystem::exists(path)) throw Error(ErrorKind::usage, "no export is here", "give the folder that an earlier coterie export wrote", folder);
  CsvFile file(path, ',');
  const std::vector<std::string>& columns = file.dialect().columns;
  const auto outcome = std::find(columns.begin() + 1, columns.end(), "outcome");
  if (outcome == columns.end()) throw Error(ErrorKind::damaged_input, "there is no column \"outcome\"", "export again", path);
  const auto at = static_cast<std::size_t>(outcome - columns.begin());
  file.for_each_row([&](std::span<const std::string_view> fields) {
    if (fields[at] != name_of(Outcome::exported)) return;
    if (const auto customer = index.find(fields[0])) decisions.refuse(*customer, Outcome::in_earlier_export);
  });
}

void require_consent_column(const ContactsFile& contacts, const AudienceOptions& options) {
  if (contacts.has(ContactField::consent) || options.consent_elsewhere) return;
  throw Error(ErrorKind::missing_column, "no column says who agreed to be contacted",
              "name it with --contact consent=COLUMN, or say --consent-given when the file holds only customers who agreed", contacts.path());
}

// What one row of the contacts says.
struct ContactFact {
  std::optional<std::size_t> customer;
  ShortDigest key = no_address;        // of the address
  ShortDigest phone = no_address;      // where the platform takes each number once
  bool has_email = false, usable = false;
  Consent consent = Consent::given;    // where there is no column, the user has said so
};

// What the contacts say, a customer each.
struct ContactFacts {
  std::vector<bool> met;
  std::vector<ShortDigest> keys, phones;
  DigestSet refused;  // addresses that were refused in any row
};

ContactFact fact_of(const Contact& contact, const CustomerIndex& index, const ContactsFile& contacts, const AudienceOptions& options) {
  const Address address = address_of(contact, options.phone_country);
  ContactFact fact{.customer = index.find(contact.text(ContactField::customer)), .key = digest_of(address.key())};
  if (rule_of(options.platform).phones_once) fact.phone = digest_of(address.phone);
  fact.has_email = !address.email.empty();
  fact.usable = address.usable_on(options.platform);
  if (contacts.has(ContactField::consent)) fact.consent = consent_from_text(contact.text(ContactField::consent));
  return fact;
}

void judge(const ContactFact& fact, const ExcludedEmails& excluded_emails, ContactFacts& facts, Decisions& decisions, Audience& audience) {
  const std::size_t customer = *fact.customer;
  facts.met[customer] = true;
  facts.keys[customer] = fact.key;
  facts.phones[customer] = fact.phone;
  if (const auto excluded = fact.has_email ? excluded_emails.find(fact.key) : excluded_emails.end(); excluded != excluded_emails.end()) {
    ++audience.lists[excluded->second].customers;
    decisions.refuse(customer, Outcome::excluded_by_list);
  }
  if (fact.consent == Consent::refused || fact.consent == Consent::missing) decisions.refuse(customer, Outcome::no_consent);
  if (fact.consent == Consent::unclear) decisions.refuse(customer, Outcome::unclear_consent);
  if (!fact.usable) decisions.refuse(customer, Outcome::no_usable_address);
}

ContactFacts read_contacts(const SavedRun& run, const CustomerIndex& index, ContactsFile& contacts, const AudienceOptions& options, const ExcludedEmails& excluded_emails,
                           Decisions& decisions, Audience& audience) {
  ContactFacts facts{std::vector<bool>(run.customers()), std::vector<ShortDigest>(run.customers()), std::vector<ShortDigest>(run.customers()), {}};
  const auto work = [&](const Contact& contact) { return fact_of(contact, index, contacts, options); };
  const auto take = [&](ContactFact&& fact) {
    if (fact.consent == Consent::refused && fact.key != no_address) facts.refused.insert(fact.key);
    if (!fact.customer) ++audience.unknown_contacts;
    else if (facts.met[*fact.customer]) ++audience.repeated_contacts;
    else judge(fact, excluded_emails, facts, decisions, audience);
  };
  audience.contact_rows = contacts.for_each(work, take);
  return facts;
}

// Of customers with one address the first in the order of the run stays. One with an e-mail whose phone is another's keeps the e-mail.
void leave_out_duplicates(const ContactFacts& facts, Decisions& decisions, Audience& audience) {
  DigestSet taken, taken_phones;
  taken.reserve(facts.keys.size());
  audience.without_phone.resize(facts.keys.size());
  for (std::size_t customer = 0; customer < facts.keys.size(); ++customer) {
    const ShortDigest &key = facts.keys[customer], &phone = facts.phones[customer];
    if (key == no_address || !decisions.stands(customer)) continue;
    if (facts.refused.contains(key)) decisions.refuse(customer, Outcome::no_consent);
    else if (!taken.insert(key).second) decisions.refuse(customer, Outcome::duplicate_address);
    else if (phone == no_address || taken_phones.insert(phone).second) continue;
    else if (phone == key) decisions.refuse(customer, Outcome::duplicate_address);
    else audience.without_phone[customer] = true;
  }
}

std::vector<std::uint64_t> standing_by_segment(const SavedRun& run, const Decisions& decisions) {
  std::vector<std::uint64_t> standing(run.model.k);
  for (std::size_t customer = 0; customer < run.customers(); ++customer)
    standing[static_cast<std::size_t>(run.labels[customer])] += decisions.stands(customer);
  return standing;
}

void hold_out_some(const SavedRun& run, const HoldOut& hold_out, Decisions& decisions) {
  for (std::size_t customer = 0; customer < run.customers(); ++customer)
    if (decisions.stands(customer) && is_held_out(run.ids.text(customer), hold_out.share_of(run.segment_of(customer)), hold_out.seed))
      decisions.refuse(customer, Outcome::hold_out);
}

void leave_out_small_segments(const SavedRun& run, std::size_t minimum_size, Decisions& decisions) {
  const std::vector<std::uint64_t> standing = standing_by_segment(run, decisions);
  for (std::size_t customer = 0; customer < run.customers(); ++customer)
    if (decisions.stands(customer) && standing[static_cast<std::size_t>(run.labels[customer])] < minimum_size) decisions.refuse(customer, Outcome::small_segment);
}

}  // namespace

const char* name_of(Outcome outcome) {
  static constexpr const char* names[outcome_count] = {"exported", "not_chosen", "excluded_by_list", "in_earlier_export", "no_contact", "no_consent",
                                                       "unclear_consent", "no_usable_address", "duplicate_address", "hold_out", "small_segment"};
  return names[static_cast<std::size_t>(outcome)];
}

std::uint64_t Audience::exported() const {
  std::uint64_t sum = 0;
  for (const auto& segment : counts) sum += segment[static_cast<std::size_t>(Outcome::exported)];
  return sum;
}

Audience choose_audience(const SavedRun& run, const CustomerIndex& index, ContactsFile* contacts, const AudienceOptions& options) {
  Audience audience;
  Decisions decisions(run.customers());
  if (contacts != nullptr) require_consent_column(*contacts, options);
  const std::vector<bool> chosen = chosen_clusters(run, options.segments);
  for (std::size_t customer = 0; customer < run.customers(); ++customer)
    if (!chosen[static_cast<std::size_t>(run.labels[customer])]) decisions.refuse(customer, Outcome::not_chosen);
  ExcludedEmails excluded_emails;
  for (const std::string& path : options.exclude) read_list(path, run, index, decisions, excluded_emails, audience);
  for (const std::string& folder : options.after) leave_out_earlier(folder, index, decisions);
  if (contacts != nullptr) {
    const ContactFacts facts = read_contacts(run, index, *contacts, options, excluded_emails, decisions, audience);
    for (std::size_t customer = 0; customer < run.customers(); ++customer)
      if (!facts.met[customer]) decisions.refuse(customer, Outcome::no_contact);
    leave_out_duplicates(facts, decisions, audience);
    hold_out_some(run, options.hold_out, decisions);
  } else if (!excluded_emails.empty()) {
    throw Error(ErrorKind::usage, "a list of e-mail addresses excludes nobody here: this export has no contacts", "exclude customers by their ids", options.exclude.front());
  }
  leave_out_small_segments(run, options.minimum_size, decisions);
  audience.outcomes = decisions.take();
  audience.counts.resize(run.model.k);
  for (std::size_t customer = 0; customer < run.customers(); ++customer)
    ++audience.counts[static_cast<std::size_t>(run.labels[customer])][static_cast<std::size_t>(audience.outcomes[customer])];
  return audience;
}

}  // namespace coterie
