"""Coterie against scikit-learn, and scikit-learn-intelex and faiss where they are installed, on the same standardised
customers: k-means for k = 3..7 (10 restarts) and silhouette.

python3 -m venv build/venv && build/venv/bin/pip install -r bench/requirements.txt
build/venv/bin/python bench/peers_clustering.py --rows 200000 --exe build/release/bench_clustering_peer

Compares answers first (inertia no worse than a peer's by more than 1e-6; equal silhouettes), then prints CPU
seconds (user + system, all threads) and wall seconds of each. Exit code 1 if an answer is worse. faiss has no test of convergence:
it is given 100 iterations, computes in single precision, and its inertia is that of its centres on all rows.
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


def inertia_of(x, centres):
    return sum(((block[:, None, :] - centres[None]) ** 2).sum(axis=2).min(axis=1).sum() for block in np.array_split(x, 1 + len(x) // 10000))


def fit_faiss(faiss, x, k):
    model = faiss.Kmeans(x.shape[1], k, nredo=10, niter=100, seed=1, max_points_per_centroid=len(x))
    model.train(x.astype(np.float32))
    return model.centroids.astype(np.float64)


def sweeps(x):
    """Name and function of each peer that is installed; a function gives inertias, or centres to be judged later."""
    fit = lambda kind, k: kind(k, n_init=10, algorithm="lloyd", random_state=1).fit(x).inertia_
    yield "scikit-learn", lambda: [fit(KMeans, k) for k in KS]
    try:
        from sklearnex.cluster import KMeans as Accelerated
        yield "scikit-learn-intelex", lambda: [fit(Accelerated, k) for k in KS]
    except ImportError:
        pass
    try:
        import faiss
        yield "faiss", lambda: [fit_faiss(faiss, x, k) for k in KS]
    except ImportError:
        pass


def row(name, ours, theirs):
    print(f"{name:<40} {ours:10.3f} {theirs:12.3f} {theirs / ours:8.1f}")


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--rows", type=int, default=200_000)
    options.add_argument("--silhouette-rows", type=int, default=20_000)
    options.add_argument("--exe", default="build/release/bench_clustering_peer")
    given = options.parse_args()
    x = customers(given.rows)
    ours, labels = run_coterie(given.exe, x, given.silhouette_rows)

    judged = x[:len(labels)]
    score, score_cpu, score_wall = timed(lambda: silhouette_score(judged, labels))

    print(f"{given.rows} rows x {x.shape[1]}, {ours['unique_rows']} unique; k = 3..7, 10 restarts each")
    right = abs(score - ours["silhouette"]["mean"]) < 1e-9
    print(f"  silhouette of {len(labels)} rows: {ours['silhouette']['mean']:.12f} scikit-learn {score:.12f}")
    print(f"{'':<40} {'Coterie':>10} {'peer':>12} {'ratio':>8}")
    for name, sweep in sweeps(x):
        found, cpu, wall = timed(sweep)
        theirs = [inertia_of(x, f) if isinstance(f, np.ndarray) else f for f in found]
        row(f"k-means CPU-s, {name}", ours["kmeans"]["cpu"], cpu)
        row(f"k-means wall s, {name}", ours["kmeans"]["wall"], wall)
        ratios = [a / b for a, b in zip(ours["kmeans"]["inertia"], theirs)]
        print("  inertia, Coterie / peer: " + ", ".join(f"k {k} {r:.9f}" for k, r in zip(KS, ratios)))
        right = right and all(r <= 1.000001 for r in ratios)
    row("silhouette CPU-s", ours["silhouette"]["cpu"], score_cpu)
    row("silhouette wall s", ours["silhouette"]["wall"], score_wall)
    print("answers: " + ("no worse" if right else "WORSE than a peer's"))
    return 0 if right else 1


if __name__ == "__main__":
    sys.exit(main())
