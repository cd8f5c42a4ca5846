"""Coterie against scikit-learn on the same standardised customers: k-means for k = 3..7 (10 restarts) and silhouette.

python3 -m venv build/venv && build/venv/bin/pip install scikit-learn numpy
build/venv/bin/python bench/peers_clustering.py --rows 200000 --exe build/release/bench_clustering_peer

Compares answers first (inertia no worse than scikit-learn's by more than 1e-6; equal silhouettes), then prints CPU
seconds (user + system, all threads) and wall seconds of each. Exit code 1 if an answer is worse.
"""

import argparse
import json
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np
from sklearn.cluster import KMeans
from sklearn.metrics import silhouette_score

KS = range(3, 8)


def customers(rows, seed=1):
    """15 columns with heavy tails and many equal rows, like counts of a shop's customers; standardised (ddof 0)."""
    rng = np.random.default_rng(seed)
    events = 1 + np.floor(np.exp(1.9 + 1.5 * rng.standard_normal(rows)))
    sessions = 1 + np.floor((events - 1) * rng.random(rows) * 0.5)
    products = 1 + np.floor((events - 1) * np.sqrt(rng.random(rows)))
    brands = 1 + np.floor((products - 1) * rng.random(rows) * 0.7)
    categories = 1 + np.floor((brands - 1) * rng.random(rows) * 0.6)
    carts = np.where(rng.random(rows) < 0.2, np.floor(events * 0.15 * rng.exponential(size=rows)), 0)
    purchases = np.floor(carts * rng.random(rows) * 1.2)
    spend = np.where(purchases > 0, np.round(purchases * np.exp(4.5 + 1.1 * rng.standard_normal(rows)), 2), 0)
    order = np.where(purchases > 0, spend / np.maximum(purchases, 1), 0)
    recency = np.floor(61 * rng.random(rows) * np.where(events > 3, 0.7, 1))
    age = np.minimum(60, recency + np.floor(20 * rng.random(rows) * (sessions > 1)))
    days = np.minimum(sessions, age - recency + 1)
    x = np.column_stack([events, sessions, products, brands, categories, carts, purchases, spend, order, carts / events,
                         purchases / events, recency, age, days, events / sessions])
    return (x - x.mean(axis=0)) / x.std(axis=0)


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def timed(fn):
    cpu, wall = cpu_seconds(), time.perf_counter()
    answer = fn()
    return answer, cpu_seconds() - cpu, time.perf_counter() - wall


def run_coterie(exe, x, silhouette_rows):
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder) / "matrix"
        x.T.tofile(path)
        output = subprocess.run([exe, str(path), str(x.shape[0]), str(x.shape[1]), str(silhouette_rows)],
                                check=True, capture_output=True, text=True).stdout
        return json.loads(output), np.fromfile(str(path) + ".labels", dtype=np.int32)


def row(name, ours, theirs):
    print(f"{name:<28} {ours:10.3f} {theirs:12.3f} {theirs / ours:8.1f}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--silhouette-rows", type=int, default=20_000)
    options.add_argument("--exe", default="build/release/bench_clustering_peer")
    given = options.parse_args()
    x = customers(given.rows)
    ours, labels = run_coterie(given.exe, x, given.silhouette_rows)

    def fit(k):
        return KMeans(k, n_init=10, algorithm="lloyd", random_state=1).fit(x).inertia_

    theirs, cpu, wall = timed(lambda: [fit(k) for k in KS])
    judged = x[:len(labels)]
    score, score_cpu, score_wall = timed(lambda: silhouette_score(judged, labels))

    print(f"{given.rows} rows x {x.shape[1]}, {ours['unique_rows']} unique; k = 3..7, 10 restarts each")
    right = abs(score - ours["silhouette"]["mean"]) < 1e-9
    for k, a, b in zip(KS, ours["kmeans"]["inertia"], theirs):
        right = right and a <= b * 1.000001
        print(f"  k {k} inertia {a:.6f} scikit-learn {b:.6f} ratio {a / b:.9f}")
    print(f"  silhouette of {len(labels)} rows: {ours['silhouette']['mean']:.12f} scikit-learn {score:.12f}")
    print(f"{'':<28} {'Coterie':>10} {'scikit-learn':>12} {'ratio':>8}")
    row("k-means CPU-s", ours["kmeans"]["cpu"], cpu)
    row("k-means wall s", ours["kmeans"]["wall"], wall)
    row("silhouette CPU-s", ours["silhouette"]["cpu"], score_cpu)
    row("silhouette wall s", ours["silhouette"]["wall"], score_wall)
    print("answers: " + ("no worse" if right else "WORSE than scikit-learn"))
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
