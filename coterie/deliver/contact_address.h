// E-mail addresses, names and places as the platforms want them before they are hashed.
//
// Google Customer Match (support.google.com/google-ads/answer/7476159, "Formatting guidelines for uploading hashed data";
// developers.google.com/google-ads/api/docs/remarketing/audience-segments/customer-match/get-started): e-mail, phone, first
// and last name are hashed with SHA-256, country and postal code are not. Lower case, no blanks before, behind or within an
// e-mail; the dots before the @ of gmail.com and googlemail.com count for nothing and are removed; phones are E.164 with
// their "+"; first name, last name, country and postal code only count together.
//
// Meta customer lists (developers.facebook.com/docs/marketing-api/audiences/guides/custom-audiences, "Hashing and
// normalizing data"; facebook.com/business/help/2082575038703844): everything is hashed with SHA-256. E-mail trimmed, lower
// case; phone digits only with the calling code, no "+", no leading zeros; names lower case without punctuation; city lower
// case without blanks and punctuation; postal code lower case without blanks and dash, of the USA the first five digits;
// country as two lower-case letters.
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
std::string google_name(std::string_view name);
std::string meta_email(std::string_view email);
std::string meta_phone(std::string_view e164);
std::string meta_name(std::string_view name);
std::string meta_city(std::string_view city);
std::string meta_postal_code(std::string_view postal_code, std::string_view country);

}  // namespace coterie
