// E-mail addresses, names and places as the platforms want them before they are hashed.
//
// Google Customer Match (Google Ads Help 7476159 and 7659867, "Formatting guidelines for uploading hashed data", "Format your
// customer data file"; Google for Developers, "Data Manager API: Format user data"): e-mail, phone, first and last name are
// hashed with SHA-256, country and postal code are not. Lower case, no blanks before, behind or within an e-mail; of gmail.com
// and googlemail.com addresses, and of no others, the dots before the @ are removed and a "+" with what follows it; names
// without blanks at the ends or more than one between words, first names without prefixes "such as Mrs.", last names without suffixes
// "such as Jr."; phones are E.164 with their "+"; first name, last name, country and postal code only count together. Google lists no further
// prefixes and suffixes: those taken off are the ones of contact_address.cc, which are no names themselves.
//
// Meta customer lists (Meta Business Help 2082575038703844, "How to format a customer list"; Meta for Developers, "Customer
// File Custom Audiences: Hashing and Normalizing Data", as Segment's and HCL's documentation quote it): everything is hashed with
// SHA-256. E-mail trimmed, lower case, dots and "+" stay; phone digits only with the calling code, no "+", no leading zeros;
// names lower case without punctuation; city lower case without blanks and punctuation; postal code lower case without blanks
// and dash, of the USA the first five digits, of the United Kingdom area, district and sector ("M1 1AE" is "m11"); country as
// two lower-case letters; letters beyond a to z as UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace coterie {

// Without blanks and control characters at both ends.
std::string_view stripped(std::string_view text);

// One @ with something before it, a dot in what is behind it, no blank, control character, comma or semicolon; at most 254
// bytes (RFC 5321, section 4.5.3.1.3). Whether the mailbox is there is not known.
bool is_email(std::string_view text);

// In lower case by Unicode's simple mappings; bytes that are no UTF-8 stay as they are.
std::string lower_case(std::string_view text);

// What is hashed, from a stripped text.
std::string google_email(std::string_view email);
std::string google_first_name(std::string_view name);
std::string google_last_name(std::string_view name);
std::string meta_email(std::string_view email);
std::string meta_phone(std::string_view e164);
std::string meta_name(std::string_view name);
std::string meta_city(std::string_view city);
std::string meta_postal_code(std::string_view postal_code, std::string_view country);

}  // namespace coterie
