// How it was made: every row accounted for, the definitions, the options.
import type { Report, Rows } from "./data";
import { data, element, section, table } from "./elements";
import { count, percent, reasonText } from "./words";

function ledgerRow(name: Node | string, rows: Rows): (Node | string)[] {
  const reasons = Object.entries(rows.set_aside_by_reason).map(([reason, n]) => `${count(n)} ${reasonText(reason)}`);
  return [name, count(rows.read), count(rows.used), count(rows.set_aside), reasons.join(", ") || "–"];
}

function ledger(report: Report): HTMLElement {
  const { rows, inputs, more_inputs } = report.ledger;
  const body = inputs.map((input) => ledgerRow(data(input.name), input.rows));
  body.push(ledgerRow(more_inputs > 0 ? `all, with ${count(more_inputs)} more files` : "all", rows));
  return element(
    "div",
    {},
    element("h3", {}, "Every row accounted for"),
    element("p", { class: "muted" }, "Rows read = rows used + rows set aside; each row set aside is in rejects.csv with line, column and reason."),
    table({ caption: "Rows of each input", head: ["input", "read", "used", "set aside", "why"], texts: [4], rows: body }),
  );
}

const scalings = new Map(Object.entries({
  z: "to a mean of 0 and a standard deviation of 1",
  robust: "by its median and quartiles",
  "min-max": "to 0 to 1",
  "log-z": "by its logarithm, then to a mean of 0 and a standard deviation of 1",
  "yeo-johnson": "towards a normal distribution (Yeo and Johnson)",
}));

const algorithms = new Map(Object.entries({ kmeans: "k-means", "constrained-kmeans": "k-means with bounds on the sizes", hdbscan: "HDBSCAN", "gaussian-mixture": "a Gaussian mixture", hierarchical: "hierarchical clustering", "mini-batch": "mini-batch k-means", "k-medoids": "k-medoids (CLARA)" }));

function steps(report: Report): HTMLElement {
  const { options } = report;
  const k = options.k[0] === options.k[1] ? String(options.k[0]) : `${options.k[0]} to ${options.k[1]}`;
  const made = `${count(report.customers)} customers became rows of ${report.features.length + report.features_left_out} features (${count(options.different_rows)} different rows).`;
  const rules = `The short rules come from a decision tree and give ${percent(report.rules.fidelity)} of all customers their segment; segments.sql has them as a query.`;
  if (report.model_of !== null) {
    const scaled = `Each feature was scaled (${scalings.get(options.scaling) ?? options.scaling}) as the customers of the earlier run were, and every customer got the segment that its model (${algorithms.get(options.algorithm) ?? options.algorithm}) gives.`;
    const names = "Names and actions are those of the earlier run; the numbers behind a name are those of now.";
    return element("div", {}, element("h3", {}, "The steps"), element("ol", {}, ...[made, scaled, names, rules].map((item) => element("li", {}, item))));
  }
  const items = [
    made,
    `Each feature was scaled (${scalings.get(options.scaling) ?? options.scaling}) so that their spreads are comparable, and ${algorithms.get(options.algorithm) ?? options.algorithm} was run${report.segments.some((s) => s.noise) ? "" : ` for ${k} segments`}${options.restarts > 1 ? ` with ${options.restarts} restarts each` : ""} (seed ${options.seed}): the same data and options give the same result on any machine.`,
    `Names and actions come from ${options.own_names ? "your team's own" : "the default"} rules on each segment's averages; the numbers behind a name are shown with it.`,
    rules,
  ];
  return element("div", {}, element("h3", {}, "The steps"), element("ol", {}, ...items.map((item) => element("li", {}, item))));
}

function definitions(report: Report): HTMLElement | null {
  const known = report.features.filter((feature) => feature.definition !== null);
  if (known.length === 0) return null;
  const rows = known.map((feature) => [element("code", {}, data(feature.name)), feature.definition ?? ""]);
  return element("details", {}, element("summary", {}, "What the features mean"), table({ caption: "Definitions of the features", head: ["feature", "definition"], rows, numeric: false }));
}

function notes(report: Report): HTMLElement | null {
  if (report.notes.length === 0) return null;
  return element("div", {}, element("h3", {}, "Notes"), element("ul", {}, ...report.notes.map((note) => element("li", {}, data(note)))));
}

export function making(report: Report): HTMLElement {
  return section("making", "How it was made", ledger(report), notes(report), steps(report), definitions(report));
}
