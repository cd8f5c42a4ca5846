#!/usr/bin/env python3
"""Writes coterie/deliver/calling_codes.inc from the numbering plans of libphonenumber (Apache License 2.0), by its Python port.

    pip install phonenumbers==9.0.43; tools/calling_codes.py > coterie/deliver/calling_codes.inc

A line a country: ISO 3166-1 code, calling code, trunk prefix (dialled before a national number), international prefix
(dialled before a calling code), and the possible numbers of digits of a national number as bits of one word."""
import phonenumbers
from phonenumbers import PhoneMetadata

print(f"// Made by tools/calling_codes.py from phonenumbers {phonenumbers.__version__}; do not edit.")
for country in sorted(phonenumbers.SUPPORTED_REGIONS):
    plan = PhoneMetadata.metadata_for_region(country)
    international = plan.international_prefix or ""
    if not international.isdigit():
        international = "0011" if plan.country_code == 61 else "00"  # several carriers: the one that all have
    trunk = "80" if country == "BY" else plan.national_prefix or ""  # Belarus writes 8 0152 45-09-11
    lengths = sum(1 << length for length in plan.general_desc.possible_length)
    print(f'{{"{country}", {plan.country_code}, "{trunk}", "{international}", {lengths:#x}}},')
