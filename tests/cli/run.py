#!/usr/bin/env python3
"""Runs a whole-program test: commands with the output that is expected of them.

    usage: run.py --program build/release/coterie FILE.test

A test file, line by line:

    # a comment; the first says what the test shows
    needs postgres               skip the test unless a PostgreSQL server is installed (tests/cli/with_postgres runs one)
    needs shared                 skip the test unless the folder of shared data is there; its path is $SHARED
    $ coterie run a.csv          a command of bash, run in a folder of the test's own; `coterie` is the program
      --out out                  two blanks: the command goes on
    > text                       a line of its standard output: `...` is any text within a line,
    > ...                        and alone any number of lines; without a line of this kind, output is not looked at;
                                 one empty one stands for no output
    ! text                       the same for standard error; without a line of this kind, it must be empty
    ? 3                          the exit code; 0 where not given

Exit code 0: as expected; 1: not, and the difference is printed; 77: skipped."""
import argparse
import os
import pathlib
import re
import subprocess
import sys
import tempfile


class Step:
    def __init__(self, line, number):
        self.command, self.number = line, number
        self.out, self.err, self.code = None, [], 0


def parse(path):
    """(needs, steps) of a test file."""
    needs, steps = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        mark, text = line[:1], line[2:]
        if mark in ("", "#"):
            continue
        if line.startswith("needs "):
            needs.append(line[6:].strip())
        elif mark == "$":
            steps.append(Step(text, number))
        elif not steps:
            sys.exit(f"{path}:{number}: expected a command first")
        elif line.startswith("  "):
            steps[-1].command += "\n" + text
        elif mark == ">":
            steps[-1].out = (steps[-1].out or []) + [text]
        elif mark == "!":
            steps[-1].err.append(text)
        elif mark == "?":
            steps[-1].code = int(text)
        else:
            sys.exit(f"{path}:{number}: a line begins with none of # $ > ! ? and two blanks")
    return needs, steps


def pattern_of(lines):
    """The regular expression of expected lines."""
    pattern = ""
    for line in lines:
        pattern += r"(?:[^\n]*\n)*?" if line.strip() == "..." else r"[^\n]*?".join(map(re.escape, line.split("..."))) + r"\n"
    return re.compile(pattern)


def differences(step, done):
    """What a finished command did otherwise than expected, as texts."""
    faults = []
    if done.returncode != step.code:
        faults.append(f"exit code {done.returncode} when it should be {step.code}")
    for name, expected, actual in (("output", step.out, done.stdout), ("standard error", step.err, done.stderr)):
        if expected and not actual.endswith("\n"):
            actual += "\n"
        if expected is not None and not pattern_of(expected).fullmatch(actual):
            faults.append(f"{name} is\n{indented(actual)}when it should be\n{indented(chr(10).join(expected) + chr(10))}")
    if faults and step.out is None:
        faults.append(f"(output was\n{indented(done.stdout)})")
    return faults


def indented(text):
    return "".join(f"    | {line}\n" for line in text.splitlines()[:60])


def shared_folder():
    beside = pathlib.Path(__file__).resolve().parents[2].parent / "shared"
    return pathlib.Path(os.environ.get("COTERIE_SHARED") or beside)


def run(path, program):
    needs, steps = parse(path)
    if "postgres" in needs and not list(pathlib.Path("/usr/lib/postgresql").glob("*/bin/initdb")):
        print("skipped: there is no PostgreSQL server")
        return 77
    if "shared" in needs and not (shared_folder() / "data").is_dir():
        print("skipped: the shared data is not there: set COTERIE_SHARED")
        return 77
    with tempfile.TemporaryDirectory(prefix="coterie-test-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COTERIE_")}
        environment |= {"PATH": f"{folder}/bin:{pathlib.Path(__file__).resolve().parent}:{os.environ['PATH']}", "LC_ALL": "C.UTF-8", "TMPDIR": folder, "SHARED": str(shared_folder())}
        pathlib.Path(folder, "bin").mkdir()
        pathlib.Path(folder, "bin", "coterie").symlink_to(program)
        pathlib.Path(folder, "work").mkdir()
        for step in steps:
            done = subprocess.run(["bash", "-o", "pipefail", "-c", step.command], cwd=f"{folder}/work", env=environment, stdin=subprocess.DEVNULL,
                                  capture_output=True, text=True, errors="backslashreplace", timeout=500)
            if faults := differences(step, done):
                print(f"{path}:{step.number}: $ {step.command}")
                print("\n".join(faults))
                return 1
    print(f"{len(steps)} commands as expected")
    return 0


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True, type=lambda text: pathlib.Path(text).resolve(strict=True))
    parser.add_argument("test", type=pathlib.Path)
    arguments = parser.parse_args()
    return run(arguments.test, arguments.program)


if __name__ == "__main__":
    sys.exit(main())
