// All segments side by side: heat map, spread of one feature, the way to a purchase.
import type { Report } from "./data";
import { append, data, element, heat, heatMap, isolated, numbersBehind, section, table } from "./elements";
import { boxPlots, categoryAxis, chart, colour, dispose, pale, tooltip, valueAxis } from "./charts";
import { count, percent, plain, valueOf, word } from "./words";

/** Centres in scaled units. */
function centres(report: Report): HTMLElement {
  const caption = "Centres of the segments in standard deviations from everyone's average";
  const rows = report.features.map((feature, f): [HTMLElement, ...(number | null)[]] => [data(word(feature.name)), ...report.segments.map((s) => s.centre[f])]);
  return element(
    "div",
    {},
    element("h3", {}, "What is high, what is low"),
    element("p", { class: "muted" }, "0 is everyone's average; 1 is one standard deviation above it, as the clustering saw it."),
    heatMap({ caption, corner: "feature", columns: report.segments.map((s) => data(s.name)), rows, digits: 1, strength: (z) => z / 3 }),
  );
}

function boxes(report: Report, f: number): HTMLElement {
  const feature = report.features[f];
  const boxed = report.segments.flatMap((s, own) => (s.quantiles ? [{ name: s.name, own, q: s.quantiles[f] }] : []));  // small segments have none
  if (boxed.length === 0) return element("p", { class: "muted" }, "No segment has enough customers.");
  const all = boxed.flatMap((b) => b.q);
  const largest = Math.max(...all);
  // Counts and money span orders of magnitude: then log(1 + x), so that zero has its place.
  const log = Math.min(...all) >= 0 && largest > 20 * Math.max(1, ...boxed.map((b) => b.q[2]).sort((a, b) => a - b).slice(0, 1));
  const at = (value: number) => (log ? Math.log10(1 + value) : value);
  const back = (value: number) => (log ? 10 ** value - 1 : value);
  const places = log ? [0, ...Array.from({ length: 1 + Math.ceil(Math.log10(1 + largest)) }, (_, power) => 10 ** power)].map(at) : undefined;
  const names = boxed.map((b) => isolated(b.name));
  const text = (i: number) => {
    const { q } = boxed[i];
    return `${names[i]}\nmedian ${valueOf(feature, q[2])}\nmiddle half ${valueOf(feature, q[1])} to ${valueOf(feature, q[3])}\n90 % between ${valueOf(feature, q[0])} and ${valueOf(feature, q[4])}`;
  };
  const drawn = chart(`Spread of ${word(feature.name)} in each segment`, 60 + 44 * names.length, {
    grid: { left: 10, right: 30, top: 10, bottom: 30, containLabel: true },
    tooltip: tooltip((p) => text(p.dataIndex)),
    xAxis: valueAxis({ scale: !log, axisTick: { show: false, customValues: places }, axisLabel: { color: "var(--faint)", hideOverlap: true, customValues: places, formatter: (v: number) => valueOf(feature, back(v)) } }),
    yAxis: categoryAxis(names, { inverse: true }),
    series: [
      boxPlots(boxed.map((b) => b.q.map(at)), (i) => colour(boxed[i].own), 20),
    ],
  });
  const rows = boxed.map((b) => [data(b.name), ...b.q.map((q) => valueOf(feature, q))]);
  return element(
    "div",
    {},
    drawn,
    element("p", { class: "muted" }, `Line: median; box: the middle half; whiskers: from 5 % to 95 % of the customers.${boxed.length < report.segments.length ? " Segments of fewer than 10 customers are left out." : ""}${log ? " The scale is logarithmic." : ""}`),
    numbersBehind(table({ caption: `Quantiles of ${word(feature.name)}`, head: ["segment", "5 %", "25 %", "median", "75 %", "95 %"], rows })),
  );
}

function spread(report: Report): HTMLElement {
  const place = element("div", {});
  const show = (f: number) => {
    dispose(place);
    place.replaceChildren(boxes(report, f));
  };
  const choice = element("select", { id: "feature", change: (event) => show(Number((event.target as HTMLSelectElement).value)) });
  report.features.forEach((feature, f) => append(choice, element("option", { value: f }, isolated(word(feature.name)))));
  const revenue = report.features.findIndex((feature) => feature.name === report.revenue?.feature);
  const first = Math.max(0, revenue);
  choice.value = String(first);
  show(first);
  return element("div", {}, element("h3", {}, "How wide the segments are"), element("p", { class: "noprint" }, element("label", { for: "feature" }, "Feature "), choice), place);
}

function funnel(report: Report): HTMLElement | null {
  const steps: [string, number][] = [];
  for (const [name, label] of [["n_view", "viewed"], ["n_cart", "put into the cart"], ["n_purchase", "bought"]]) steps.push([label, report.features.findIndex((feature) => feature.name === name)]);
  if (steps.some(([, f]) => f < 0)) return null;
  const drawn = chart("Share of each segment's customers who viewed, put into the cart, and bought", 60 + 66 * report.segments.length, {
    grid: { left: 10, right: 60, top: 30, bottom: 10, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: "var(--ink)" }, data: steps.map(([label]) => label) },
    xAxis: valueAxis({ max: 100, axisLabel: { color: "var(--faint)", hideOverlap: true, formatter: "{value} %" } }),
    yAxis: categoryAxis(report.segments.map((s) => isolated(s.name)), { inverse: true }),
    series: steps.map(([label, f], i) => ({
      type: "bar",
      name: label,
      barMaxWidth: 14,
      itemStyle: { color: `color-mix(in srgb, var(--faint) ${[30, 60, 100][i]}%, var(--paper))` },
      label: { show: true, position: "right", color: "var(--ink)", formatter: (p: { value: number }) => percent(p.value / 100) },
      data: report.segments.map((s, own) => ({ value: s.above_zero ? 100 * s.above_zero[f] : null, itemStyle: { color: pale(own, [30, 60, 100][i]) } })),
    })),
  });
  const rows = report.segments.map((s) => [data(s.name), ...steps.map(([, f]) => percent(s.above_zero ? s.above_zero[f] : null))]);
  return element(
    "div",
    {},
    element("h3", {}, "The way to a purchase"),
    element("p", { class: "muted" }, "Share of the customers who did it at least once."),
    drawn,
    numbersBehind(table({ caption: "Share of customers who did it at least once", head: ["segment", ...steps.map(([label]) => label)], rows })),
  );
}

/** Customers by fifths of recency and frequency; the darker, the more money. */
function rfmGrid(report: Report): HTMLElement | null {
  if (!report.rfm) return null;
  const { cells, names } = report.rfm;
  const money = word(report.revenue?.feature ?? "money");
  const cell = (r: number, f: number) => {
    const [customers, share] = cells[5 * r + f];
    return element("td", { class: "number heat", style: heat(-4 * share) }, `${count(customers)}`, element("br"), element("span", { class: "muted" }, percent(share)));
  };
  const caption = `Customers by recency (rows) and number of orders (columns), in fifths from 1 to 5; below, the share of the ${money}`;
  const fifths = [0, 1, 2, 3, 4];
  const head = element("tr", {}, element("th", { scope: "col" }, "recency"), ...fifths.map((f) => element("th", { scope: "col" }, `orders ${f + 1}`)));
  const rows = [...fifths].reverse().map((r) => element("tr", {}, element("th", { scope: "row" }, `${r + 1}${r === 4 ? " (latest)" : r === 0 ? " (longest ago)" : ""}`), ...fifths.map((f) => cell(r, f))));
  return element(
    "div",
    {},
    element("h3", {}, "Recency and frequency"),
    element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, element("table", { class: "heatmap" }, element("caption", {}, caption), element("thead", {}, head), element("tbody", {}, ...rows))),
    numbersBehind(table({ caption: "The ten names of the RFM method", head: ["name", "customers"], rows: names.map((n) => [n.name, count(n.customers)]) })),
  );
}

export function compare(report: Report): HTMLElement {
  const left = report.features_left_out;
  return section(
    "compare",
    "Side by side",
    left > 0 && element("p", { class: "muted" }, `Shown are the ${report.features.length} features in which the segments differ most; ${plain(left)} more are in segment_summary.csv.`),
    centres(report),
    funnel(report),
    rfmGrid(report),
    spread(report),
  );
}
