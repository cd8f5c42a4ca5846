#!/usr/bin/env python3
"""Holds the direction of includes. usage: check_includes.py [ROOT] | --self-test

* A room of coterie/ includes itself and rooms below it only; sample stands on base alone.
* The library includes neither the doors (cli/) nor bench/ nor tests/; these may include any of it.
* No circles, also not between the files of one room.
* Own headers are included by their full path, as "coterie/room/file.h".
* base/simd.h, base/simd_single.h, base/simd_math.h and the processor's intrinsics belong into x.isa.cc, which is compiled
  three times; anywhere else the same name would be two different functions in one program.
* x_test.h is for x_test.cc and tests/. Tests of any room may include sample.

Prints each offending line as file:line: text, and exits with 1 if there is one."""
import pathlib
import re
import sys
import tempfile

ROOMS = ["model", "deliver", "value", "segments", "score", "cluster", "matrix", "features", "events", "table", "source", "base"]
BELOW = {room: set(ROOMS[place:]) for place, room in enumerate(ROOMS)} | {"sample": {"sample", "base"}}
FOLDERS = ["coterie", "cli", "bench", "tests"]
SIMD = {"coterie/base/simd.h", "coterie/base/simd_single.h", "coterie/base/simd_math.h"}
INCLUDE = re.compile(r'\s*#\s*include\s*(["<])([^">]+)[">]')


def includes(root):
    """(file, line number, own, included) of every include below root; own: written with quotes."""
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix not in (".h", ".cc") or not path.is_file():
                continue
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                if found := INCLUDE.match(line):
                    yield path.relative_to(root).as_posix(), number, found[1] == '"', found[2]


def room_of(path):
    parts = path.split("/")
    return parts[1] if parts[0] == "coterie" and len(parts) > 2 else None


def fault_of(file, own, included, exists):
    """What is wrong with one include; None if nothing."""
    isa = file.endswith(".isa.cc")
    if not own:
        if included.endswith("intrin.h") and not isa and file not in SIMD:
            return "intrinsics outside x.isa.cc"
        return None
    if not exists:
        return "no such file below the root of the repository"
    if included in SIMD and not isa and file not in SIMD:
        return "the vectors of base/simd.h outside x.isa.cc"
    if included.endswith("_test.h") and not file.endswith(("_test.cc", "_test.h")) and not file.startswith("tests/"):
        return "a test's header outside the tests"
    if not included.endswith(".h"):
        return "not a header"
    room, target = room_of(file), room_of(included)
    if target == "sample" and file.endswith(("_test.cc", "_test.h")):
        return None  # tests anywhere may take generated data
    if room is None:
        return None
    if room not in BELOW:
        return f"{room}/ is no room of ROOMS in tools/check_includes.py"
    if target is None:
        return "the library includes what stands upon it"
    if target not in BELOW[room]:
        return f"{room}/ may not include {target}/"
    return None


def circles(arrows):
    """Each circle once, as the list of its files, by depth-first search."""
    state, found = {}, []

    def visit(file, path):
        state[file] = "open"
        for target in arrows.get(file, ()):
            if state.get(target) == "open":
                found.append(path[path.index(target):] + [target])
            elif target not in state:
                visit(target, path + [target])
        state[file] = "done"

    for file in sorted(arrows):
        if file not in state:
            visit(file, [file])
    return found


def check(root):
    """The faults below root, one text each, and the number of includes looked at."""
    faults, arrows, count = [], {}, 0
    for file, number, own, included in includes(root):
        count += 1
        if fault := fault_of(file, own, included, (root / included).is_file()):
            faults.append(f"{file}:{number}: includes {included}: {fault}")
        if own:
            arrows.setdefault(file, []).append(included)
    faults += ["circle: " + " -> ".join(circle) for circle in circles(arrows)]
    return faults, count


def self_test():
    """Every rule is broken once, and each time exactly that is found."""
    good = {"coterie/base/a.h": "", "coterie/cluster/k.h": '#include "coterie/base/a.h"\n#include <vector>\n', "coterie/base/simd.h": "#include <immintrin.h>\n",
            "coterie/cluster/k.isa.cc": '#include "coterie/base/simd.h"\n', "cli/main.cc": '#include "coterie/cluster/k.h"\n',
            "coterie/cluster/k_test.h": "", "coterie/cluster/k_test.cc": '#include "coterie/cluster/k_test.h"\n'}
    cases = [
        ({}, []),
        ({"coterie/base/b.h": '\n#include "coterie/cluster/k.h"\n'}, ["coterie/base/b.h:2: includes coterie/cluster/k.h: base/ may not include cluster/"]),
        ({"coterie/sample/s.h": '#include "coterie/cluster/k.h"\n'}, ["coterie/sample/s.h:1: includes coterie/cluster/k.h: sample/ may not include cluster/"]),
        ({"coterie/model/m.h": '  #  include "cli/main.h"\n', "cli/main.h": ""}, ["coterie/model/m.h:1: includes cli/main.h: the library includes what stands upon it"]),
        ({"coterie/attic/x.h": '#include "coterie/base/a.h"\n'}, ["coterie/attic/x.h:1: includes coterie/base/a.h: attic/ is no room of ROOMS in tools/check_includes.py"]),
        ({"coterie/base/b.h": '#include "a.h"\n'}, ["coterie/base/b.h:1: includes a.h: no such file below the root of the repository"]),
        ({"coterie/base/b.cc": '#include "coterie/base/simd.h"\n'}, ["coterie/base/b.cc:1: includes coterie/base/simd.h: the vectors of base/simd.h outside x.isa.cc"]),
        ({"coterie/base/b.cc": "#include <immintrin.h>\n"}, ["coterie/base/b.cc:1: includes immintrin.h: intrinsics outside x.isa.cc"]),
        ({"coterie/score/s.cc": '#include "coterie/cluster/k_test.h"\n'}, ["coterie/score/s.cc:1: includes coterie/cluster/k_test.h: a test's header outside the tests"]),
        ({"coterie/score/s.cc": '#include "coterie/cluster/k.isa.cc"\n'}, ["coterie/score/s.cc:1: includes coterie/cluster/k.isa.cc: not a header"]),
        ({"coterie/base/x.h": '#include "coterie/base/y.h"\n', "coterie/base/y.h": '#include "coterie/base/x.h"\n'},
         ["circle: coterie/base/x.h -> coterie/base/y.h -> coterie/base/x.h"]),
    ]
    for added, expected in cases:
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in (good | added).items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            faults, _ = check(root)
        if faults != expected:
            print(f"with {added}:\n  found    {faults}\n  expected {expected}")
            return 1
    print(f"{len(cases)} cases as expected")
    return 0


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    root = pathlib.Path(arguments[0]) if arguments else pathlib.Path(__file__).resolve().parent.parent
    faults, count = check(root)
    print("\n".join(faults + [f"{count} includes looked at, {len(faults)} faults"]))
    return 1 if faults or not count else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
