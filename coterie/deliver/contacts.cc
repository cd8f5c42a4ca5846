#include "coterie/deliver/contacts.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <initializer_list>
#include <iterator>

#include "coterie/base/error.h"
#include "coterie/deliver/contact_address.h"

namespace coterie {
namespace {

// Letters and digits only, in lower case: "E-Mail Address" is "emailaddress".
std::string plain(std::string_view text) {
  std::string letters = lower_case(text);
  std::erase_if(letters, [](char c) { return static_cast<signed char>(c) >= 0 && !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')); });
  return letters;
}

struct KnownField {
  const char* name;
  std::initializer_list<const char*> columns;  // the names it goes by, best first
};

const KnownField known_fields[contact_field_count] = {
    {"customer", {"customerid", "userid", "clientid", "customer", "user", "externalid", "id"}},
    {"email", {"email", "emailaddress", "mail", "customeremail", "contactemail"}},
    {"phone", {"phone", "phonenumber", "mobile", "mobilephone", "mobilenumber", "cell", "cellphone", "telephone", "tel", "defaultaddressphone"}},
    {"first_name", {"firstname", "givenname", "forename", "fname"}},
    {"last_name", {"lastname", "surname", "familyname", "lname"}},
    {"city", {"city", "town", "defaultaddresscity"}},
    {"postal_code", {"postalcode", "postcode", "zip", "zipcode", "defaultaddresszip"}},
    {"country", {"countrycode", "country", "defaultaddresscountrycode", "countryregion"}},
    {"consent", {"consent", "emailconsent", "marketingconsent", "emailmarketingconsent", "acceptsemailmarketing", "acceptsmarketing", "optin", "emailoptin", "marketingoptin", "subscribed", "newsletter"}},
    {"tags", {"tags"}},
};

int find_column(const std::vector<std::string>& columns, std::string_view plain_name) {
  const auto it = std::find_if(columns.begin(), columns.end(), [&](const std::string& column) { return plain(column) == plain_name; });
  return it == columns.end() ? -1 : static_cast<int>(it - columns.begin());
}

int find_by_names(const std::vector<std::string>& columns, const KnownField& field) {
  for (const char* name : field.columns)
    if (const int column = find_column(columns, name); column >= 0) return column;
  return -1;
}

int given_column(const CsvFile& file, const std::string& field, const std::string& name) {
  const std::vector<std::string>& columns = file.dialect().columns;
  const auto it = std::find(columns.begin(), columns.end(), name);
  if (it == columns.end())
    throw Error(ErrorKind::missing_column, fmt::format("there is no column \"{}\" for {}; the columns are {}", name, field, fmt::join(columns, ", ")),
                fmt::format("give one of them: --contact {}=COLUMN", field), file.path());
  return static_cast<int>(it - columns.begin());
}

}  // namespace

const char* name_of(ContactField field) { return known_fields[static_cast<std::size_t>(field)].name; }

Consent consent_from_text(std::string_view text) {
  static const std::initializer_list<const char*> yes = {"yes", "y", "true", "t", "1", "subscribe", "subscribed", "optin", "optedin", "given", "granted", "accepted", "agreed", "ja", "oui", "si"};
  static const std::initializer_list<const char*> no = {"no", "n", "false", "f", "0", "unsubscribed", "unsubscribe", "neversubscribed", "notsubscribed", "optout", "optedout", "refused", "denied",
                                                         "declined", "withdrawn", "revoked", "suppressed", "bounced", "cleaned", "nein", "non"};
  if (stripped(text).empty()) return Consent::missing;
  const std::string word = plain(text);
  const auto is = [&](const char* known) { return word == known; };
  if (std::any_of(yes.begin(), yes.end(), is)) return Consent::given;
  return std::any_of(no.begin(), no.end(), is) ? Consent::refused : Consent::unclear;
}

ContactsFile::ContactsFile(const std::string& path, const std::string& id_name, const std::map<std::string, std::string>& given, char delimiter) : file_(path, delimiter) {
  for (std::size_t f = 0; f < contact_field_count; ++f) column_[f] = find_by_names(columns(), known_fields[f]);
  if (const int same = find_column(columns(), plain(id_name)); same >= 0) column_[0] = same;
  for (const auto& [field, name] : given) {
    const auto it = std::find_if(std::begin(known_fields), std::end(known_fields), [&](const KnownField& known) { return field == known.name; });
    if (it == std::end(known_fields)) {
      std::string names;
      for (const KnownField& known : known_fields) names += fmt::format("{}{}", names.empty() ? "" : ", ", known.name);
      throw Error(ErrorKind::usage, fmt::format("--contact {} is not known", field), "the fields are " + names);
    }
    column_[static_cast<std::size_t>(it - std::begin(known_fields))] = given_column(file_, field, name);
  }
  if (!has(ContactField::customer))
    throw Error(ErrorKind::missing_column, fmt::format("no column holds the customers' ids (in the run it is \"{}\"); the columns are {}", id_name, fmt::join(columns(), ", ")),
                "say which: --contact customer=COLUMN", path);
}

std::string ContactsFile::column_name(ContactField field) const {
  return has(field) ? columns()[static_cast<std::size_t>(column_[static_cast<std::size_t>(field)])] : "";
}

Contact ContactsFile::contact_of(std::span<const std::string_view> fields) const {
  Contact contact{fields, {}};
  for (std::size_t f = 0; f < contact_field_count; ++f)
    if (column_[f] >= 0) contact.known[f] = stripped(fields[static_cast<std::size_t>(column_[f])]);
  return contact;
}

RowCounts ContactsFile::for_each(const std::function<void(const Contact&)>& fn) {
  return file_.for_each_row([&](std::span<const std::string_view> fields) { fn(contact_of(fields)); });
}

void ContactsFile::copy_row(std::span<const std::string_view> fields, Batch& batch) {
  for (const std::string_view field : fields) {
    batch.bytes += field;
    batch.ends.push_back(batch.bytes.size());
  }
  ++batch.rows;
}

void ContactsFile::find_fields(Batch& batch) {
  batch.fields.clear();
  std::size_t begin = 0;
  for (const std::size_t end : batch.ends) {
    batch.fields.push_back(std::string_view(batch.bytes).substr(begin, end - begin));
    begin = end;
  }
}

}  // namespace coterie
