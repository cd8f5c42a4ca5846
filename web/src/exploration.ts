// The data of an exploration as the program writes it: coterie/model/exploration_files.cc.
import type { Rows } from "./data";

export interface Histogram {
  logarithmic: boolean;
  edges: number[];
  counts: number[];
}

export interface Numbers {
  count: number;
  no_numbers: number;
  zeros: number;
  negatives: number;
  mean: number;
  deviation: number;
  skewness: number;
  greatest_z: number;
  quantiles: Record<string, number>;
  outliers: { rule: string; low: number; high: number; below: number; above: number }[];
  histogram: Histogram;
}

export interface Times {
  first: string;
  last: string;
  weekdays: number[];
  hours: number[] | null;
  months: [string, number][];
}

export interface Column {
  name: string;
  role: string | null;
  content: string;
  rows: number;
  missing: number;
  distinct: number;
  distinct_standard_error: number;
  sampled: boolean;
  top: [string, number][];
  numbers?: Numbers;
  times?: Times;
}

export interface BoxPlot {
  number: string;
  category: string;
  levels: number;
  boxes: { level: string; count: number; box: [number, number, number, number, number]; mean: number; outside: number }[];
}

export interface Correlations {
  names: string[];
  pearson: (number | null)[];
  spearman: (number | null)[];
}

export interface Associations {
  names: string[];
  cramers_v: (number | null)[];
  cramers_v_bias_corrected: (number | null)[];
}

export interface ExploredTable {
  name: string;
  rows: number;
  columns: Column[];
  columns_left_out: number;
  together: { rows: number; share_of_combinations: number; boxes: BoxPlot[]; correlations: Correlations | null; associations: Associations | null };
}

export interface Traffic {
  customers: number;
  sessions: number;
  events: Record<string, number>;
  /** from Monday 0:00, UTC */
  hours_of_week: Record<string, number[]>;
  /** day, events by type (view, cart, remove, purchase), revenue */
  days: [string, [number, number, number, number], number][];
  days_left_out: number;
  busiest: { customer: string; events: number }[];
}

export interface TopList {
  role: string;
  column: string;
  different: number;
  items: { value: string; events: [number, number, number, number]; revenue: number }[];
}

export interface ExploredFeature {
  name: string;
  definition: string;
  greatest: Record<string, number>;
  numbers: Numbers;
}

export interface Exploration {
  version: string;
  shape: string;
  rows: Rows;
  inputs: { path: string; hash: string; rows: Rows }[];
  inputs_left_out: number;
  customers: number;
  period: [string, string] | null;
  findings: string[];
  findings_left_out: number;
  notes: string[];
  funnel: { step: string; events: number | null; sessions: number | null; customers: number }[];
  traffic: Traffic | null;
  top: TopList[];
  tables: ExploredTable[];
  features: { recommended_scale: string; why: string; features: ExploredFeature[]; features_left_out: number; correlations: Correlations | null };
}
