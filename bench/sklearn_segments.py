"""From fifteen features to segments the scikit-learn way, timed step by step.

Run by end_to_end.py:  python3 sklearn_segments.py FEATURES.parquet STEPS.jsonl [--sample N]

Each step appends {"step", "cpu", "wall", ...} to STEPS.jsonl when done, so that what a time limit cuts off
is known to be missing.
"""
import argparse
import json
import resource
import time

import pandas
from sklearn.cluster import KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import silhouette_score
from sklearn.preprocessing import StandardScaler

KS = range(3, 8)


def cpu_seconds():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


class Steps:
    def __init__(self, path):
        self.path = path

    def run(self, name, work, report=lambda result: {}):
        cpu, wall = cpu_seconds(), time.monotonic()
        result = work()
        line = {"step": name, "cpu": cpu_seconds() - cpu, "wall": time.monotonic() - wall, **report(result)}
        with open(self.path, "a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")
        return result


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("features")
    parser.add_argument("steps")
    parser.add_argument("--sample", type=int, default=40_000, help="rows of the silhouette's sample")
    options = parser.parse_args()
    steps = Steps(options.steps)

    table = steps.run("read", lambda: pandas.read_parquet(options.features).drop(columns="user_id").astype("float64"))
    x = steps.run("standardise", lambda: StandardScaler().fit_transform(table.to_numpy()))
    steps.run("pca", lambda: PCA(n_components=2).fit(x),
              lambda pca: {"explained": float(pca.explained_variance_ratio_.sum())})
    for k in KS:
        fit = steps.run(f"kmeans k={k}", lambda: KMeans(n_clusters=k, n_init=10, random_state=0).fit(x),
                        lambda fit: {"inertia": float(fit.inertia_), "iterations_of_best": int(fit.n_iter_)})
        sample = min(options.sample, len(x))
        steps.run(f"silhouette k={k}", lambda: silhouette_score(x, fit.labels_, sample_size=sample, random_state=0),
                  lambda score: {"silhouette": float(score)})
        steps.run(f"medians k={k}", lambda: table.groupby(fit.labels_).median(), lambda medians: {"clusters": len(medians)})


if __name__ == "__main__":
    main()
