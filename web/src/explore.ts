// The page of an exploration: what stands out, who comes how far, when, what sells, column by column, the features.
import { element, data, numbersBehind, section, table } from "./elements";
import type { Exploration, ExploredFeature } from "./exploration";
import { columnsOf, histogramChart, numbersTable } from "./explore_columns";
import { boxes, funnel, times, together, tops } from "./explore_pictures";
import { compact, count, percent, plain, reasonText, word } from "./words";

const rowNames: Record<string, string> = { events: "events", orders: "order lines", coupons: "rows of coupon tables", customers: "rows of customers" };

function figure(value: string, label: string): HTMLElement {
  return element("div", { class: "figure" }, element("dt", {}, label), element("dd", {}, value));
}

function revenueOf(e: Exploration): number {
  return e.traffic?.days.reduce((sum, [, , money]) => sum + money, 0) ?? 0;
}

function overview(e: Exploration): HTMLElement {
  const columns = e.tables.reduce((sum, t) => sum + t.columns.length + t.columns_left_out, 0);
  const tables = e.tables.length > 1 ? ` in ${e.tables.length} tables` : "";
  return section(
    "overview",
    "At a glance",
    element("p", { class: "headline" }, `${count(e.rows.read)} ${rowNames[e.shape] ?? "rows"}${e.period ? `, ${e.period[0].slice(0, 10)} to ${e.period[1].slice(0, 10)}` : ""}: ${count(e.customers)} customers.`),
    element(
      "dl",
      { class: "figures" },
      figure(count(e.rows.used), "rows used"),
      figure(count(e.rows.set_aside), "rows set aside"),
      figure(count(columns), `columns${tables}`),
      e.traffic && e.traffic.sessions > 0 && figure(compact(e.traffic.sessions), e.shape === "orders" ? "orders" : "visits"),
      revenueOf(e) !== 0 && figure(compact(revenueOf(e)), e.traffic && e.traffic.days_left_out > 0 ? "revenue of the days shown" : "revenue"),
    ),
    element("h3", {}, "Before you cluster"),
    e.findings.length === 0 ? element("p", {}, "Nothing stands out.") : element("ul", { class: "findings" }, ...e.findings.map((text) => element("li", {}, data(text)))),
    e.findings_left_out > 0 && element("p", { class: "muted" }, `${count(e.findings_left_out)} more are printed by coterie explore.`),
  );
}

function featureCard(f: ExploredFeature): HTMLElement {
  const heavy = f.greatest.z > 20;
  return element(
    "li",
    { class: "column" },
    element("h3", {}, data(word(f.name)), element("span", { class: "kind" }, data(f.name))),
    f.definition !== "" && element("p", { class: "muted" }, f.definition),
    histogramChart(`the feature ${word(f.name)}`, f.numbers.histogram, 140),
    element("p", { class: "muted" }, `half between ${plain(f.numbers.quantiles["0.25"])} and ${plain(f.numbers.quantiles["0.75"])}; mean ${plain(f.numbers.mean)}; greatest ${plain(f.numbers.quantiles["1"])}${f.numbers.histogram.logarithmic ? "; logarithmic scale" : ""}`),
    element("p", { class: "muted" }, "farthest customer: ", element("strong", { class: heavy ? "missing" : null }, `${plain(f.greatest.z)} deviations`), `, ${plain(f.greatest["log-z"])} after log(1 + x)`),
    numbersBehind(numbersTable(`the feature ${word(f.name)}`, f.numbers)),
  );
}

function features(e: Exploration): HTMLElement | null {
  if (e.features.features.length === 0) return null;
  const shown = e.features.features.slice(0, 40);
  const left = e.features.features.length - shown.length + e.features.features_left_out;
  return section(
    "features",
    "The customers as they would be clustered",
    element("p", { class: e.features.recommended_scale === "z" ? "verdict good" : "verdict" }, element("strong", {}, `Recommended: --scale ${e.features.recommended_scale}. `), data(e.features.why), "."),
    element("ul", { class: "columncards" }, ...shown.map(featureCard)),
    left > 0 && element("p", { class: "muted" }, `${count(left)} more features are in explore.json, up to 100.`),
  );
}

function making(e: Exploration): HTMLElement {
  const reasons = Object.entries(e.rows.set_aside_by_reason).map(([reason, n]) => [reasonText(reason), count(n), percent(n / Math.max(1, e.rows.read))]);
  return section(
    "making",
    "How this was made",
    element("p", {}, `${count(e.rows.read)} rows read = ${count(e.rows.used)} used + ${count(e.rows.set_aside)} set aside. Columns are described by all rows that have the right number of fields, also those set aside for what is in them; times, the funnel and the features by the rows used.`),
    reasons.length > 0 && table({ caption: "Rows set aside, by reason (rejects.csv has each with its line)", head: ["reason", "rows", "share"], rows: reasons }),
    table({ caption: "Files", head: ["file", "rows", "used", "set aside"], rows: e.inputs.map((i) => [data(i.path), count(i.rows.read), count(i.rows.used), count(i.rows.set_aside)]) }),
    e.inputs_left_out > 0 && element("p", { class: "muted" }, `and ${count(e.inputs_left_out)} more files.`),
    e.traffic && e.traffic.busiest.length > 0 && numbersBehind(table({ caption: "The busiest customers", head: ["customer", "events"], rows: e.traffic.busiest.map((b) => [data(b.customer), count(b.events)]) })),
    e.notes.length > 0 && element("ul", {}, ...e.notes.map((note) => element("li", {}, data(note)))),
  );
}

function columns(e: Exploration): HTMLElement {
  const each = Math.max(4, Math.floor(60 / e.tables.length));
  return section("columns", "Column by column", ...e.tables.map((t) => columnsOf(t, e.tables.length === 1 ? 60 : each)));
}

export function exploration(e: Exploration): { parts: HTMLElement[]; links: [string, string][] } {
  const named: [string, string, HTMLElement | null][] = [
    ["overview", "At a glance", overview(e)],
    ["funnel", e.shape === "orders" ? "Who comes back" : "Funnel", funnel(e)],
    ["times", "When", times(e)],
    ["top", "What sells", tops(e)],
    ["columns", "Columns", columns(e)],
    ["boxes", "Numbers by category", boxes(e)],
    ["together", "What goes together", together(e)],
    ["features", "Features", features(e)],
    ["making", "How it was made", making(e)],
  ];
  const there = named.filter((part): part is [string, string, HTMLElement] => part[2] !== null);
  return { parts: there.map(([, , part]) => part), links: there.map(([id, label]) => [id, label]) };
}
