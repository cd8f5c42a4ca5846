// One segment: who they are, why they are called so, what to do, and the numbers.
import type { Interest, Report, Segment } from "./data";
import { append, data, element, isolated, numbersBehind, table } from "./elements";
import { categoryAxis, chart, colour, tooltip, valueAxis } from "./charts";
import { compact, conditionTexts, count, evidenceText, ownValueOf, percent, smallPercent, times, valueOf, word } from "./words";

function playbook(segment: Segment, report: Report): HTMLElement {
  const { play } = segment;
  const stake = report.revenue && segment.revenue_share !== null ? ` and ${compact(segment.revenue_share * report.revenue.total)} of the ${word(report.revenue.feature)} (${percent(segment.revenue_share)})` : "";
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

function why(segment: Segment, report: Report): HTMLElement {
  if (segment.noise) return element("div", {}, element("h4", {}, "Why no segment"), element("p", {}, "Too few customers are like each of them to make a group. Their averages below are those of very different customers."));
  const items = segment.evidence.map((e) => element("li", {}, evidenceText(e, report)));
  return element("div", {}, element("h4", {}, "Why this name"), element("ul", {}, ...items));
}

function rule(segment: Segment, report: Report): HTMLElement {
  const box = element("div", {}, element("h4", {}, "In one rule"));
  const [main, ...others] = segment.rule.ways;
  if (!main) {
    append(box, element("p", {}, "No short rule finds these customers."));
    return box;
  }
  const conditions = conditionTexts(main.conditions, report);
  append(box, element("p", { class: "rule" }, conditions.length === 0 ? "everyone" : conditions.join(" and ")));
  const precision = main.customers > 0 ? main.of_segment / main.customers : 0;
  append(box, element("p", { class: "muted" }, `holds for ${count(main.customers)} customers; ${percent(precision)} of them are in this segment, which is ${percent(main.of_segment / segment.customers)} of it.`));
  if (others.length > 0) {
    const more = others.map((way) => element("li", {}, conditionTexts(way.conditions, report).join(" and "), ` (${count(way.customers)} customers)`));
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

/** Round places on a logarithmic axis. */
function ticks(low: number, high: number): number[] {
  const steps = high / low > 500 ? [1] : [1, 2, 5];
  const list: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); ++power) for (const step of steps) list.push(Number((step * 10 ** power).toPrecision(1)));
  return list.filter((value) => value >= low && value <= high);
}

/** Features as bars from everyone's average, with the interval, on a logarithmic scale; what they have none of stands at the edge. */
function lifts(segment: Segment, report: Report, index: number): HTMLElement {
  const shown = report.features.map((feature, f) => ({ feature, lift: segment.lifts[f] }));
  const order = shown.filter((x) => x.lift[0] !== null && x.lift[0] >= 0 && x.lift[2] !== null).sort((a, b) => a.lift[0] - b.lift[0]);
  const drawn = order.length > 24 ? [...order.slice(0, 8), ...order.slice(-16)] : order;
  const some = drawn.filter((x) => x.lift[0] > 0);
  const low = Math.max(1e-6, Math.min(0.5, ...some.map((x) => x.lift[1]))) / 1.3;
  const high = Math.max(2, ...some.map((x) => x.lift[2])) * 1.2;
  const names = drawn.map((x) => isolated(word(x.feature.name)));
  const chosen = colour(index);
  const places = ticks(low, high);
  const at = (lift: number) => Math.max(lift, low);
  const picture = chart(`How many times everyone's average ${word(drawn[drawn.length - 1]?.feature.name ?? "")} and other features are`, { screen: 70 + 26 * drawn.length, paper: 58 + 16 * drawn.length }, {
    grid: { left: 10, right: 70, top: 24, bottom: 30, containLabel: true },
    tooltip: tooltip((p) => {
      const { lift } = drawn[p.dataIndex];
      return lift[0] === 0 ? `${names[p.dataIndex]}\nnone` : `${names[p.dataIndex]}\n${times(lift[0])} everyone's average\n95 % interval ${times(lift[1])} to ${times(lift[2])}`;
    }),
    xAxis: valueAxis({ type: "log", min: low / 1.15, max: high, axisTick: { show: false, customValues: places }, axisLabel: { color: "var(--faint)", hideOverlap: true, customValues: places, formatter: (v: number) => `${Number(v.toPrecision(2))} ×` } }),
    yAxis: categoryAxis(names),
    series: [
      {
        type: "custom",
        silent: true,
        data: drawn.map((x, i) => [at(x.lift[1]), at(x.lift[2]), i, at(x.lift[0])]),
        encode: { x: [0, 1], y: 2 },
        renderItem: (_: unknown, api: { value: (i: number) => number; coord: (p: number[]) => number[] }) => {
          const [a, b, own, everyone] = [api.value(0), api.value(1), api.value(3), 1].map((x) => api.coord([x, api.value(2)]));
          return {
            type: "group",
            children: [
              { type: "rect", shape: { x: Math.min(own[0], everyone[0]), y: own[1] - 7, width: Math.abs(own[0] - everyone[0]), height: 14 }, style: { fill: chosen, opacity: 0.3 } },
              { type: "line", shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }, style: { stroke: chosen, lineWidth: 3 } },
            ],
          };
        },
      },
      {
        type: "scatter",
        symbolSize: 9,
        data: drawn.map((x, i) => ({ value: [at(x.lift[0]), i], itemStyle: x.lift[0] === 0 ? { color: "var(--paper)", borderColor: chosen, borderWidth: 2 } : { color: chosen } })),
        markLine: { silent: true, symbol: "none", label: { formatter: "everyone", color: "var(--faint)" }, lineStyle: { color: "var(--faint)" }, data: [{ xAxis: 1 }] },
      },
      {
        // The numbers stand behind the intervals.
        type: "scatter",
        silent: true,
        symbolSize: 10,
        itemStyle: { color: "transparent" },
        data: drawn.map((x, i) => [at(Math.max(x.lift[0], x.lift[2])), i]),
        label: { show: true, position: "right", color: "var(--ink)", formatter: (p: { dataIndex: number }) => times(drawn[p.dataIndex].lift[0]) },
      },
    ],
  });
  const rows = shown.map(({ feature, lift }, f) => [
    data(word(feature.name)),
    valueOf(feature, segment.means[f]),
    valueOf(feature, report.everyone.means[f]),
    `${times(lift[0])} (${times(lift[1])} to ${times(lift[2])})`,
    ...(segment.quantiles ? [valueOf(feature, segment.quantiles[f][2]), `${valueOf(feature, segment.quantiles[f][1])} to ${valueOf(feature, segment.quantiles[f][3])}`] : []),
  ]);
  return element(
    "div",
    { class: "wide" },
    element("h4", {}, "Against all customers"),
    element("p", { class: "muted" }, "Average of the segment as a multiple of everyone's, with its 95 % interval."),
    picture,
    numbersBehind(table({ caption: "Averages, lift and quartiles of this segment", head: ["feature", "average", "everyone", "lift (95 % interval)", ...(segment.quantiles ? ["median", "middle half"] : [])], rows })),
  );
}

function typical(segment: Segment, report: Report): HTMLElement | null {
  if (segment.typical.length === 0) return null;
  const most = 20;
  const rows = report.features.slice(0, most).map((feature, f) => [data(word(feature.name)), ...segment.typical.map((customer) => ownValueOf(feature, customer.values[f]))]);
  return element(
    "div",
    { class: "wide" },
    element("h4", {}, "Typical customers"),
    table({ caption: "Real customers, nearest to the segment's centre", head: ["feature", ...segment.typical.map((customer) => element("span", {}, "customer ", data(customer.id)))], rows }),
  );
}

/** A product's name with its code, where it has a name. */
const interestName = (i: Interest): HTMLElement => (i.product_name ? element("span", {}, data(i.product_name), " ", element("span", { class: "muted" }, data(i.name))) : data(i.name));

function interests(report: Report, index: number): HTMLElement | null {
  const own = report.activity?.segments[index];
  if (!own) return null;
  const kinds = ["categories", "brands", "products"].map((label, kind) => {
    const list = own.interests[kind] ?? [];
    if (list.length === 0) return null;
    const rows = list.map((i) => [interestName(i), smallPercent(i.own), smallPercent(i.everyone), times(i.lift)]);
    return table({ caption: label[0].toUpperCase() + label.slice(1), head: ["name", "here", "everyone", "lift"], rows });
  });
  const some = kinds.some((kind) => kind !== null);
  return element(
    "div",
    { class: "wide interests" },
    element("h4", {}, "What they are about"),
    element(
      "p",
      { class: "muted" },
      some
        ? `Average share of a customer's events, where it is clearly higher than among the others (from ${count(own.customers)} sampled customers of the segment; Welch's test, so set that 1 % of all that are listed may be chance).`
        : `No category, brand or product stands out (among ${count(own.customers)} sampled customers of the segment).`,
    ),
    some && element("div", { class: "columns three" }, ...kinds),
  );
}

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

function rhythm(title: string, names: string[], own: number[], everyone: number[], index: number): HTMLElement | null {
  if (everyone.filter((share) => share > 0).length < 2) return null;
  return element(
    "div",
    {},
    element("h5", {}, title),
    chart(`Share of events by ${title}, this segment as bars, all customers as a line`, { screen: 190, paper: 95 }, {
      grid: { left: 6, right: 10, top: 12, bottom: 6, containLabel: true },
      xAxis: categoryAxis(names, { axisLabel: { color: "var(--faint)", hideOverlap: true } }),
      yAxis: valueAxis({ axisLabel: { color: "var(--faint)", formatter: "{value} %" } }),
      series: [
        { type: "bar", data: own.map((share) => 100 * share), itemStyle: { color: colour(index) } },
        { type: "line", symbol: "none", data: everyone.map((share) => 100 * share), lineStyle: { color: "var(--ink)", width: 2 } },
      ],
    }),
  );
}

/** From the first month with an event to the last. */
function seasons(own: number[], everyone: number[], index: number): HTMLElement | null {
  const used = everyone.flatMap((share, month) => (share > 0 ? [month] : []));
  const [first, end] = [used[0], used[used.length - 1] + 1];
  return rhythm("month", months.slice(first, end), own.slice(first, end), everyone.slice(first, end), index);
}

function whenTheyCome(report: Report, index: number): HTMLElement | null {
  if (!report.activity) return null;
  const own = report.activity.segments[index];
  const { everyone } = report.activity;
  if (!own) return null;
  const charts = [
    rhythm("hour of the day (UTC)", own.hours.map((_, hour) => String(hour)), own.hours, everyone.hours, index),
    rhythm("day of the week", weekdays, own.weekdays, everyone.weekdays, index),
    seasons(own.months, everyone.months, index),
  ];
  if (own.customers === 0 || charts.every((drawn) => drawn === null)) return null;
  return element("div", { class: "wide" }, element("h4", {}, "When they come"), element("p", { class: "muted" }, "Bars: this segment; line: all customers."), element("div", { class: "columns three" }, ...charts));
}

export function detail(index: number, report: Report): HTMLElement {
  const segment = report.segments[index];
  return element(
    "article",
    { class: "detail", style: `--own:${colour(index)}`, "aria-labelledby": `detail-${index}` },
    element("h3", { id: `detail-${index}` }, element("span", { class: "chip", "aria-hidden": "true" }), data(segment.name), element("span", { class: "muted" }, ` ${count(segment.customers)} customers, ${percent(segment.share)}`)),
    element("div", { class: "columns" }, playbook(segment, report), why(segment, report), rule(segment, report), neighbour(segment, report)),
    element(
      "div",
      { class: "pair" },
      lifts(segment, report, index),
      typical(segment, report) ?? (segment.small && element("p", { class: "muted" }, "These are so few customers that the page shows averages of them only: nobody is to be singled out.")),
    ),
    interests(report, index),
    whenTheyCome(report, index),
  );
}
