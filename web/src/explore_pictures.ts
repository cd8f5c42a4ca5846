// What the columns say together: the funnel, times, what sells, box plots, correlations.
import { boxPlots, categoryAxis, chart, dispose, tooltip, valueAxis } from "./charts";
import { append, data, element, heatMap, isolated, numbersBehind, section, table } from "./elements";
import type { Associations, BoxPlot, Correlations, Exploration, TopList, Traffic } from "./exploration";
import { compact, count, percent, plain, word } from "./words";

const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const typeNames: Record<string, string> = { view: "views", cart: "carts", remove_from_cart: "removed from the cart", purchase: "purchases" };

function choice(id: string, label: string, options: string[], pick: (index: number) => void): HTMLElement {
  const select = element("select", { id, change: (event) => pick(Number((event.target as HTMLSelectElement).value)) });
  options.forEach((option, i) => append(select, element("option", { value: i }, isolated(option))));
  return element("p", { class: "noprint" }, element("label", { for: id }, `${label} `), select);
}

/** A place that is drawn anew for each choice. */
function chosen(draw: (index: number) => HTMLElement): { place: HTMLElement; show: (index: number) => void } {
  const place = element("div", {});
  const show = (index: number) => {
    dispose(place);
    place.replaceChildren(draw(index));
  };
  show(0);
  return { place, show };
}

export function funnel(e: Exploration): HTMLElement | null {
  if (e.funnel.length < 2 || e.funnel[0].customers === 0) return null;
  const levels: [string, (step: Exploration["funnel"][number]) => number | null][] = [["customers", (s) => s.customers], ["visits", (s) => s.sessions], [e.shape === "coupons" ? "coupons" : "events", (s) => s.events]];
  const there = levels.filter(([, of]) => e.funnel.some((step) => of(step) !== null));
  const colours = ["var(--segment-0)", "var(--segment-2)", "var(--segment-1)"];
  const first = (of: (step: Exploration["funnel"][number]) => number | null) => e.funnel.map(of).find((n) => n !== null) ?? 1;
  const drawn = chart(`From the first step to the last: ${e.funnel.map((s) => `${s.step} ${count(s.customers)} customers`).join(", ")}`, 70 + 26 * there.length * e.funnel.length, {
    grid: { left: 10, right: 130, top: 34, bottom: 10, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: "var(--ink)" }, data: there.map(([name]) => name) },
    xAxis: valueAxis({ max: 100, axisLabel: { color: "var(--faint)", hideOverlap: true, formatter: "{value} %" } }),
    yAxis: categoryAxis(e.funnel.map((s) => s.step), { inverse: true }),
    series: there.map(([name, of], i) => ({
      type: "bar",
      name,
      barMaxWidth: 20,
      itemStyle: { color: colours[i] },
      data: e.funnel.map((step) => (of(step) === null ? null : (100 * of(step)!) / Math.max(1, first(of)))),
      label: { show: true, position: "right", color: "var(--ink)", formatter: (p: { dataIndex: number; value: number }) => `${percent(p.value / 100)} · ${compact(of(e.funnel[p.dataIndex]) ?? 0)}` },
    })),
  });
  const rows = e.funnel.map((s) => [s.step, ...there.map(([, of]) => (of(s) === null ? "–" : count(of(s)!)))]);
  return section(
    "funnel",
    e.shape === "orders" ? "Who comes back" : e.shape === "coupons" ? "From the claim to the use" : "The way to a purchase",
    e.shape === "events" && element("p", { class: "muted" }, "Customers and visits count for a step when it comes at or after the step before; events are counted as they are."),
    drawn,
    numbersBehind(table({ caption: "Numbers of the funnel", head: ["step", ...there.map(([name]) => name)], rows })),
  );
}

function weekTable(counts: number[], name: string): HTMLElement {
  const most = Math.max(1, ...counts);
  const cell = (n: number) => element("td", { class: "hour", title: count(n), style: `background:color-mix(in srgb, var(--segment-0) ${Math.round((n / most) * 85)}%, var(--paper))` }, element("span", { class: "hidden" }, count(n)));
  const caption = `${name} by weekday and hour (UTC); the darkest hour has ${count(most)}`;
  const head = element("tr", {}, element("th", { scope: "col" }, "weekday"), ...Array.from({ length: 24 }, (_, h) => element("th", { scope: "col" }, String(h))));
  const rows = weekdays.map((day, d) => element("tr", {}, element("th", { scope: "row" }, day), ...counts.slice(24 * d, 24 * d + 24).map(cell)));
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": caption }, element("table", { class: "week" }, element("caption", {}, caption), element("thead", {}, head), element("tbody", {}, ...rows)));
}

function days(traffic: Traffic): HTMLElement | null {
  if (traffic.days.length < 2) return null;
  const types = ["view", "cart", "remove_from_cart", "purchase"];
  const series = types.map((type, t) => ({ type, name: typeNames[type], values: traffic.days.map(([, events]) => events[t]) })).filter((s) => traffic.events[s.type] > 0);
  const colours: Record<string, string> = { view: "var(--segment-0)", cart: "var(--segment-1)", remove_from_cart: "var(--segment-5)", purchase: "var(--segment-2)" };
  const revenue = traffic.days.map(([, , money]) => money);
  const hasMoney = revenue.some((money) => money !== 0);
  const draw = (name: string, values: number[], own: string) =>
    element(
      "div",
      {},
      element("h4", {}, name),
      chart(`${name} a day, from ${traffic.days[0][0]} to ${traffic.days[traffic.days.length - 1][0]}`, 150, {
        grid: { left: 10, right: 16, top: 10, bottom: 4, containLabel: true },
        tooltip: { ...tooltip(), trigger: "axis", formatter: (points: { dataIndex: number }[]) => `${traffic.days[points[0].dataIndex][0]}\n${plain(values[points[0].dataIndex])}` },
        xAxis: categoryAxis(traffic.days.map(([day]) => day), { axisLabel: { color: "var(--faint)", hideOverlap: true } }),
        yAxis: valueAxis({ splitNumber: 3, axisLabel: { color: "var(--faint)", formatter: (v: number) => compact(v) } }),
        series: [{ type: "line", data: values, showSymbol: false, lineStyle: { width: 2, color: own }, itemStyle: { color: own } }],
      }),
    );
  return element("div", {}, element("h3", {}, "Day by day"), ...series.map((s) => draw(s.name, s.values, colours[s.type])), hasMoney && draw("Revenue", revenue, "var(--segment-3)"));
}

export function times(e: Exploration): HTMLElement | null {
  if (!e.traffic) return null;
  const traffic = e.traffic;
  const types = Object.keys(traffic.hours_of_week);
  const { place, show } = chosen((i) => weekTable(traffic.hours_of_week[types[i]], e.shape === "orders" ? "order lines" : (typeNames[types[i]] ?? types[i])));
  return section("times", "When", element("h3", {}, "Hours of the week"), types.length > 1 && choice("hours", "Of", types.map((t) => typeNames[t] ?? t), show), place, days(traffic));
}

function topChart(list: TopList, e: Exploration, measure: number): HTMLElement {
  const of = (item: TopList["items"][number]) => [item.events.reduce((a, b) => a + b, 0), item.events[3], item.revenue][measure];
  const items = [...list.items].sort((a, b) => of(b) - of(a)).slice(0, 15).filter((item) => of(item) > 0);
  const what = [e.shape === "orders" ? "order lines" : "events", "purchases", "revenue"][measure];
  if (items.length === 0) return element("p", { class: "muted" }, `No ${what}.`);
  return element(
    "div",
    {},
    chart(`The ${items.length} of ${list.column} with most ${what}`, 30 + 26 * items.length, {
      grid: { left: 10, right: 70, top: 4, bottom: 4, containLabel: true },
      tooltip: tooltip((p) => `${isolated(items[p.dataIndex].value)}\n${plain(of(items[p.dataIndex]))} ${what}`),
      xAxis: valueAxis({ axisLabel: { show: false }, splitLine: { show: false } }),
      yAxis: categoryAxis(items.map((item) => isolated(item.value)), { inverse: true }),
      series: [{ type: "bar", barMaxWidth: 18, data: items.map(of), itemStyle: { color: "var(--segment-0)" }, label: { show: true, position: "right", color: "var(--ink)", formatter: (p: { dataIndex: number }) => compact(of(items[p.dataIndex])) } }],
    }),
    numbersBehind(table({ caption: `Top of ${list.column}`, head: ["value", "views", "carts", "removed", "purchases", "revenue"], rows: items.map((item) => [data(item.value), ...item.events.map(count), plain(item.revenue)]) })),
  );
}

export function tops(e: Exploration): HTMLElement | null {
  if (e.top.length === 0) return null;
  const measures = e.shape === "orders" ? [0, 2] : [0, 1, 2];
  const names = [e.shape === "orders" ? "order lines" : "events", "purchases", "revenue"];
  const one = (list: TopList, i: number) => {
    const { place, show } = chosen((m) => topChart(list, e, measures[m]));
    return element("div", {}, element("h3", {}, data(word(list.column)), element("span", { class: "kind" }, `${count(list.different)} different`)), choice(`top-${i}`, "By", measures.map((m) => names[m]), show), place);
  };
  return section("top", "What is looked at and bought", element("div", { class: "columns" }, ...e.top.map(one)));
}

function boxChart(plot: BoxPlot): HTMLElement {
  const all = plot.boxes.flatMap((b) => b.box);
  const largest = Math.max(...all);
  const log = Math.min(...all) >= 0 && largest > 20 * Math.max(1, ...plot.boxes.map((b) => b.box[2]).slice(0, 1));
  const at = (v: number) => (log ? Math.log10(1 + v) : v);
  const back = (v: number) => (log ? 10 ** v - 1 : v);
  const names = plot.boxes.map((b) => isolated(b.level));
  const text = (i: number) => {
    const b = plot.boxes[i];
    return `${names[i]}\n${count(b.count)} rows\nmedian ${plain(b.box[2])}, mean ${plain(b.mean)}\nmiddle half ${plain(b.box[1])} to ${plain(b.box[3])}\n${count(b.outside)} beyond the whiskers`;
  };
  const rows = plot.boxes.map((b) => [data(b.level), count(b.count), ...b.box.map(plain), plain(b.mean), count(b.outside)]);
  return element(
    "div",
    {},
    chart(`Box plots of ${plot.number} by ${plot.category}`, 50 + 36 * names.length, {
      grid: { left: 10, right: 24, top: 8, bottom: 24, containLabel: true },
      tooltip: tooltip((p) => text(p.dataIndex)),
      xAxis: valueAxis({ scale: !log, axisLabel: { color: "var(--faint)", hideOverlap: true, formatter: (v: number) => plain(back(v)) } }),
      yAxis: categoryAxis(names, { inverse: true }),
      series: [
        boxPlots(plot.boxes.map((b) => b.box.map(at)), () => "var(--segment-0)", 18),
      ],
    }),
    element("p", { class: "muted" }, `Line: median; box: the middle half; whiskers: the farthest values within 1.5 times the box.${log ? " The scale is logarithmic." : ""}${plot.levels > plot.boxes.length ? ` Shown are the ${plot.boxes.length} most frequent of ${count(plot.levels)}.` : ""}`),
    numbersBehind(table({ caption: `${plot.number} by ${plot.category}`, head: [plot.category, "rows", "low", "25 %", "median", "75 %", "high", "mean", "beyond"], rows })),
  );
}

export function boxes(e: Exploration): HTMLElement | null {
  const plots = e.tables.flatMap((t) => t.together.boxes);
  if (plots.length === 0) return null;
  const { place, show } = chosen((i) => boxChart(plots[i]));
  return section("boxes", "Numbers by category", choice("boxplot", "Show", plots.map((p) => `${p.number} by ${p.category}`), show), place);
}

const shown = 24; // names; more do not fit on any screen

function square(names: string[], values: (number | null)[], caption: string): HTMLElement {
  const own = names.slice(0, shown);
  const label = (name: string) => data(word(name));
  const rows = own.map((name, a): [HTMLElement, ...(number | null)[]] => [label(name), ...own.map((_, b) => values[a * names.length + b])]);
  return heatMap({ caption, corner: "", columns: own.map(label), rows, digits: 2, strength: (v) => v, class: "correlations" });
}

function correlationBlock(id: string, title: string, c: Correlations): HTMLElement {
  const { place, show } = chosen((i) => (i === 0 ? square(c.names, c.spearman, `${title}: Spearman's rank correlation`) : square(c.names, c.pearson, `${title}: Pearson's correlation`)));
  return element("div", {}, element("h3", {}, title), choice(id, "Correlation", ["Spearman (of ranks: for skewed numbers)", "Pearson (of the numbers themselves)"], show), place, c.names.length > shown && element("p", { class: "muted" }, `${count(c.names.length - shown)} more are in explore.json.`));
}

function associationBlock(id: string, title: string, a: Associations): HTMLElement {
  const { place, show } = chosen((i) => (i === 0 ? square(a.names, a.cramers_v_bias_corrected, `${title}: Cramér's V, bias-corrected`) : square(a.names, a.cramers_v, `${title}: Cramér's V, without correction`)));
  return element("div", {}, element("h3", {}, title), choice(id, "Measure", ["Cramér's V, bias-corrected (Bergsma 2013)", "Cramér's V, plain"], show), place);
}

export function together(e: Exploration): HTMLElement | null {
  const blocks: HTMLElement[] = [];
  if (e.features.correlations) blocks.push(correlationBlock("corr-features", "Features of the customers", e.features.correlations));
  e.tables.forEach((t, i) => {
    const of = t.name === "" ? "Columns of the rows" : `Columns of ${t.name}`;
    if (t.together.correlations && !(e.shape === "customers" && e.features.correlations)) blocks.push(correlationBlock(`corr-${i}`, `Numbers: ${of.toLowerCase()}`, t.together.correlations));
    if (t.together.associations) blocks.push(associationBlock(`assoc-${i}`, `Categories: ${of.toLowerCase()}`, t.together.associations));
  });
  if (blocks.length === 0) return null;
  return section("together", "What goes together", element("p", { class: "muted" }, "1: one tells the other wholly; 0: not at all; below 0: one falls where the other rises."), ...blocks);
}
