#!/usr/bin/env python3
"""What a refresh from the store costs beside reading all logs again, answers compared first.

    usage: refresh.py --program build/release/coterie EARLIER.csv NEW.csv [--folder DIR]

Runs EARLIER with a store, refreshes it with NEW, and refreshes from both files without the store. The outputs must be equal byte for byte."""
import argparse
import filecmp
import os
import pathlib
import subprocess
import tempfile
import time


def measured(command):
    """CPU seconds, wall seconds and peak memory in MB of a command."""
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    if status != 0:
        raise SystemExit(f"failed: {' '.join(map(str, command))}")
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss / 1000


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--folder", default=None, help="where to write; a temporary folder where not given")
    parser.add_argument("earlier")
    parser.add_argument("new")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        path = lambda name: str(pathlib.Path(folder) / name)
        commands = {
            "run EARLIER": ["run", options.earlier, "--out", path("plain")],
            "run EARLIER --store": ["run", options.earlier, "--out", path("kept"), "--store"],
            "refresh NEW, from the store": ["refresh", options.new, "--model", path("kept"), "--out", path("a")],
            "refresh EARLIER NEW, without": ["refresh", options.earlier, options.new, "--model", path("plain"), "--out", path("b")],
            "run EARLIER NEW": ["run", options.earlier, options.new, "--out", path("full")],
        }
        costs = {name: measured([options.program, *command]) for name, command in commands.items()}
        for name in ["customer_segments.csv", "features.parquet", "segment_summary.csv", "model.json", "rejects.csv"]:
            if not filecmp.cmp(path(f"a/{name}"), path(f"b/{name}"), shallow=False):
                raise SystemExit(f"{name} differs")
        print("all outputs are equal byte for byte")
        for name, (cpu, wall, memory) in costs.items():
            print(f"{name:<30} {cpu:7.2f} CPU-s {wall:7.2f} s {memory:7.0f} MB")
        size = sum(file.stat().st_size for file in pathlib.Path(path("a/store")).iterdir())
        print(f"store {size / 1e6:.1f} MB")


main()
