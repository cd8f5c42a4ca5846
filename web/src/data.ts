// The data of a run as the program writes it: coterie/model/report_data.cc. What could not be computed is null.

import type { Exploration } from "./exploration";

/** truth: 0 or 1; level: a place in an order of words; share: shown in percent. */
export type FeatureKind = "share" | "count" | "money" | "ratio" | "days" | "number" | "truth" | "level";

export interface Feature {
  name: string;
  kind: FeatureKind;
  /** of a level, the lowest first */
  levels?: string[];
  definition: string | null;
}

/** Values stand in the order of the features; quantiles are 5, 25, 50, 75 and 95 %. */
export interface Profile {
  customers: number;
  means: number[];
  quantiles: [number, number, number, number, number][] | null;
  above_zero: number[] | null;
}

export interface Play {
  goal: string;
  action: string;
  channel: string;
  offer: string;
  timing: string;
}

export interface Condition {
  feature: string;
  at_least: boolean;
  value: number;
}

export interface Way {
  conditions: Condition[];
  customers: number;
  of_segment: number;
}

export interface Segment extends Profile {
  name: string;
  /** so few customers that no distributions, typical customers or activity are shown: quantiles and above_zero are null */
  small: boolean;
  /** whom no segment has */
  noise: boolean;
  play: Play;
  evidence: { feature: string; divisor: string; own: number; everyone: number }[];
  share: number;
  revenue_share: number | null;
  /** times everyone's mean, and its 95 % interval */
  lifts: [number, number, number][];
  /** in the scaled units that the clustering saw */
  centre: (number | null)[];
  nearest: { segment: number; distance: number; features: number[] } | null;
  typical: { id: string; values: number[] }[];
  rule: { precision: number; recall: number; ways: Way[] };
}

export interface Interest {
  name: string;
  product_name?: string;
  own: number;
  everyone: number;
  lift: number;
}

/** Of the segment's sampled customers; interests are categories, brands and products (by their codes, with product_name where one is known). Times are UTC, weekdays from Monday. */
export interface Activity {
  customers: number;
  interests: Interest[][];
  hours: number[];
  weekdays: number[];
  months: number[];
}

/** without_groups: mean and deviation of the silhouette of fits to data like these without groups, and that of a fit to as many of these customers (null_customers).
 *  Are the segments real? The program's verdict with its evidence, a row a number of segments. */
export interface Verdict {
  answer: string;
  sentence: string;
  null_customers: number;
  table: { k: number; silhouette: number | null; without_groups: [number, number, number] | null; half_split_agreement: number | null; least_jaccard: number | null; least_separation: number | null; stable: boolean; separated: boolean; natural: boolean }[];
  /** a segment each: how often it is found again in resamples, in [0, 1] */
  jaccards: (number | null)[];
}

/** What segments of the past foretell about the last quarter of the time, beside plain rivals. */
/** With its 95 % interval. */
export interface Score {
  name: string;
  mean: number | null;
  low: number | null;
  high: number | null;
}

export interface Future {
  sentence: string;
  customers: number;
  rivals: { name: string; scores: Score[] }[];
}

/** Cells in the order of recency 1 to 5, and within it frequency 1 to 5: customers, share of the money. 5 is the best fifth. */
export interface Rfm {
  cells: [number, number][];
  names: { name: string; customers: number }[];
}

export interface Rows {
  read: number;
  used: number;
  set_aside: number;
  set_aside_by_reason: Record<string, number>;
}

export interface KRow {
  k: number;
  inertia: number;
  silhouette: [number, number, number] | null;
  /** of mixtures; larger is better */
  bic: number | null;
}

/** A value, its mean over data without groups, how many deviations it is above that, and the p-value. */
export type AgainstNull = [number, number, number | null, number];

/** Every number of segments under the names of k_table.csv, and the chosen one beside data without groups. */
export interface Scores {
  table: ({ k: number } & Record<string, number | null>)[];
  nulls: { name: string; silhouette: AgainstNull; gap: AgainstNull; half_split_agreement: AgainstNull }[];
  null_drawings: number;
  sample_customers: number;
}

export interface Separability {
  accuracy: number;
  precision: number;
  recall: number;
  f1: number;
  auc: number;
  test_rows: number;
  sentence: string;
}

export interface Report {
  version: string;
  /** the folder of the run whose model was used again: k, verdict and future were not computed; null where the model was fitted here */
  model_of: string | null;
  customers: number;
  events: { by_type: Record<string, number>; first: string; last: string } | null;
  revenue: { feature: string; total: number } | null;
  features: Feature[];
  features_left_out: number;
  everyone: Profile;
  segments: Segment[];
  k: { chosen: number; by_bic: boolean; best: number; elbow: number | null; exact: boolean; judged_rows: number; reason: string; rows: KRow[] };
  pca: { explained: number[]; leading: { feature: string; falls: boolean }[][]; points: [number, number, number, number][] };
  activity: { everyone: Activity; segments: (Activity | null)[] } | null;
  verdict: Verdict | null;
  scores: Scores | null;
  separability: Separability | null;
  future: Future | null;
  rfm: Rfm | null;
  rules: { fidelity: number; fitted_rows: number };
  ledger: { rows: Rows; inputs: { name: string; bytes: number; rows: Rows }[]; more_inputs: number };
  options: { k: [number, number]; algorithm: string; restarts: number; seed: number; scaling: string; own_names: boolean; different_rows: number };
  /** what a row of the data is: "events", "order lines", "rows" */
  log: string;
  notes: string[];
}

/** Two runs side by side: compare.json, with the largest flows and shifts only. */
export interface Comparison {
  version: string;
  customers: { stayed: number; moved: number; entered: number; left: number };
  segments: { segment: string; fate: string; later_segment: string; linked_with: string; customers_before: number; customers_after: number }[];
  flows: { from: string; to: string; customers: number }[];
  flows_left_out: number;
  drift: { feature: string; shift: string; psi: number; noise_95: number; mean_before: number; mean_after: number }[];
  drift_left_out: number;
  refit_is_due: boolean;
  reasons: string[];
}

/** An export: manifest.json, without the page itself. */
export interface Exported {
  version: string;
  platform: string;
  run: { customers: number };
  hold_out: { share: number };
  since: { of: "export" | "comparison"; exported: number; stays: number; overwritten: number; removed: number; unreachable: number; not_listed: number } | null;
  exported: number;
  segments: { segment: string; customers: number; exported: number; excluded: Record<string, number> }[];
  notes: string[];
  files: { name: string; rows: number; bytes: number }[];
}

export type PageData = Report | { comparison: Comparison } | { exported: Exported } | { exploration: Exploration };

/** A page is of a run, a comparison, an export, or an exploration. */
export function readData(): PageData {
  return JSON.parse(document.getElementById("data")?.textContent ?? "") as PageData;
}
