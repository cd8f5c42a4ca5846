"""Reference values of scipy for coterie/table/sorted_values_test.cc and coterie/matrix/correlation_test.cc.
usage: exploration.py   (needs numpy and scipy)"""
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
