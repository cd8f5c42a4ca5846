"""HDBSCAN*: Coterie beside the Python packages hdbscan, fast_hdbscan and scikit-learn, on the same rows and settings.

    python bench/peers_hdbscan.py build/release/bench_hdbscan [--smoke] [--rows 20000 100000] [--columns 2 5] [--timeout 600]

    pip install -r bench/requirements.txt

The total weight of the spanning tree is compared first (1e-9 relative; 1e-6 for fast_hdbscan, which computes in single precision): without it times
mean nothing. min_samples counts as in `hdbscan` (the row itself not counted); scikit-learn counts it, so it is
given one more. Labels may differ by rows at tied splits (coterie/cluster/condensed_tree.h). Each engine runs in a process
of its own: CPU seconds (user + system, all threads) and wall seconds of the fit, and the process's peak memory.
fast_hdbscan compiles at its first call, which is made on 5,000 rows before the clock starts.
"""
import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

MIN_SAMPLES = 5


def rows_of(n, columns, seed=7):
    """Logarithms of heavy-tailed counts in random directions: about half of the rows equal another one."""
    random = np.random.default_rng(seed)
    views = 1 + np.floor(random.exponential(np.exp(1.6 * random.normal(size=n) + 0.3)))
    carts = np.where(random.random(n) < 0.1, np.floor(views * random.random(n) * 0.5), 0)
    price = np.where(views == 1, np.floor(300 * random.random(n)), np.floor(100 * 2574 * random.random(n) ** 2) / 100)
    counts = np.column_stack([views, 1 + np.floor(views * 0.4 * random.random(n)), carts, np.floor(carts * random.random(n)), price])
    return np.ascontiguousarray(np.log1p(counts) @ random.normal(size=(counts.shape[1], columns)))




def fit(engine, x, min_size):
    """Labels and the weight of the spanning tree (None where the engine hides it)."""
    if engine == "hdbscan":
        import hdbscan
        model = hdbscan.HDBSCAN(min_cluster_size=min_size, min_samples=MIN_SAMPLES, approx_min_span_tree=False, gen_min_span_tree=True,
                                core_dist_n_jobs=1)  # in this process, so that its CPU seconds are seen
        model.fit(x)
        return model.labels_, float(model.minimum_spanning_tree_.to_numpy()[:, 2].sum())
    if engine == "fast_hdbscan":
        import fast_hdbscan
        model = fast_hdbscan.HDBSCAN(min_cluster_size=min_size, min_samples=MIN_SAMPLES)
        model.fit(x)
        tree = getattr(model, "_min_spanning_tree", None)
        return model.labels_, None if tree is None else float(np.asarray(tree)[:, 2].sum())
    from sklearn.cluster import HDBSCAN
    model = HDBSCAN(min_cluster_size=min_size, min_samples=MIN_SAMPLES + 1, copy=True)
    model.fit(x)
    return model.labels_, float(model._single_linkage_tree_["value"].sum())


def cpu_seconds():
    times = os.times()
    return times.user + times.system


def child(engine, path, n, columns, min_size):
    x = np.fromfile(path).reshape(n, columns)
    fit(engine, x[:5000].copy(), 20)
    cpu, wall = cpu_seconds(), time.perf_counter()
    labels, weight = fit(engine, x, min_size)
    print(json.dumps({"weight": weight, "clusters": int(labels.max() + 1), "noise": int((labels == -1).sum()), "cpu": cpu_seconds() - cpu,
                      "wall": time.perf_counter() - wall, "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024}))


def run_coterie(bench, path, n, columns, min_size):
    out = subprocess.run([bench, "--file", path, str(n), str(columns), str(min_size), str(MIN_SAMPLES), "0"], check=True, capture_output=True, text=True)
    weight, clusters, noise, cpu, wall, peak = out.stdout.split()
    return {"weight": float(weight), "clusters": int(clusters), "noise": int(noise), "cpu": float(cpu), "wall": float(wall), "peak": int(peak)}


def run_peer(engine, path, n, columns, min_size, timeout):
    command = [sys.executable, __file__, "--child", engine, path, str(n), str(columns), str(min_size)]
    try:
        out = subprocess.run(command, capture_output=True, text=True, timeout=timeout)
    except subprocess.TimeoutExpired:
        return f"not done after {timeout} s"
    return json.loads(out.stdout.splitlines()[-1]) if out.returncode == 0 else out.stderr.strip().splitlines()[-1]


def show(name, result, ours):
    if isinstance(result, str):
        print(f"  {name:14} {result}")
        return True
    tolerance = 1e-6 if name == "fast_hdbscan" else 1e-9  # it computes in single precision
    equal = result["weight"] is None or abs(result["weight"] / ours["weight"] - 1) < tolerance
    tree = "not shown" if result["weight"] is None else f"{result['weight']:.9g}" + ("" if equal else " DIFFERS")
    print(f"  {name:14} {result['cpu']:9.2f} CPU-s {result['wall']:9.2f} s {result['peak'] / 1e6:8.0f} MB   x{result['cpu'] / max(ours['cpu'], 1e-9):<8.1f}"
          f" tree {tree}, {result['clusters']} clusters, {result['noise']} noise")
    return equal


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("bench")
    parser.add_argument("--smoke", action="store_true")
    parser.add_argument("--rows", type=int, nargs="+", default=[20000, 100000])
    parser.add_argument("--columns", type=int, nargs="+", default=[2, 5])
    parser.add_argument("--timeout", type=int, default=600)
    parser.add_argument("--engines", nargs="+", default=["hdbscan", "fast_hdbscan", "scikit-learn"])
    options = parser.parse_args()
    all_equal = True
    for n in [2000] if options.smoke else options.rows:
        for columns in options.columns:
            x, min_size = rows_of(n, columns), max(20, n // 500)
            with tempfile.NamedTemporaryFile(suffix=".f64") as file:
                x.tofile(file.name)
                ours = run_coterie(options.bench, file.name, n, columns, min_size)
                print(f"{n} rows x {columns} ({len(np.unique(x, axis=0))} distinct), min_cluster_size {min_size}, min_samples {MIN_SAMPLES}")
                show("coterie", ours, ours)
                for engine in options.engines:
                    all_equal &= show(engine, run_peer(engine, file.name, n, columns, min_size, options.timeout), ours)
    return 0 if all_equal else 1


if __name__ == "__main__":
    if len(sys.argv) > 2 and sys.argv[1] == "--child":
        child(sys.argv[2], sys.argv[3], *map(int, sys.argv[4:7]))
    else:
        sys.exit(main())
