"""Makes tests/reference/dbcv.csv: DBCV of the Python package `hdbscan` (validity_index) on generated rows without equal ones.

    python tests/reference/dbcv.py > tests/reference/dbcv.csv

Made with hdbscan 0.8.44. The rows come from a plain congruential generator, so that the test can make them again.
"""
import numpy as np
from hdbscan.validity import validity_index


def generator(seed):
    state = seed
    while True:
        state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
        yield (state >> 11) / 2.0**53


def rows_of(seed, n, columns, clusters, spread):
    """Row i has label i % (clusters + 1) - 1 (-1: noise) and lies about (3 label, -3 label, ...), or anywhere in [0, 9) if noise."""
    u = generator(seed)
    x, label = np.empty((n, columns)), np.empty(n, dtype=int)
    for i in range(n):
        label[i] = i % (clusters + 1) - 1
        for j in range(columns):
            centre = 3.0 * label[i] if j % 2 == 0 else -3.0 * label[i]
            v = next(u)
            x[i, j] = 9 * v if label[i] < 0 else centre + spread * (v - 0.5)
    return x, label


if __name__ == "__main__":
    print("seed,rows,columns,clusters,spread,value,validity...")
    for seed, n, columns, clusters, spread in [(1, 120, 2, 3, 2.0), (2, 200, 2, 2, 4.0), (3, 150, 3, 4, 3.0), (4, 90, 1, 2, 2.0),
                                               (5, 160, 5, 3, 2.5), (6, 61, 2, 5, 3.5)]:
        x, label = rows_of(seed, n, columns, clusters, spread)
        value, per_cluster = validity_index(x, label, per_cluster_scores=True)
        print(",".join([str(seed), str(n), str(columns), str(clusters), str(spread)] + [repr(float(v)) for v in [value, *per_cluster]]))
