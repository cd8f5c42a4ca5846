// For the data scientist: every score of every number of segments under its right name, and what it does and does not show.
import type { AgainstNull, Report, Scores } from "./data";
import { data, element, section, table } from "./elements";
import { count, fixed, percent } from "./words";

type Row = Scores["table"][number];

/** name in k_table.csv, right name, better when, what it shows. */
const known: [string, string, string, string][] = [
  ["silhouette", "silhouette", "higher", "Rousseeuw's: how much nearer customers are to their own segment than to the next. High on skewed data without groups, too."],
  ["simplified_silhouette", "simplified silhouette", "higher", "The same by distances to centres: another number, not to be compared with the silhouette."],
  ["medoid_silhouette", "medoid silhouette", "higher", "By distances to medoids: another number as well."],
  ["squared_silhouette", "silhouette of squared distances", "higher", "Another number as well; favours round segments."],
  ["inertia", "inertia", "lower", "Squared distances to the centres. Falls with every further segment: only its bend (elbow) says something, and there always is one."],
  ["calinski_harabasz", "Calinski-Harabasz index", "higher", "Spread between segments to spread inside. Favours round segments of one size."],
  ["davies_bouldin", "Davies-Bouldin index", "lower", "For each segment the worst ratio of widths to the distance of centres. Knows centres only, no shapes."],
  ["xie_beni", "Xie-Beni index", "lower", "Mean squared distance to the centres by the least one between two centres."],
  ["dunn", "Dunn index", "higher", "Least gap by greatest diameter: one customer far out decides it, and it falls with the number of customers."],
  ["dbcv", "DBCV", "higher", "Density-based validity, -1 to 1: for segments of any shape; noise counts against it. The one to read for HDBSCAN."],
  ["gap", "gap statistic", "higher", "Tibshirani's: log inertia below that of uniform data. Rises on any skewed data."],
  ["gap_error", "its standard error", "", "Of the drawings of uniform data."],
  ["prediction_strength", "prediction strength", "higher", "Do segments of one half hold customers of the other together? At 0.8 or more usually called real; large slices reach it, too."],
  ["half_split_agreement", "agreement of halves (ARI)", "higher", "Adjusted Rand index of the segments that two halves give. Repeatable is not real: slices repeat, too."],
  ["least_jaccard", "least bootstrap Jaccard", "higher", "Of the segment that is found again worst in resamples; 0.75 is the least for stable (Hennig)."],
  ["least_separation", "least separation", "higher", "Depth of the valley between the two segments that are hardest to tell apart; 0: none. This decides the verdict."],
  ["log_likelihood", "log-likelihood", "higher", "Of the mixture; rises with every further component."],
  ["bic", "BIC (2 log L - parameters log n)", "higher", "Chooses among mixtures. A skewed crowd without groups takes several components as well."],
  ["icl", "ICL", "higher", "BIC less the entropy of membership: prefers components that do not overlap."],
];

function merged(report: Report, scores: Scores): Row[] {
  return scores.table.map((row) => {
    const choice = report.k.rows.find((r) => r.k === row.k);
    const evidence = report.verdict?.table.find((e) => e.k === row.k);
    return {
      ...row,
      silhouette: choice?.silhouette?.[0] ?? evidence?.silhouette ?? null,
      inertia: choice?.inertia ?? null,
      half_split_agreement: evidence?.half_split_agreement ?? null,
      least_jaccard: evidence?.least_jaccard ?? null,
      least_separation: evidence?.least_separation ?? null,
    } as Row;
  });
}

function text(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return Math.abs(value) >= 1000 ? count(value) : value === 0 ? "0" : value.toPrecision(3);
}

const probability = (p: number | null): string => (p === null ? "–" : String(Number(p.toPrecision(2))));

function everyScore(report: Report, scores: Scores): HTMLElement {
  const rows = merged(report, scores);
  const shown = known.filter(([name]) => rows.some((row) => row[name] !== null && row[name] !== undefined));
  const heads = rows.map((row) => `k = ${row.k}${row.k === report.k.chosen ? " (chosen)" : ""}`);
  return element(
    "div",
    {},
    element("p", { class: "muted" }, `Of up to ${count(scores.sample_customers)} sampled customers; silhouette and inertia of all where k was delivered. Intervals are in run.json, the same table is k_table.csv.`),
    table({ caption: "Scores of every number of segments", head: ["score", "better", ...heads], texts: [1], rows: shown.map(([name, label, better]) => [label, better, ...rows.map((row) => text(row[name]))]) }),
    element("details", {}, element("summary", {}, "What each of them shows, and what not"), element("dl", { class: "meanings" }, ...shown.flatMap(([, label, , meaning]) => [element("dt", {}, label), element("dd", {}, meaning)]))),
  );
}

const nullNames = new Map(Object.entries({ permuted: "each feature shuffled (no correlation)", copula: "same features, same correlation (Gaussian copula)", normal: "one normal distribution" }));

function againstNulls(report: Report, scores: Scores): HTMLElement | null {
  const { nulls, null_drawings: drawings } = scores;
  if (nulls.length === 0) return null;
  const cell = ([value, mean, z, p]: AgainstNull) => `${text(value)} for ${text(mean)} (${(z ?? 0) >= 0 ? "+" : ""}${fixed(z, 1)}, p ${probability(p)})`;
  return element(
    "div",
    {},
    element("h3", {}, "Beside data without groups"),
    element("p", { class: "muted" }, `k = ${report.k.chosen} on samples of these customers, and on ${drawings} drawings of each kind of data that has no groups: value for theirs, deviations above them, p-value (no lower than ${probability(1 / (1 + drawings))}). Real groups stand above all three; but standing above them proves none.`),
    table({ caption: "Chosen number of segments beside three nulls", head: ["data without groups", "silhouette", "gap (minus log inertia)", "agreement of halves"], rows: nulls.map((n) => [nullNames.get(n.name) ?? n.name, cell(n.silhouette), cell(n.gap), cell(n.half_split_agreement)]) }),
  );
}

function byALine(report: Report): HTMLElement | null {
  const s = report.separability;
  if (!s) return null;
  return element(
    "div",
    {},
    element("h3", {}, "Separability by a logistic regression"),
    table({ caption: `Re-predicted on ${count(s.test_rows)} rows it has not seen`, head: ["of", "accuracy", "precision", "recall", "F1", "AUC"], rows: [["average of the segments", percent(s.accuracy), percent(s.precision), percent(s.recall), text(s.f1), text(s.auc)]] }),
    element("p", { class: "muted" }, data(s.sentence)),
  );
}

export function scores(report: Report, all: Scores): HTMLElement {
  return section("scores", "For the data scientist", everyScore(report, all), againstNulls(report, all), byALine(report));
}
