#!/usr/bin/env python3
"""Writes coterie/deliver/calling_codes.h from the numbering plans of libphonenumber (Apache License 2.0), by its Python port.

    pip install phonenumbers==9.0.43; tools/calling_codes.py > coterie/deliver/calling_codes.h"""
import phonenumbers
from phonenumbers import PhoneMetadata

print(f"""// How each country's phone numbers are dialled. Made by tools/calling_codes.py from phonenumbers {phonenumbers.__version__}; do not edit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace coterie {{

struct NumberingPlan {{
  std::string_view country;  // ISO 3166-1
  unsigned calling_code;
  std::string_view trunk_prefix;          // dialled before a national number
  std::string_view international_prefix;  // dialled before a calling code
  std::uint32_t lengths;                  // bit n: national numbers may have n digits

  constexpr bool has_length(std::size_t digits) const {{ return digits < 32 && (lengths >> digits & 1) != 0; }}
}};

inline constexpr NumberingPlan numbering_plans[] = {{""")
for country in sorted(phonenumbers.SUPPORTED_REGIONS):
    plan = PhoneMetadata.metadata_for_region(country)
    international = plan.international_prefix or ""
    if not international.isdigit():
        international = "0011" if plan.country_code == 61 else "00"  # several carriers: the one that all have
    trunk = "80" if country == "BY" else plan.national_prefix or ""  # Belarus writes 8 0152 45-09-11
    lengths = sum(1 << length for length in plan.general_desc.possible_length)
    print(f'    {{"{country}", {plan.country_code}, "{trunk}", "{international}", {lengths:#x}}},')
print("""};

}  // namespace coterie""")
