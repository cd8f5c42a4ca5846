#!/usr/bin/env python3
"""From an event log to segments: Coterie beside DuckDB + scikit-learn, on the same file in one go.

    bench/run.sh FILE... [--coterie build/release/coterie] [--peers duckdb,sklearn|none] [--limit-minutes 20]
    bench/run.sh --smoke          # a small log of its own making; a minute

Each side runs in a process of its own (measure.py). CPU is user + system seconds of it and its children,
interpreter start and imports included; memory is the peak resident set. The answers are compared before
anything is printed: counts and days exactly, money to the cent, ratios to 1e-12. A difference is an error
(exit 1). What was not run, or not within the limit, is "not measured".

DuckDB is run in every formulation of duckdb_features.py on files up to --try-all-gb; on larger ones only in
the one that took the least CPU on the largest file tried before it (or the --formulations given).
"""
import argparse
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import numpy
import pandas

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import duckdb_features  # noqa: E402

COUNTS = ["total_events", "n_view", "n_cart", "n_purchase", "n_sessions", "unique_products", "unique_categories", "unique_brands"]
RATIOS = ["conversion_rate", "view_to_cart_rate", "cart_to_purchase_rate"]
DAYS = ["recency_days", "tenure_days"]
FEATURES = COUNTS + ["revenue", "avg_price_purchased"] + RATIOS + DAYS
NOT_MEASURED = "not measured"


@dataclass
class Run:
    """One process, measured. `cpu` is None if it did not end well within its limit; `why` says why."""
    name: str
    cpu: float | None = None
    wall: float | None = None
    peak_mb: float | None = None
    why: str = ""
    notes: dict = field(default_factory=dict)


def measure(name, command, limit_minutes, work):
    result, log = work / "measured.json", work / "log.txt"
    log.unlink(missing_ok=True)
    with subprocess.Popen([sys.executable, "-S", HERE / "measure.py", result, log, str(60 * limit_minutes), *map(str, command)]) as child:
        try:
            child.wait()
        except BaseException:  # interrupted: measure.py ends the command
            child.terminate()
            raise
    took = json.loads(result.read_text())
    print(f"{name}: {took}", file=sys.stderr, flush=True)
    if took["late"]:
        return Run(name, why=f"over {limit_minutes:g} minutes")
    if took["exit"] != 0:
        print(log.read_text()[-2000:], file=sys.stderr)
        return Run(name, why=f"exit code {took['exit']}")
    return Run(name, took["cpu"], took["wall"], took["peak_mb"])


# --- the three sides ------------------------------------------------------------------------------------

def run_duckdb(options, log_file, formulation, work):
    out = work / f"duckdb-{formulation}.parquet"
    command = [sys.executable, HERE / "duckdb_features.py", formulation, log_file, out, "--threads", options.threads,
               "--memory", options.memory_gb, "--spill", work / "spill"]
    run = measure(f"DuckDB: features ({formulation})", command, options.limit_minutes, work)
    run.notes["features"] = out
    return run


def run_sklearn(options, features, customers, work):
    steps = work / "sklearn.jsonl"
    steps.unlink(missing_ok=True)
    sample = 40_000 if customers > 200_000 else 10_000
    run = measure("scikit-learn: segments", [sys.executable, HERE / "sklearn_segments.py", features, steps, "--sample", sample],
                  options.limit_minutes, work)
    run.notes["steps"] = [json.loads(line) for line in steps.read_text().splitlines()] if steps.exists() else []
    run.notes["sample"] = sample
    return run


def run_coterie(options, log_file, work):
    """The whole run, and the same work as DuckDB's: the table of features as Parquet, and nothing beside it."""
    out = work / "coterie-run"
    whole = measure("Coterie: features and segments", [options.coterie, "run", log_file, "--out", out, "--k", "3..7"], options.limit_minutes, work)
    if whole.cpu is None:
        return whole, None
    whole.notes["features"] = out / "features.parquet"
    whole.notes["stations"] = {s["station"]: s for s in json.loads((out / "run.json").read_text())["measured"]["stations"]}
    table = work / "coterie-features"
    features = measure("Coterie: features", [options.coterie, "features", log_file, "--out", table], options.limit_minutes, work)
    features.notes["features"] = table / "features.parquet"
    return whole, features


# --- the answers ----------------------------------------------------------------------------------------

def read_features(path):
    table = pandas.read_parquet(path) if str(path).endswith(".parquet") else pandas.read_csv(path)
    missing = [c for c in ["user_id", *FEATURES] if c not in table.columns]
    if missing:
        sys.exit(f"{path} lacks the columns {', '.join(missing)}")
    return table.sort_values("user_id", ignore_index=True)


def whole_cents(column, path):
    cents = 100 * column.astype("float64").to_numpy()
    whole = numpy.rint(cents)
    if not numpy.all(numpy.abs(cents - whole) <= 1e-9 * numpy.abs(cents) + 1e-6):
        sys.exit(f"{path}: revenue is not in whole cents")
    return whole


def differences(path, other_path):
    """Of two files of features: a line for each feature that differs. Empty: they are equal."""
    a, b = read_features(path), read_features(other_path)
    if len(a) != len(b) or not a.user_id.equals(b.user_id.astype(a.user_id.dtype)):
        return [f"the customers differ: {len(a)} and {len(b)}"]
    wrong = {c: a[c].to_numpy() != b[c].to_numpy() for c in COUNTS + DAYS}
    wrong["revenue"] = whole_cents(a.revenue, path) != whole_cents(b.revenue, other_path)
    for c in RATIOS + ["avg_price_purchased"]:
        x, y = a[c].astype("float64").to_numpy(), b[c].astype("float64").to_numpy()
        wrong[c] = ~(numpy.abs(x - y) <= 1e-12 * numpy.maximum(1, numpy.abs(x)))
    return [f"{c} differs for {w.sum()} customers, first {a.user_id[w.argmax()]}: {a[c][w.argmax()]} and {b[c][w.argmax()]}"
            for c, w in wrong.items() if w.any()]


def demand_equal(runs):
    """All features that were made must be the same; ends the program if not."""
    made = [r for r in runs if r.cpu is not None and r.notes.get("features")]
    for other in made[1:]:
        found = differences(made[0].notes["features"], other.notes["features"])
        if found:
            sys.exit("\n  ".join([f"FEATURES DIFFER between '{made[0].name}' and '{other.name}':", *found]))
    if len(made) > 1:
        return "Checked first: equal features from " + "; ".join(r.name for r in made) + "."
    return "Features were made once only: NOT checked against another engine."


# --- what is printed ------------------------------------------------------------------------------------

def figure(value, pattern):
    return NOT_MEASURED if value is None else pattern.format(value)


def ratio(run, base):
    return f"{run.cpu / base.cpu:.1f}x" if run.cpu is not None and base is not None and base.cpu else "-"


def total(name, *runs):
    if any(r.cpu is None for r in runs):
        return Run(name, why="a part was not measured")
    return Run(name, sum(r.cpu for r in runs), sum(r.wall for r in runs), max(r.peak_mb for r in runs))


def print_table(rows):
    print("\n| what | CPU s | wall s | peak MB | CPU / Coterie |\n|---|---:|---:|---:|---:|")
    for run, base in rows:
        why = f" ({run.why})" if run.why else ""
        print(f"| {run.name}{why} | {figure(run.cpu, '{:.2f}')} | {figure(run.wall, '{:.2f}')} | "
              f"{figure(run.peak_mb, '{:.0f}')} | {ratio(run, base)} |")


def print_steps(run):
    steps = run.notes["steps"]
    print(f"\nscikit-learn's steps (silhouette of a sample of {run.notes['sample']} rows):\n")
    print("| step | CPU s | wall s | result |\n|---|---:|---:|---|")
    for step in steps:
        result = ", ".join(f"{k} {v:.6g}" for k, v in step.items() if k not in ("step", "cpu", "wall"))
        print(f"| {step['step']} | {step['cpu']:.2f} | {step['wall']:.2f} | {result} |")
    if run.cpu is None:
        print(f"| all that follow | {NOT_MEASURED} | {NOT_MEASURED} | {run.why} |")


def print_stations(run):
    print("\nCoterie's stations:\n\n| station | CPU s | wall s |\n|---|---:|---:|")
    for name, took in run.notes["stations"].items():
        print(f"| {name} | {took['cpu_seconds']:.2f} | {took['wall_seconds']:.2f} |")


def fastest(runs):
    return min((r for r in runs if r.cpu is not None), key=lambda r: r.cpu, default=None)


def name_of_formulation(run):
    return re.search(r"\((.*)\)", run.name).group(1)


def bench(options, log_file, formulations, work):
    """Measures one file and prints its tables; returns the formulation of DuckDB that was best, if any ran."""
    duckdb_runs = [run_duckdb(options, log_file, f, work) for f in formulations]
    best = fastest(duckdb_runs)
    whole, features = run_coterie(options, log_file, work)
    checked = demand_equal([*duckdb_runs, *filter(None, [features]), whole])

    peer = None
    if "sklearn" in options.peers and best is not None:
        peer = run_sklearn(options, best.notes["features"], len(pandas.read_parquet(best.notes["features"], columns=["user_id"])), work)
    print(f"\n## {log_file.name}: {log_file.stat().st_size / 1e9:.3f} GB\n\n{checked}")
    rows = [(r, features) for r in duckdb_runs] + ([(features, features)] if features else [])
    rows += [(peer, None), (total(f"DuckDB ({name_of_formulation(best)}) + scikit-learn", best, peer), whole)] if peer else []
    print_table([*rows, (whole, whole)])
    if best is not None and len(duckdb_runs) > 1:
        print(f"\nDuckDB's best formulation here, by CPU: {name_of_formulation(best)}.")
    if peer:
        print_steps(peer)
    if features:
        print_stations(whole)
    sys.stdout.flush()
    failed = [r for r in [*duckdb_runs, features, whole, peer] if r is not None and r.why.startswith("exit code")]
    if failed:
        sys.exit("\n".join(f"FAILED: {r.name}: {r.why}" for r in failed))
    return name_of_formulation(best) if best is not None else None


def check_the_check(features, work):
    """The comparison must see a cent, a session and a last digit; a benchmark that cannot fail proves nothing."""
    table = pandas.read_parquet(features).astype({"revenue": "float64"})
    for column, change in (("revenue", 0.01), ("n_sessions", 1), ("conversion_rate", 1e-11)):
        spoiled = table.copy()
        spoiled.loc[7, column] += change
        spoiled.to_csv(work / "spoiled.csv", index=False)
        found = differences(features, work / "spoiled.csv")
        if len(found) != 1 or not found[0].startswith(column):
            sys.exit(f"the comparison does not see a change of {column}: {found}")
    table.to_csv(work / "same.csv", index=False)
    if differences(features, work / "same.csv"):
        sys.exit("the comparison sees a difference where there is none")


def make_small_log(options, work):
    path = work / "smoke.csv"
    subprocess.run([options.coterie, "sample", "events", "--rows", "30000", "--customers", "1500", "--out", path], check=True)
    return path


def parse_options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--coterie", default=str(HERE.parent / "build/release/coterie"))
    parser.add_argument("--peers", default="duckdb,sklearn", help="duckdb, sklearn (needs duckdb), both, or none")
    parser.add_argument("--formulations", default="", help="of DuckDB, by comma; default: see above")
    parser.add_argument("--try-all-gb", type=float, default=2)
    parser.add_argument("--limit-minutes", type=float, default=20, help="for each process")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="of DuckDB")
    parser.add_argument("--memory-gb", type=float, default=round(0.6 * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9))
    parser.add_argument("--work", type=Path, help="folder for what is made on the way; default: a temporary one")
    parser.add_argument("--smoke", action="store_true", help="on a small log of its own making")
    options = parser.parse_args()
    options.peers = [] if options.peers == "none" else options.peers.split(",")
    unknown = set(options.peers) - {"duckdb", "sklearn"} | set(filter(None, options.formulations.split(","))) - set(duckdb_features.FORMULATIONS)
    if unknown or (not options.files and not options.smoke):
        parser.error(f"not known: {', '.join(sorted(unknown))}" if unknown else "give files, or --smoke")
    return options


def main():
    options = parse_options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))
    with tempfile.TemporaryDirectory(prefix="coterie-bench-") as temporary:
        work = options.work or Path(temporary)
        work.mkdir(parents=True, exist_ok=True)
        files = options.files + ([make_small_log(options, work)] if options.smoke else [])
        print(f"{os.cpu_count()} processors; DuckDB with {options.threads} threads and {options.memory_gb:g} GB; "
              f"load before: {os.getloadavg()[0]:.2f}")
        best = None
        for log_file in sorted(files, key=lambda f: f.stat().st_size):
            try_all = best is None or log_file.stat().st_size <= options.try_all_gb * 1e9
            formulations = list(filter(None, options.formulations.split(","))) or (list(duckdb_features.FORMULATIONS) if try_all else [best])
            best = bench(options, log_file, formulations if "duckdb" in options.peers else [], work) or best
            if options.smoke and best:
                check_the_check(work / f"duckdb-{best}.parquet", work)


if __name__ == "__main__":
    main()
