"""CPU seconds of Coterie's trees beside fastcluster's, scipy's and genieclust's, on the same rows.

First the heights must agree (relative 1e-9), then user + system seconds (the middle one
of three runs) are printed. Setting up, from the
repository's root, after building the release preset:
    python3 -m venv build/venv && build/venv/bin/pip install -r bench/requirements.txt
    build/venv/bin/python bench/peers_hierarchical.py [ROWS] [COLUMNS] [LINKAGE ...]
"""
import pathlib
import resource
import subprocess
import sys
import tempfile

import fastcluster
import genieclust
import numpy
import scipy.cluster.hierarchy

ROOT = pathlib.Path(__file__).resolve().parent.parent


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def made_rows(kind, rows, columns):
    random = numpy.random.default_rng(7)
    if kind == "one cloud":  # the hardest: nothing far away to leave out
        return random.normal(size=(rows, columns))
    if kind == "skewed":  # like standardised customer features: few factors, heavy tails
        factors = random.normal(size=(rows, 4)) @ random.normal(size=(4, columns))
        x = numpy.exp(0.7 * factors + 0.3 * random.normal(size=(rows, columns)))
        return (x - x.mean(0)) / x.std(0)
    centres = random.normal(size=(12, columns)) * 2
    return centres[random.integers(0, 12, rows)] + random.normal(size=(rows, columns))


def coterie(x, linkage):
    with tempfile.TemporaryDirectory() as folder:
        rows, heights = pathlib.Path(folder, "rows"), pathlib.Path(folder, "heights")
        x.tofile(rows)
        run = [ROOT / "build/release/bench_hierarchical", linkage, str(x.shape[0]), str(x.shape[1]), rows, heights]
        seconds = float(subprocess.run(run, check=True, capture_output=True, text=True).stdout)
        return seconds, numpy.fromfile(heights)


def genie(x, linkage):
    """Genie's own linkage is none of ours; without its limit on unequal sizes (Gini index 1) it is single linkage."""
    return numpy.sort(genieclust.Genie(n_clusters=1, gini_threshold=1.0).fit(x).distances_)


def timed(function, x, linkage):
    start = cpu_seconds()
    tree = function(x, linkage)
    return cpu_seconds() - start, tree if tree.ndim == 1 else tree[:, 2]


def median_run(run):
    """Of three runs (seconds, heights) the one of middle length."""
    return sorted((run() for _ in range(3)), key=lambda result: result[0])[1]


def compare(kind, x, linkage):
    ours, heights = median_run(lambda: coterie(x, linkage))
    print(f"{linkage} {kind} {x.shape[0]} x {x.shape[1]}: coterie {ours:.3f} CPU-s")
    peers = {"fastcluster.linkage": fastcluster.linkage, "scipy.linkage": scipy.cluster.hierarchy.linkage}
    if linkage in ("ward", "single", "centroid", "median"):
        peers["fastcluster.linkage_vector"] = fastcluster.linkage_vector
    if linkage == "single":
        peers["genieclust.Genie"] = genie
    for name, function in peers.items():
        seconds, theirs = median_run(lambda: timed(function, x, linkage))
        theirs = theirs**2 if linkage in ("centroid", "median") else theirs
        if not numpy.allclose(heights, theirs, rtol=1e-9, atol=1e-12):
            sys.exit(f"{name}: heights differ by up to {abs(heights - theirs).max()}")
        print(f"  {name:28} {seconds:8.3f} CPU-s  {seconds / ours:6.1f} times")


def main():
    numbers = [int(a) for a in sys.argv[1:] if a.isdigit()]
    rows, columns = (numbers + [20000, 15][len(numbers) :])[:2]
    for linkage in [a for a in sys.argv[1:] if not a.isdigit()] or ["ward"]:
        for kind in ("twelve clusters", "skewed", "one cloud"):
            compare(kind, made_rows(kind, rows, columns), linkage)


main()
