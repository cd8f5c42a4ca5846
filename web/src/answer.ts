// The answer first: how many groups, how large, what they bring, and what to do about each.
import type { Report, Segment } from "./data";
import { append, data, element, isolated, numbersBehind, section, table } from "./elements";
import { categoryAxis, chart, colour, pale, valueAxis } from "./charts";
import { compact, count, evidenceText, percent, period, word } from "./words";

const found = (report: Report): Segment[] => report.segments.filter((s) => !s.noise);

function strongest(report: Report): Segment | null {
  if (!report.revenue || report.revenue.total <= 0) return null;
  return found(report).reduce((a, b) => ((b.revenue_share ?? 0) > (a.revenue_share ?? 0) ? b : a));
}

/** A few sentences that a hurried reader can leave with. */
function headline(report: Report): HTMLElement {
  const groups = found(report);
  const largest = groups.reduce((a, b) => (b.customers > a.customers ? b : a));
  const best = strongest(report);
  const money = word(report.revenue?.feature ?? "revenue");
  const line = element("p", { class: "headline" });
  // Slices of a continuum are not called groups that are there.
  const slices = report.model_of !== null || (report.verdict && !["natural_segments", "partly_natural"].includes(report.verdict.answer));
  append(line, `Your customers ${slices ? "are cut" : "fall"} into ${groups.length} ${groups.length === 1 ? "group" : "groups"}. `);
  if (best && best !== largest) {
    append(line, "The group ", element("strong", {}, data(best.name)), ` has ${percent(best.share)} of the customers and brings ${percent(best.revenue_share)} of the ${money}`);
    // Among groups of much the same size the largest is no news.
    if (largest.share < 1.3 / report.segments.length) append(line, ".");
    else append(line, "; the largest, ", element("strong", {}, data(largest.name)), `, has ${percent(largest.share)} and brings ${percent(largest.revenue_share)}.`);
  } else {
    append(line, "The largest, ", element("strong", {}, data(largest.name)), `, has ${percent(largest.share)} of the customers`, best ? ` and brings ${percent(best.revenue_share)} of the ${money}.` : ".");
  }
  for (const none of report.segments.filter((s) => s.noise && s.customers > 0))
    append(line, ` ${percent(none.share)} of the customers are in no group${none.revenue_share === null ? "" : ` and bring ${percent(none.revenue_share)}`}.`);
  return line;
}

function figure(value: string, label: string): HTMLElement {
  return element("div", { class: "figure" }, element("dt", {}, label), element("dd", {}, value));
}

function figures(report: Report): HTMLElement {
  const { rows } = report.ledger;
  return element(
    "dl",
    { class: "figures" },
    figure(count(report.customers), "customers"),
    figure(String(found(report).length), "segments"),
    report.revenue && figure(compact(report.revenue.total), word(report.revenue.feature)),
    figure(count(rows.used), `${report.log} used`),
    figure(count(rows.set_aside), "rows set aside"),
  );
}

function bar(share: number, segment: number, label: string): HTMLElement {
  const fill = element("span", { class: "fill", style: `width:${Math.max(0.5, 100 * share)}%;background:${colour(segment)}` });
  return element("div", { class: "share" }, element("span", { class: "label" }, label), element("span", { class: "track", "aria-hidden": "true" }, fill), element("span", { class: "value" }, percent(share)));
}

function card(segment: Segment, index: number, report: Report, select: (index: number) => void): HTMLElement {
  const button = element(
    "button",
    { type: "button", class: "card", "aria-pressed": "false", style: `--own:${colour(index)}`, click: () => select(index) },
    element("span", { class: "top" }, element("span", { class: "chip", "aria-hidden": "true" }), element("span", { class: "name" }, data(segment.name))),
    element("span", { class: "top" }, element("span", { class: "size" }, `${count(segment.customers)} customers`), segment.play.goal !== "" && element("span", { class: "goal" }, data(segment.play.goal))),
    bar(segment.share, index, "of customers"),
    segment.revenue_share !== null && bar(segment.revenue_share, index, `of ${report.revenue?.feature === "monetary" ? "spend" : word(report.revenue?.feature ?? "revenue")}`),
    segment.evidence.length > 0 && element("span", { class: "why" }, evidenceText(segment.evidence[0], report)),
    segment.play.action !== "" && element("span", { class: "action" }, data(segment.play.action)),
  );
  return element("li", {}, button);
}

/** The cards of all segments; arrow keys walk over them. */
export function cards(report: Report, select: (index: number) => void): HTMLElement {
  // As many in a row as leave no lonely one in the last.
  const n = report.segments.length;
  const most = n <= 5 ? Math.max(3, n) : [3, 4, 5].reduce((a, b) => ((n - 1) % b >= (n - 1) % a ? b : a));
  const list = element("ul", { class: "cards", id: "cards", style: `--most:${most}` }, ...report.segments.map((segment, i) => card(segment, i, report, select)));
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (step === undefined) return;
    const buttons = [...list.querySelectorAll("button")];
    const next = buttons[(buttons.indexOf(document.activeElement as HTMLButtonElement) + step + buttons.length) % buttons.length];
    next.focus();
    next.click();
    event.preventDefault();
  });
  return list;
}

export function sharesChart(report: Report): HTMLElement | null {
  if (!report.revenue || report.revenue.total <= 0) return null;
  const money = word(report.revenue.feature);
  const names = report.segments.map((s) => isolated(s.name)).reverse();
  const series = (key: "share" | "revenue_share", name: string, strength: number) => ({
    type: "bar",
    name,
    barMaxWidth: 18,
    data: report.segments.map((s, i) => ({ value: 100 * (s[key] ?? 0), itemStyle: { color: pale(i, strength) } })).reverse(),
    label: { show: true, position: "right", color: "var(--ink)", formatter: (p: { value: number }) => percent(p.value / 100) },
    itemStyle: { color: `color-mix(in srgb, var(--faint) ${strength}%, var(--paper))` },
  });
  const drawn = chart(`Share of customers beside share of ${money} for each segment`, { screen: 60 + 56 * names.length, paper: 50 + 36 * names.length }, {
    grid: { left: 10, right: 60, top: 30, bottom: 10, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: "var(--ink)" }, data: ["customers", money] },
    xAxis: valueAxis({ axisLabel: { color: "var(--faint)", hideOverlap: true, formatter: "{value} %" } }),
    yAxis: categoryAxis(names),
    series: [series("revenue_share", money, 100), series("share", "customers", 45)],
  });
  const rows = report.segments.map((s) => [data(s.name), count(s.customers), percent(s.share), percent(s.revenue_share ?? 0)]);
  return element(
    "div",
    {},
    element("h3", {}, `Share of customers, share of ${money}`),
    drawn,
    numbersBehind(table({ caption: `Customers and ${money} of each segment`, head: ["segment", "customers", "share", `share of ${money}`], rows })),
  );
}

/** The program's verdict for those who do not know its terms; its own words are with the evidence. */
const plainly = new Map(
  Object.entries({
    natural_segments: "Yes: fewer customers stand between any two of these groups than inside them, and other samples of your customers give the same groups.",
    partly_natural: "In part: there are real groups among your customers, and some of them are cut into several segments here.",
    convenient_slices:
      "Nothing shows it: between some of these groups there is no clear gap, so they may be slices of one crowd. Other samples of your customers give the same slices: organise your work by them, but do not take them for different kinds of people.",
    not_stable:
      "Nothing shows it, and they are shaky: between some of these groups there is no clear gap, and other samples of your customers give other groups. Do not build a plan on a single one.",
    tight_without_gaps:
      "Perhaps: no clear gap is seen between some of these groups, but they are far tighter than chance would make them, and other samples of your customers give the same groups. Look at what tells them apart: a category that you knew before, as a city or a plan, is no discovery.",
    other_k: "Not these: with another number of segments there are groups with clear gaps between them. The evidence says which number; give it with --k.",
  }),
);

function verdict(report: Report): HTMLElement | null {
  if (report.model_of !== null)
    return element("p", { class: "verdict" }, element("strong", {}, "Are they real? "), "Not judged again: these are the customers of now under the model of an earlier run, ", data(report.model_of), ", whose report has the verdict. ", element("a", { href: "#trust" }, "What was not computed"));
  if (!report.verdict) return null;
  const { answer: found, sentence } = report.verdict;
  return element("p", { class: found === "natural_segments" ? "verdict good" : "verdict" }, element("strong", {}, "Are they real? "), plainly.get(found) ?? sentence, " ", element("a", { href: "#trust" }, "The evidence"));
}

export function answer(report: Report, select: (index: number) => void): HTMLElement {
  return section(
    "answer",
    "The answer",
    headline(report),
    element("p", { class: "muted" }, `From ${count(report.ledger.rows.used)} ${report.log}${report.events ? `, ${period(report)}` : ""}.`),
    verdict(report),
    figures(report),
    element("p", { class: "muted noprint" }, "Pick a segment to see who they are and what to do."),
    cards(report, select),
  );
}
