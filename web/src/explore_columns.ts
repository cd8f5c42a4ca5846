// A card a column: what is missing, how many values differ, and a picture of them.
import { categoryAxis, chart, tooltip, valueAxis } from "./charts";
import { data, element, isolated, numbersBehind, table } from "./elements";
import type { Column, ExploredTable, Histogram, Numbers } from "./exploration";
import { count, percent, plain } from "./words";

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const faintAxis = { axisLabel: { color: "var(--faint)", hideOverlap: true, fontSize: 11 } };

/** Widths are the same on the scale of the picture; labels are the edges. */
export function histogramChart(name: string, h: Histogram, height: number): HTMLElement {
  const total = h.counts.reduce((a, b) => a + b, 0);
  const whole = h.edges.every((edge) => Math.abs(edge % 1) === 0.5);
  const label = (i: number) => (whole ? plain(h.edges[i] + 0.5) : plain(h.edges[i]));
  const range = (i: number) => (whole ? label(i) : `${plain(h.edges[i])} to ${plain(h.edges[i + 1])}`);
  return chart(`Histogram of ${name}: ${count(total)} values from ${plain(h.edges[0])} to ${plain(h.edges[h.edges.length - 1])}`, height, {
    grid: { left: 4, right: 8, top: 8, bottom: 2, containLabel: true },
    tooltip: tooltip((p) => `${range(p.dataIndex)}\n${count(h.counts[p.dataIndex])} values, ${percent(h.counts[p.dataIndex] / total)}`),
    xAxis: categoryAxis(h.counts.map((_, i) => label(i)), { ...faintAxis, axisLabel: { color: "var(--faint)", hideOverlap: true, fontSize: 11, interval: Math.max(0, Math.ceil(h.counts.length / 6) - 1) } }),
    yAxis: valueAxis({ splitNumber: 2, ...faintAxis, axisLabel: { color: "var(--faint)", fontSize: 11, formatter: (v: number) => (v >= 1000 ? `${v / 1000}k` : String(v)) } }),
    series: [{ type: "bar", data: h.counts, barCategoryGap: "8%", itemStyle: { color: "var(--segment-0)" } }],
  });
}

export function barsChart(description: string, names: string[], values: number[], height: number): HTMLElement {
  return chart(description, height, {
    grid: { left: 4, right: 8, top: 8, bottom: 2, containLabel: true },
    tooltip: tooltip((p) => `${names[p.dataIndex]}\n${count(values[p.dataIndex])}`),
    xAxis: categoryAxis(names, { axisLabel: { color: "var(--faint)", hideOverlap: true, fontSize: 11 } }),
    yAxis: valueAxis({ splitNumber: 2, axisLabel: { color: "var(--faint)", fontSize: 11, formatter: (v: number) => (v >= 1000 ? `${v / 1000}k` : String(v)) } }),
    series: [{ type: "bar", data: values, itemStyle: { color: "var(--segment-0)" } }],
  });
}

const ruleNames: Record<string, string> = { iqr: "beyond 1.5 interquartile ranges", z: "beyond 3 standard deviations", robust: "beyond 3.5 robust deviations" };

function outlierRows(n: Numbers): string[][] {
  return n.outliers.map((o) => [ruleNames[o.rule] ?? o.rule, `${plain(o.low)} to ${plain(o.high)}`, count(o.below), count(o.above), percent((o.below + o.above) / n.count)]);
}

export function numbersTable(name: string, n: Numbers): HTMLElement {
  const quantiles = Object.entries(n.quantiles).map(([share, value]) => [share === "0" ? "least" : share === "1" ? "greatest" : share === "0.5" ? "median" : `${plain(100 * Number(share))} %`, plain(value)]);
  const rest = [["mean", plain(n.mean)], ["standard deviation", plain(n.deviation)], ["skewness", plain(n.skewness)], ["zeros", count(n.zeros)], ["below zero", count(n.negatives)], ["greatest z-score", plain(n.greatest_z)]];
  return element(
    "div",
    {},
    table({ caption: `Quantiles and moments of ${name}`, head: ["measure", "value"], rows: [...quantiles, ...rest] }),
    n.outliers.length > 0 && table({ caption: `Outliers of ${name} by three rules`, head: ["rule", "no outliers", "below", "above", "share"], rows: outlierRows(n) }),
  );
}

function topBars(column: Column): HTMLElement {
  const largest = Math.max(...column.top.map(([, n]) => n));
  const row = ([text, n]: [string, number]) =>
    element(
      "li",
      { class: "topbar" },
      element("span", { class: "label" }, data(text)),
      element("span", { class: "track", "aria-hidden": "true" }, element("span", { class: "fill", style: `width:${Math.max(1, (100 * n) / largest)}%;background:var(--segment-0)` })),
      element("span", { class: "value" }, percent(n / column.rows)),
    );
  return element("ul", { class: "topbars" }, ...column.top.slice(0, 6).map(row));
}

function picture(column: Column): HTMLElement | null {
  if (column.numbers) return histogramChart(column.name, column.numbers.histogram, 150);
  if (column.times && column.times.months.length > 2) return barsChart(`Rows of ${column.name} by month`, column.times.months.map(([month]) => month), column.times.months.map(([, n]) => n), 150);
  if (column.times) return barsChart(`Rows of ${column.name} by weekday`, weekdays, column.times.weekdays, 150);
  if (column.top.length > 0 && column.distinct < 0.9 * column.rows) return topBars(column);
  return element("p", { class: "muted" }, column.content === "blank" ? "Nothing in it." : column.top.length > 0 ? "Nearly every row has a value of its own." : "Too many different values to count each of them.");
}

function line(column: Column): string {
  const n = column.numbers;
  if (n) return `${plain(n.quantiles["0"])} to ${plain(n.quantiles["1"])}; half between ${plain(n.quantiles["0.25"])} and ${plain(n.quantiles["0.75"])}; mean ${plain(n.mean)}`;
  if (column.times) return `${column.times.first.slice(0, 10)} to ${column.times.last.slice(0, 10)}`;
  return "";
}

function card(column: Column): HTMLElement {
  const missing = column.rows === 0 ? 0 : column.missing / column.rows;
  const estimated = column.distinct_standard_error > 0;
  return element(
    "li",
    { class: "column" },
    element("h3", {}, data(column.name), element("span", { class: "kind" }, column.role ? `${column.content} · ${column.role.replaceAll("_", " ")}` : column.content)),
    element(
      "p",
      { class: "muted" },
      missing === 0 ? "none missing" : element("strong", { class: missing >= 0.05 ? "missing" : null }, `${percent(missing)} missing`),
      ` · ${estimated ? "about " : ""}${count(column.distinct)} different${estimated ? ` (± ${percent(column.distinct_standard_error)})` : ""}`,
    ),
    picture(column),
    line(column) !== "" && element("p", { class: "muted" }, line(column)),
    column.sampled && column.numbers && element("p", { class: "muted" }, "Of a sample of the different values: there are too many to count each."),
    column.numbers && column.numbers.histogram.logarithmic && element("p", { class: "muted" }, "The scale is logarithmic."),
    column.numbers
      ? numbersBehind(numbersTable(column.name, column.numbers))
      : column.top.length > 0 && numbersBehind(table({ caption: `Most frequent values of ${column.name}`, head: ["value", "rows", "share"], rows: column.top.map(([text, n]) => [data(text), count(n), percent(n / column.rows)]) })),
  );
}

export function columnsOf(explored: ExploredTable, shown: number): HTMLElement {
  const left = explored.columns.length - Math.min(explored.columns.length, shown) + explored.columns_left_out;
  return element(
    "div",
    {},
    explored.name !== "" && element("h3", { class: "tablename" }, data(isolated(explored.name).slice(1, -1)), element("span", { class: "kind" }, `${count(explored.rows)} rows`)),
    element("ul", { class: "columncards" }, ...explored.columns.slice(0, shown).map(card)),
    left > 0 && element("p", { class: "muted" }, `${count(left)} more columns are in explore.json, up to 100.`),
  );
}
