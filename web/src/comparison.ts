// The page of coterie compare: who moved where, which segment is which, what has drifted.
import { chart, colour, tooltip } from "./charts";
import type { Comparison } from "./data";
import { append, data, element, isolated, section, table } from "./elements";
import { count, fixed, percent, plain, word } from "./words";

function headline(c: Comparison): HTMLElement {
  const both = c.customers.stayed + c.customers.moved;
  const line = element("p", { class: "headline" });
  append(line, `${count(c.customers.stayed)} of ${count(both)} customers who are in both runs (${percent(both > 0 ? c.customers.stayed / both : 0)}) stayed in their segment, ${count(c.customers.moved)} moved. `);
  append(line, `${count(c.customers.entered)} customers are new, ${count(c.customers.left)} have left.`);
  return line;
}

function advice(c: Comparison): HTMLElement {
  return element(
    "div",
    { class: c.refit_is_due ? "verdict" : "verdict good" },
    element("strong", {}, c.refit_is_due ? "A refit is due." : "No refit is due."),
    element("ul", {}, ...c.reasons.map((reason) => element("li", {}, data(reason)))),
  );
}

/** Names on one side of the picture, in the order in which they come. */
function names(c: Comparison, side: "from" | "to"): string[] {
  return [...new Set(c.flows.map((flow) => flow[side]))];
}

function sankey(c: Comparison): HTMLElement {
  const from = names(c, "from");
  const to = names(c, "to");
  const goesOn = new Map(c.segments.filter((s) => s.later_segment !== "").map((s) => [s.later_segment, s.segment]));
  const shade = (earlier: string | undefined) => (earlier !== undefined && from.includes(earlier) ? colour(from.indexOf(earlier)) : "var(--faint)");
  // A name may be on both sides: the nodes are numbered, and labelled by hand.
  const own = (i: number) => (from[i] === "none" ? "var(--faint)" : colour(i));
  const shown = (name: string, side: string) => isolated(name === "none" ? `not in the ${side} run` : name);
  const nodes = [
    ...from.map((name, i) => ({ name: `from ${i}`, itemStyle: { color: own(i) }, label: { formatter: shown(name, "earlier"), position: "right" } })),
    ...to.map((name, i) => ({ name: `to ${i}`, itemStyle: { color: shade(goesOn.get(name)) }, label: { formatter: shown(name, "later"), position: "left" } })),
  ];
  const links = c.flows.map((flow) => ({ source: `from ${from.indexOf(flow.from)}`, target: `to ${to.indexOf(flow.to)}`, value: flow.customers, lineStyle: { color: own(from.indexOf(flow.from)) } }));
  const texts = c.flows.map((flow) => `${isolated(flow.from)} to ${isolated(flow.to)}\n${count(flow.customers)} customers`);
  return chart("Customers by their segment in the earlier run, left, and in the later one, right", Math.max(260, 70 * Math.max(from.length, to.length)), {
    tooltip: { ...tooltip((p) => texts[p.dataIndex] ?? ""), trigger: "item" },
    series: [
      {
        type: "sankey",
        left: 4,
        right: 4,
        top: 8,
        bottom: 8,
        nodeAlign: "justify",
        nodeGap: 20, // room for the name of a small one
        draggable: false,
        layoutIterations: 32,
        emphasis: { disabled: true },
        label: { color: "var(--ink)", fontSize: 13 },
        lineStyle: { opacity: 0.35, curveness: 0.5 },
        data: nodes,
        links,
      },
    ],
  });
}

function movement(c: Comparison): HTMLElement {
  const from = names(c, "from");
  const to = names(c, "to");
  const cell = (a: string, b: string) => count(c.flows.find((flow) => flow.from === a && flow.to === b)?.customers ?? 0);
  return section(
    "movement",
    "Who moved where",
    element("p", { class: "muted" }, "Left the earlier run, right the later one; \"none\" is in no segment of that run. Each customer is in delta.csv."),
    sankey(c),
    c.flows_left_out > 0 && element("p", { class: "muted" }, `The ${count(c.flows_left_out)} smallest flows are left out here; movement.csv has them.`),
    table({ caption: "Customers by earlier segment (rows) and later segment (columns)", head: ["from", ...to.map(data)], rows: from.map((a) => [data(a), ...to.map((b) => cell(a, b))]) }),
  );
}

function identities(c: Comparison): HTMLElement {
  const rows = c.segments.map((s) => [data(s.segment || "–"), s.fate, data(s.later_segment || "–"), data(s.linked_with || "–"), count(s.customers_before), count(s.customers_after)]);
  return section("identities", "Which segment is which", table({ caption: "The fate of each segment", head: ["segment", "fate", "in the later run", "linked with", "customers before", "after"], rows, texts: [1, 2, 3] }));
}

function drift(c: Comparison): HTMLElement {
  const rows = c.drift.map((d) => [data(word(d.feature)), d.shift, fixed(d.psi, 3), fixed(d.noise_95, 3), plain(d.mean_before), plain(d.mean_after)]);
  return section(
    "drift",
    "What has drifted",
    element("p", { class: "muted" }, "Population stability index: below 0.1 or within the noise no shift, from 0.25 a strong one. The noise is what it exceeds in 5 % of cases without any shift."),
    table({ caption: "Features of all customers, the greatest shift first", head: ["feature", "shift", "index", "noise", "mean before", "after"], rows }),
    c.drift_left_out > 0 && element("p", { class: "muted" }, `${count(c.drift_left_out)} more features are in drift.csv.`),
  );
}

export function comparison(c: Comparison): HTMLElement[] {
  return [section("answer", "The answer", headline(c), advice(c)), movement(c), identities(c), drift(c)];
}
