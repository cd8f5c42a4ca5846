#!/usr/bin/env python3
"""Sums the results that ctest --output-junit wrote. usage: count_tests.py FILE...

Prints each skipped and failed test, then "N passed, N failed". Exit code 1 if a test failed, or if a
file is missing or has no test (a build that failed is counted as one failure)."""
import re
import sys
import xml.etree.ElementTree as xml


def cases(path):
    """(name, status, output) of each test; none if the file is not there."""
    try:
        root = xml.parse(path).getroot()
    except (OSError, xml.ParseError):
        return []
    return [(case.get("name"), case.get("status"), case.findtext("system-out", "")) for case in root.iter("testcase")]


def reason_of(output):
    """What a skipped test said: the line after GoogleTest's "Skipped", or the one that begins with "skipped:"."""
    found = re.search(r"Skipped\n(.+)", output) or re.search(r"^skipped: *(.+)", output, re.MULTILINE)
    return found.group(1).strip() if found else "no reason given"


def main(paths):
    passed = failed = 0
    for path in paths:
        tests = cases(path)
        if not tests:
            print(f"{path}: no test ran")
            failed += 1
        for name, status, output in tests:
            if status == "run":
                passed += 1
            elif status in ("notrun", "disabled"):
                print(f"{path}: {name} was skipped: {reason_of(output)}")
            else:
                print(f"{path}: {name} FAILED")
                failed += 1
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
