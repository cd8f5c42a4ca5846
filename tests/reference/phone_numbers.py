#!/usr/bin/env python3
"""Writes phone_numbers.csv: how libphonenumber reads numbers in the ways people write them.

    pip install phonenumbers==9.0.43; tests/reference/phone_numbers.py > tests/reference/phone_numbers.csv

For each country a fixed-line and a mobile example number, written in E.164, internationally, nationally and in two sloppy
ways. Columns: text, country, the E.164 form that libphonenumber gives the text."""
import csv
import sys

import phonenumbers
from phonenumbers import PhoneNumberFormat as Format, PhoneNumberType as Type

writer = csv.writer(sys.stdout, lineterminator="\n")
writer.writerow(["text", "country", "e164"])
for country in sorted(phonenumbers.SUPPORTED_REGIONS):
    for kind in (Type.FIXED_LINE, Type.MOBILE):
        number = phonenumbers.example_number_for_type(country, kind)
        if number is None:
            continue
        national = phonenumbers.format_number(number, Format.NATIONAL)
        international = phonenumbers.format_number(number, Format.INTERNATIONAL)
        for text in (phonenumbers.format_number(number, Format.E164), international, national, "".join(filter(str.isdigit, national)), "  " + international.replace(" ", ".") + " "):
            read = phonenumbers.parse(text, country)
            writer.writerow([text, country, phonenumbers.format_number(read, Format.E164)])
