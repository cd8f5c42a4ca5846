#include "coterie/deliver/platform.h"

#include <algorithm>

#include "coterie/base/sha256.h"
#include "coterie/deliver/contact_address.h"
#include "coterie/deliver/phone_number.h"

namespace coterie {
namespace {

using Field = ContactField;

constexpr std::uint64_t megabyte = 1'000'000;
constexpr std::size_t longest_tag = 100;
constexpr std::string_view tag_prefix = "segment: ";

constexpr PlatformRule rules[platform_count] = {
    {"klaviyo", PlatformKind::crm, false, true, 50 * megabyte, 0}, {"hubspot", PlatformKind::crm, true, false, 512 * megabyte, 1'048'575},
    {"mailchimp", PlatformKind::crm, true, false, 0, 0},           {"shopify", PlatformKind::crm, false, true, 15 * megabyte, 0},
    {"csv", PlatformKind::crm, false, false, 0, 0},                {"google", PlatformKind::advertising, false, false, 0, 0},
    {"meta", PlatformKind::advertising, false, false, 0, 0},       {"parquet", PlatformKind::analysis, false, false, 0, 0},
    {"duckdb", PlatformKind::analysis, false, false, 0, 0},
};

// A column of a platform's file, and the field it is filled from; there only where the contacts have the field.
struct Column {
  const char* name;
  std::optional<Field> field;  // none: made here, always there
};

const std::vector<Column>& columns_of(Platform platform) {
  static const std::vector<Column> klaviyo = {{"Email", Field::email}, {"Phone Number", Field::phone}, {"First Name", Field::first_name}, {"Last Name", Field::last_name}, {"Customer ID", Field::customer}, {"Segment", {}}};
  static const std::vector<Column> hubspot = {{"Email", Field::email}, {"First Name", Field::first_name}, {"Last Name", Field::last_name}, {"Phone Number", Field::phone}, {"Customer ID", Field::customer}, {"Customer Segment", {}}};
  static const std::vector<Column> mailchimp = {{"Email Address", Field::email}, {"First Name", Field::first_name}, {"Last Name", Field::last_name}, {"Phone Number", Field::phone}, {"Tags", {}}};
  static const std::vector<Column> shopify = {{"First Name", Field::first_name}, {"Last Name", Field::last_name}, {"Email", {}}, {"Accepts Email Marketing", Field::consent}, {"Phone", Field::phone}, {"Tags", {}}};
  static const std::vector<Column> google = {{"Email", Field::email}, {"Phone", Field::phone}, {"First Name", Field::first_name}, {"Last Name", Field::last_name}, {"Country", Field::country}, {"Zip", Field::postal_code}};
  static const std::vector<Column> meta = {{"email", Field::email}, {"phone", Field::phone}, {"fn", Field::first_name}, {"ln", Field::last_name}, {"ct", Field::city}, {"zip", Field::postal_code}, {"country", Field::country}};
  static const std::vector<Column> none;
  switch (platform) {
    case Platform::klaviyo: return klaviyo;
    case Platform::hubspot: return hubspot;
    case Platform::mailchimp: return mailchimp;
    case Platform::shopify: return shopify;
    case Platform::google: return google;
    case Platform::meta: return meta;
    default: return none;
  }
}

bool has_mailing_address(const ContactsFile& contacts) {
  return contacts.has(Field::first_name) && contacts.has(Field::last_name) && contacts.has(Field::country) && contacts.has(Field::postal_code);
}

bool is_there(Platform platform, const Column& column, const ContactsFile& contacts) {
  if (!column.field) return true;
  const bool reaches = *column.field == Field::email || *column.field == Field::phone;
  // Google matches a mailing address by all four parts or not at all.
  if (platform == Platform::google && !reaches) return has_mailing_address(contacts);
  return contacts.has(*column.field);
}

std::string hashed(const std::string& text) { return text.empty() ? text : sha256_hex(text); }

std::string country_code(const Contact& contact) {
  const std::string_view country = contact.text(Field::country);
  return is_country_code(country) ? lower_case(country) : "";
}

std::string google_cell(Field field, const Contact& contact, const Address& address) {
  const std::string country = country_code(contact);
  const bool whole = !contact.text(Field::first_name).empty() && !contact.text(Field::last_name).empty() && !contact.text(Field::postal_code).empty() && !country.empty();
  switch (field) {
    case Field::email: return hashed(google_email(address.email));
    case Field::phone: return hashed(address.phone);
    case Field::country: return whole ? country : "";
    case Field::postal_code: return whole ? std::string(contact.text(field)) : "";
    case Field::first_name: return whole ? hashed(google_first_name(contact.text(field))) : "";
    default: return whole ? hashed(google_last_name(contact.text(field))) : "";
  }
}

std::string meta_cell(Field field, const Contact& contact, const Address& address) {
  switch (field) {
    case Field::email: return hashed(meta_email(address.email));
    case Field::phone: return hashed(meta_phone(address.phone));
    case Field::country: return hashed(country_code(contact));
    case Field::postal_code: return hashed(meta_postal_code(contact.text(field), contact.text(Field::country)));
    case Field::city: return hashed(meta_city(contact.text(field)));
    default: return hashed(meta_name(contact.text(field)));
  }
}

// Shopify replaces the tags of a customer it knows: those that are there are kept, but for an earlier segment's.
std::string tags_with(std::string_view tags, const std::string& segment) {
  std::string kept;
  while (!tags.empty()) {
    const std::size_t comma = std::min(tags.find(','), tags.size());
    const std::string_view tag = stripped(tags.substr(0, comma));
    if (!tag.empty() && !tag.starts_with(tag_prefix)) kept += std::string(tag) + ", ";
    tags.remove_prefix(std::min(comma + 1, tags.size()));
  }
  return kept + segment_tag(segment);
}

std::string crm_cell(Platform platform, const Column& column, const Contact& contact, const Address& address, const std::string& segment) {
  const std::string_view name = column.name;
  if (name == "Tags") return platform == Platform::shopify ? tags_with(contact.text(Field::tags), segment) : segment_tag(segment);
  if (name == "Email" || column.field == Field::email) return address.email;
  if (!column.field) return segment;
  if (*column.field == Field::phone) return address.phone;
  if (*column.field == Field::consent) return "yes";  // who did not agree is not exported
  return std::string(contact.text(*column.field));
}

// The generic file: the contacts' own columns and two more.
std::string own_name(const ContactsFile& contacts, const std::string& name) {
  const auto& columns = contacts.columns();
  return std::find(columns.begin(), columns.end(), name) == columns.end() ? name : "coterie_" + name;
}

}  // namespace

const PlatformRule& rule_of(Platform platform) { return rules[static_cast<std::size_t>(platform)]; }

std::optional<Platform> platform_from_name(std::string_view name) {
  for (std::size_t p = 0; p < platform_count; ++p)
    if (name == rules[p].name) return static_cast<Platform>(p);
  return std::nullopt;
}

bool Address::usable_on(Platform platform) const {
  if (platform == Platform::csv) return true;  // the file's columns mean what they mean
  return !email.empty() || (!phone.empty() && !rule_of(platform).email_required);
}

std::string Address::key() const { return email.empty() ? phone : lower_case(email); }

std::string Address::key_on(Platform platform) const { return platform == Platform::google && !email.empty() ? google_email(email) : key(); }

Address address_of(const Contact& contact, std::string_view phone_country) {
  const std::string_view email = contact.text(Field::email), country = contact.text(Field::country);
  return {is_email(email) ? std::string(email) : "", e164(contact.text(Field::phone), is_country_code(country) ? country : phone_country).value_or("")};
}

std::vector<std::string> header_of(Platform platform, const ContactsFile& contacts) {
  std::vector<std::string> header;
  if (platform == Platform::csv) {
    header = contacts.columns();
    header.push_back(own_name(contacts, "segment"));
    header.push_back(own_name(contacts, "cluster"));
  }
  for (const Column& column : columns_of(platform))
    if (is_there(platform, column, contacts)) header.emplace_back(column.name);
  return header;
}

std::vector<std::string> row_of(Platform platform, const ContactsFile& contacts, const Contact& contact, const Address& address, const std::string& segment, std::size_t cluster) {
  std::vector<std::string> row;
  if (platform == Platform::csv) {
    row.assign(contact.fields.begin(), contact.fields.end());
    row.push_back(segment);
    row.push_back(std::to_string(cluster));
  }
  for (const Column& column : columns_of(platform)) {
    if (!is_there(platform, column, contacts)) continue;
    if (platform == Platform::google) row.push_back(google_cell(*column.field, contact, address));
    else if (platform == Platform::meta) row.push_back(meta_cell(*column.field, contact, address));
    else row.push_back(crm_cell(platform, column, contact, address, segment));
  }
  return row;
}

RemovalKind removal_of(Platform platform) {
  if (rule_of(platform).kind == PlatformKind::advertising) return RemovalKind::audience;
  return platform == Platform::mailchimp ? RemovalKind::tag : RemovalKind::property;
}

std::vector<std::string> removal_header(Platform platform, const ContactsFile& contacts) {
  if (platform == Platform::mailchimp) return {"Email Address", "Tags"};
  std::vector<std::string> header = header_of(platform, contacts);
  if (platform == Platform::shopify) std::erase(header, "Accepts Email Marketing");
  return header;
}

std::vector<std::string> removal_row(Platform platform, const ContactsFile& contacts, const Contact& contact, const Address& address, const std::string& segment) {
  if (platform == Platform::mailchimp) return {address.email, segment_tag(segment)};
  Address known = address;
  if (rule_of(platform).phones_once && !known.email.empty()) known.phone.clear();  // it may be that of somebody who is listed
  std::vector<std::string> row = row_of(platform, contacts, contact, known, "none", 0);
  if (platform == Platform::csv) row.back() = "";  // the cluster
  const std::vector<std::string> header = header_of(platform, contacts);
  if (const auto consent = std::find(header.begin(), header.end(), "Accepts Email Marketing"); platform == Platform::shopify && consent != header.end())
    row.erase(row.begin() + (consent - header.begin()));
  return row;
}

std::string segment_tag(const std::string& segment) {
  std::string tag(tag_prefix);
  for (const char c : segment) {
    if (c == ',') tag += " and";
    else tag += c;
  }
  std::size_t end = std::min(tag.size(), longest_tag);
  while (end < tag.size() && (static_cast<unsigned char>(tag[end]) & 0xc0) == 0x80) --end;  // not within a character
  return tag.substr(0, end);
}

}  // namespace coterie
