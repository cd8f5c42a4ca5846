// The platforms that take customer lists, and what a row of theirs looks like.
//
// Published formats, by these pages of the vendors (Shopify's columns and Mailchimp's tags as help pages of other companies
// repeat them):
// * Klaviyo Help Center, "Create and add contacts to a new list" (115005078967) and "Troubleshooting list imports"
//   (115005078807): the first column is Email, Email Address or Phone Number; other headers are properties; 50 MB a file; every
//   row has an e-mail or a phone, none of them twice; phones are E.164.
// * HubSpot Knowledge Base, "Set up import files": one header row, a property each; UTF-8; fewer than 1,000 columns; paid
//   accounts 512 MB and 1,048,576 rows a file, free ones 20 MB; contacts are matched by Email.
// * Mailchimp Help, "Format guidelines for your import file": Email Address is required; texts beyond 255 bytes are clipped;
//   tags are set apart by commas and have up to 100 characters.
// * Shopify Help Center, "Import and export customers": headers are case-sensitive (those of its template), the Email column must
//   be there but may be blank, yes or no for marketing, tags set apart by commas, 15 MB a file; of rows with the same e-mail or
//   phone only the last is imported.
// * Google Customer Match and Meta customer lists: see contact_address.h. Google: headers Email, Phone, First Name, Last Name,
//   Country, Zip in English, UTF-8. Meta: headers email, phone, fn, ln, ct, zip, country; no list of fewer than 100 people.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "coterie/deliver/contacts.h"

namespace coterie {

enum class Platform : std::uint8_t { klaviyo, hubspot, mailchimp, shopify, csv, google, meta, parquet, duckdb };
constexpr std::size_t platform_count = 9;

enum class PlatformKind : std::uint8_t {
  crm,          // one list of contacts with their segment
  advertising,  // hashed, one audience a segment
  analysis,     // no contacts at all: customers, segments and features
};

struct PlatformRule {
  const char* name;           // as in --platform klaviyo
  PlatformKind kind;
  bool email_required;        // a phone number alone is no address there
  bool phones_once;           // takes no second row with a phone number, whoever's it is
  std::uint64_t file_bytes;   // most a file may have; 0: no limit is published
  std::uint64_t file_rows;    // likewise, without the header
};
const PlatformRule& rule_of(Platform platform);
std::optional<Platform> platform_from_name(std::string_view name);

// What a contact can be reached by; "" where there is nothing usable.
struct Address {
  std::string email;  // as written, without blanks at the ends
  std::string phone;  // E.164

  bool usable_on(Platform platform) const;
  // What two customers must share to be the same addressee: the e-mail in lower case, else the phone. "" where nothing is usable.
  std::string key() const;
  // The same as the platform tells members apart: Google knows "j.doe+shop@gmail.com" and "jdoe@gmail.com" as one.
  std::string key_on(Platform platform) const;
};
// `phone_country`: where the row has no country code, phone numbers without "+" are this country's; may be empty.
Address address_of(const Contact& contact, std::string_view phone_country);

// The columns of the platform's file, as far as the contacts have them. Not for analysis.
std::vector<std::string> header_of(Platform platform, const ContactsFile& contacts);
// One row under that header. `segment` is the segment's name, `cluster` its number.
std::vector<std::string> row_of(Platform platform, const ContactsFile& contacts, const Contact& contact, const Address& address, const std::string& segment, std::size_t cluster);

// How a platform forgets a segment, once a customer has left it: a blank cell of an import changes nothing there.
enum class RemovalKind : std::uint8_t {
  property,  // the one property, or Shopify's tags, are written over with "none"; who moved is written over by the list
  tag,       // Mailchimp's tags stay until they are taken off; an import only adds
  audience,  // the customers are removed from the audience of the segment, by the same digests
};
RemovalKind removal_of(Platform platform);
// A row of the file that removes a customer from `segment`. Nothing in it speaks of consent.
std::vector<std::string> removal_header(Platform platform, const ContactsFile& contacts);
std::vector<std::string> removal_row(Platform platform, const ContactsFile& contacts, const Contact& contact, const Address& address, const std::string& segment);

// The tag that stands for a segment in Mailchimp and Shopify: "segment: high-value loyal", without commas, at most 100 bytes.
std::string segment_tag(const std::string& segment);

}  // namespace coterie
