"""EM of a full Gaussian mixture: Coterie against scikit-learn from the same start, for the same number of iterations.

    python bench/peers_mixture.py build/release/bench_gaussian_mixture [--smoke]

The log-likelihoods are compared first (1e-9 relative); only then are the CPU seconds (user + system, all threads) shown.
"""
import os
import subprocess
import sys
import tempfile
import warnings

import numpy as np
from sklearn.mixture import GaussianMixture

K, COLUMNS, ITERATIONS = 4, 15, 10


def data_of(rows, seed=7):
    random = np.random.default_rng(seed)
    means = random.normal(0, 2, (K, COLUMNS))
    mixing = random.normal(0, 1, (K, COLUMNS, COLUMNS)) * 0.3 + np.eye(COLUMNS)
    label = random.integers(0, K, rows)
    x = random.normal(0, 1, (rows, COLUMNS))
    for c in range(K):
        x[label == c] = x[label == c] @ mixing[c] + means[c]
    return x


def start_of(x, seed=3):
    random = np.random.default_rng(seed)
    means = x[random.choice(len(x), K, replace=False)]
    return np.full(K, 1 / K), means, np.stack([np.cov(x, rowvar=False, bias=True)] * K)


def cpu_seconds():
    times = os.times()
    return times.user + times.system


def sklearn_run(x, weights, means, covariances):
    model = GaussianMixture(K, tol=0, reg_covar=1e-6, max_iter=ITERATIONS, init_params="random_from_data", random_state=0,
                            weights_init=weights, means_init=means, precisions_init=np.linalg.inv(covariances))
    before = cpu_seconds()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model.fit(x)
    return model.lower_bound_ * len(x), cpu_seconds() - before


def coterie_run(program, x, start):
    with tempfile.NamedTemporaryFile() as file:
        for part in (x.T, *start):
            np.ascontiguousarray(part, dtype=np.float64).tofile(file)
        file.flush()
        out = subprocess.run([program, "--file", file.name, str(len(x)), str(COLUMNS), str(K), str(ITERATIONS)],
                             check=True, capture_output=True, text=True).stdout.split()
    return float(out[0]), float(out[1])


def main():
    program = sys.argv[1]
    for rows in [2000, 5000, 10000] if "--smoke" in sys.argv else [30000, 300000, 1000000]:
        x = data_of(rows)
        start = start_of(x)
        ours, our_seconds = coterie_run(program, x, start)
        theirs, their_seconds = sklearn_run(x, *start)
        assert abs(ours - theirs) <= 1e-9 * abs(theirs), (ours, theirs)
        print(f"rows {rows} x {COLUMNS}, k {K}, {ITERATIONS} iterations: log-likelihood {ours:.6f} / {theirs:.6f}; "
              f"CPU-s coterie {our_seconds:.3f}, scikit-learn {their_seconds:.3f}, ratio {their_seconds / our_seconds:.1f}")


main()
