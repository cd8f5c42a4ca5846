// One segment: who they are, why they are called so, what to do, and the numbers.
import type { Report, Segment } from "./data";
import { append, data, element, isolated, numbersBehind, table } from "./elements";
import { categoryAxis, chart, colour, tooltip, valueAxis } from "./charts";
import { compact, conditionText, count, evidenceText, percent, times, valueOf, word } from "./words";

function playbook(segment: Segment, report: Report): HTMLElement {
  const { play } = segment;
  const stake = report.revenue && segment.revenue_share !== null ? ` and ${compact(segment.revenue_share * report.revenue.total)} of ${word(report.revenue.feature)} (${percent(segment.revenue_share)})` : "";
  const entries: [string, string][] = [
    ["Goal", play.goal],
    ["Action", play.action],
    ["Channel", play.channel],
    ["Offer", play.offer],
    ["Timing", play.timing],
  ];
  const list = element("dl", { class: "play" });
  for (const [label, text] of entries) if (text !== "") append(list, element("dt", {}, label), element("dd", {}, data(text)));
  append(list, element("dt", {}, "At stake"), element("dd", {}, `${count(segment.customers)} customers${stake}`));
  return element("div", {}, element("h4", {}, "What to do"), list);
}

function why(segment: Segment): HTMLElement {
  const items = segment.evidence.map((e) => element("li", {}, data(evidenceText(e))));
  return element("div", {}, element("h4", {}, "Why this name"), element("ul", {}, ...items));
}

function rule(segment: Segment): HTMLElement {
  const box = element("div", {}, element("h4", {}, "In one rule"));
  const [main, ...others] = segment.rule.ways;
  if (!main) {
    append(box, element("p", {}, "No short rule finds these customers."));
    return box;
  }
  const conditions = main.conditions.map(conditionText);
  append(box, element("p", { class: "rule" }, data(conditions.length === 0 ? "everyone" : conditions.join(" and "))));
  const precision = main.customers > 0 ? main.of_segment / main.customers : 0;
  append(box, element("p", { class: "muted" }, `holds for ${count(main.customers)} customers; ${percent(precision)} of them are in this segment, which is ${percent(main.of_segment / segment.customers)} of it.`));
  if (others.length > 0) {
    const more = others.map((way) => element("li", {}, data(way.conditions.map(conditionText).join(" and ")), ` (${count(way.customers)} customers)`));
    append(box, element("details", {}, element("summary", {}, `${others.length} further ${others.length === 1 ? "way" : "ways"} into this segment`), element("ul", {}, ...more)));
    append(box, element("p", { class: "muted" }, `All ways together: precision ${percent(segment.rule.precision)}, recall ${percent(segment.rule.recall)}.`));
  }
  return box;
}

function neighbour(segment: Segment, report: Report): HTMLElement | null {
  if (!segment.nearest) return null;
  const other = report.segments[segment.nearest.segment];
  const items = segment.nearest.features.map((f) => {
    const feature = report.features[f];
    return element("li", {}, data(word(feature.name)), `: ${valueOf(feature, segment.means[f])} here, ${valueOf(feature, other.means[f])} there`);
  });
  return element("div", {}, element("h4", {}, "The segment next to it"), element("p", {}, data(other.name), ", which differs most in"), element("ul", {}, ...items));
}

/** Features as dots with their interval on a logarithmic scale; 1 is everyone's average. */
function lifts(segment: Segment, report: Report, index: number): HTMLElement {
  const shown = report.features.map((feature, f) => ({ feature, lift: segment.lifts[f] }));
  const order = shown.filter((x) => x.lift[0] > 0).sort((a, b) => a.lift[0] - b.lift[0]);
  const drawn = order.length > 24 ? [...order.slice(0, 8), ...order.slice(-16)] : order;
  const low = Math.min(0.5, ...drawn.map((x) => x.lift[1]));
  const high = Math.max(2, ...drawn.map((x) => x.lift[2]));
  const names = drawn.map((x) => isolated(word(x.feature.name)));
  const chosen = colour(index);
  const picture = chart(`How many times everyone's average ${word(drawn[drawn.length - 1]?.feature.name ?? "")} and other features are`, 70 + 26 * drawn.length, {
    grid: { left: 10, right: 70, top: 24, bottom: 30, containLabel: true },
    tooltip: tooltip((p) => {
      const { lift } = drawn[p.dataIndex];
      return `${names[p.dataIndex]}\n${times(lift[0])} everyone's average\n95 % interval ${times(lift[1])} to ${times(lift[2])}`;
    }),
    xAxis: valueAxis({ type: "log", min: low / 1.2, max: high * 1.2, axisLabel: { color: "var(--faint)", hideOverlap: true, formatter: (v: number) => `${Number(v.toPrecision(2))} ×` } }),
    yAxis: categoryAxis(names),
    series: [
      {
        type: "custom",
        silent: true,
        data: drawn.map((x, i) => [x.lift[1], x.lift[2], i]),
        encode: { x: [0, 1], y: 2 },
        renderItem: (_: unknown, api: { value: (i: number) => number; coord: (p: number[]) => number[] }) => {
          const a = api.coord([api.value(0), api.value(2)]);
          const b = api.coord([api.value(1), api.value(2)]);
          return { type: "line", shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }, style: { stroke: chosen, lineWidth: 3, opacity: 0.5 } };
        },
      },
      {
        type: "scatter",
        symbolSize: 11,
        data: drawn.map((x, i) => [x.lift[0], i]),
        itemStyle: { color: chosen },
        label: { show: true, position: "right", color: "var(--ink)", formatter: (p: { value: number[] }) => times(p.value[0]) },
        markLine: { silent: true, symbol: "none", label: { formatter: "everyone", color: "var(--faint)" }, lineStyle: { color: "var(--faint)" }, data: [{ xAxis: 1 }] },
      },
    ],
  });
  const rows = shown.map(({ feature, lift }, f) => [
    data(word(feature.name)),
    valueOf(feature, segment.means[f]),
    valueOf(feature, report.everyone.means[f]),
    `${times(lift[0])} (${times(lift[1])} to ${times(lift[2])})`,
    valueOf(feature, segment.quantiles[f][2]),
    `${valueOf(feature, segment.quantiles[f][1])} to ${valueOf(feature, segment.quantiles[f][3])}`,
  ]);
  return element(
    "div",
    { class: "wide" },
    element("h4", {}, "Against all customers"),
    element("p", { class: "muted" }, "Average of the segment as a multiple of everyone's, with its 95 % interval."),
    picture,
    numbersBehind(table({ caption: "Averages, lift and quartiles of this segment", head: ["feature", "average", "everyone", "lift (95 % interval)", "median", "middle half"], rows })),
  );
}

function typical(segment: Segment, report: Report): HTMLElement | null {
  if (segment.typical.length === 0) return null;
  const most = 12;
  const rows = report.features.slice(0, most).map((feature, f) => [data(word(feature.name)), ...segment.typical.map((customer) => valueOf(feature, customer.values[f]))]);
  return element(
    "div",
    { class: "wide" },
    element("h4", {}, "Typical customers"),
    element("p", { class: "muted" }, "Real customers nearest to the segment's centre."),
    table({ caption: "The most typical customers of this segment", head: ["feature", ...segment.typical.map((customer) => element("span", {}, "customer ", data(customer.id)))], rows }),
  );
}

export function detail(index: number, report: Report): HTMLElement {
  const segment = report.segments[index];
  return element(
    "article",
    { class: "detail", style: `--own:${colour(index)}`, "aria-labelledby": `detail-${index}` },
    element("h3", { id: `detail-${index}` }, element("span", { class: "chip", "aria-hidden": "true" }), data(segment.name), element("span", { class: "muted" }, ` ${count(segment.customers)} customers, ${percent(segment.share)}`)),
    element("div", { class: "columns" }, playbook(segment, report), why(segment), rule(segment), neighbour(segment, report)),
    lifts(segment, report, index),
    typical(segment, report),
  );
}
