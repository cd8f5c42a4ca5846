"""Reference values of scipy for coterie/table/sorted_values_test.cc and coterie/matrix/correlation_test.cc.
usage: exploration.py [online_retail.csv.gz]   (needs numpy and scipy)"""
import sys

import numpy as np
from scipy import stats
from scipy.stats.contingency import association

a = np.array([2, 2, 3, 5, 8, 13, 21, 34, 55, 1000.0])
print("DEVIATION", repr(float(a.std())))
print("SKEWNESS", repr(float(stats.skew(a))))
print("MAD", repr(float(stats.median_abs_deviation(a))))
x, y = [1, 2, 2, 3, 5, 8, 8, 8, 13, 0], [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]
print("PEARSON", repr(float(stats.pearsonr(x, y)[0])))
print("SPEARMAN", repr(float(stats.spearmanr(x, y)[0])))
t = np.array([[100, 150, 30, 5], [203, 186, 20, 10], [420, 100, 60, 40]])
print("CRAMER", repr(float(association(t, "cramer"))))
n, (r, c) = t.sum(), t.shape
phi2 = max(0, stats.chi2_contingency(t, correction=False)[0] / n - (r - 1) * (c - 1) / (n - 1))
print("CRAMER_CORRECTED", repr(float(np.sqrt(phi2 / min(r - (r - 1) ** 2 / (n - 1) - 1, c - (c - 1) ** 2 / (n - 1) - 1)))))


def order_lines(path):
    """Of the order lines of online_retail.csv.gz, for coterie/model/explore_test.cc (needs pandas)."""
    import pandas as pd

    t = pd.read_csv(path, dtype={"InvoiceNo": str, "StockCode": str, "CustomerID": str}, keep_default_na=True)
    for c in t.columns:
        print(c, "missing", int(t[c].isna().sum()), "distinct", t[c].str.strip().nunique() if t[c].dtype == object else t[c].nunique())
    for c in ["Quantity", "UnitPrice"]:
        q1, q3 = t[c].quantile(0.25), t[c].quantile(0.75)
        print(c, "mean", repr(t[c].mean()), "deviation", repr(t[c].std(ddof=0)), "skewness", repr(float(stats.skew(t[c]))))
        print(c, "quantiles", [float(t[c].quantile(q)) for q in (0.01, 0.25, 0.5, 0.75, 0.99)], "iqr outliers", int((t[c] < q1 - 1.5 * (q3 - q1)).sum()), int((t[c] > q3 + 1.5 * (q3 - q1)).sum()))
    print("pearson", repr(t["Quantity"].corr(t["UnitPrice"])), "spearman", repr(t["Quantity"].corr(t["UnitPrice"], method="spearman")))
    print("Germany", t[t["Country"] == "Germany"]["UnitPrice"].quantile([0.25, 0.5, 0.75]).tolist())


if len(sys.argv) > 1:
    order_lines(sys.argv[1])
