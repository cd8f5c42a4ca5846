// What to do about every segment, in one table to take along: goal, action, channel, offer, timing, and what is at stake.
import type { Report, Segment } from "./data";
import { data, element, section, table } from "./elements";
import { compact, count, percent, word } from "./words";

const order = ["keep", "grow", "win back", "activate"];
const goals = new Map(
  Object.entries({
    keep: "worth most to you: lose none of them",
    grow: "active, and could do more",
    "win back": "they stay away",
    activate: "little known yet, or little active",
  }),
);

function stake(segment: Segment, report: Report): string {
  if (!report.revenue || segment.revenue_share === null) return `${count(segment.customers)} customers`;
  return `${count(segment.customers)} customers, ${compact(segment.revenue_share * report.revenue.total)} of the ${word(report.revenue.feature)}`;
}

/** Customers and money a goal, in the order of the goals. */
function byGoal(report: Report): HTMLElement {
  const used = [...order, ...report.segments.map((s) => s.play.goal)].filter((goal, i, all) => goal !== "" && all.indexOf(goal) === i && report.segments.some((s) => s.play.goal === goal));
  const line = (goal: string) => {
    const own = report.segments.filter((s) => s.play.goal === goal);
    const sum = (value: (s: Segment) => number) => own.reduce((total, s) => total + value(s), 0);
    const money = report.revenue ? ` and ${percent(sum((s) => s.revenue_share ?? 0))} of the ${word(report.revenue.feature)}` : "";
    const why = goals.get(goal);
    return element("li", {}, element("strong", {}, data(goal)), why ? ` (${why}): ` : ": ", `${percent(sum((s) => s.share))} of the customers${money}`);
  };
  return element("ul", {}, ...used.map(line));
}

export function playbook(report: Report): HTMLElement {
  const place = (s: Segment) => (s.noise ? order.length : order.indexOf(s.play.goal));
  const sorted = [...report.segments].sort((a, b) => place(a) - place(b) || (b.revenue_share ?? b.share) - (a.revenue_share ?? a.share));
  const rows = sorted.map((s) => [data(s.name), ...[s.play.goal, s.play.action, s.play.channel, s.play.offer, s.play.timing].map((text) => data(text || "–")), stake(s, report)]);
  const parts = ["segment", "goal", "action", "channel", "offer", "timing", "at stake"];
  // On a phone a row becomes a card: each cell says which part it is.
  const body = table({ caption: "A first plan for each segment", head: parts, rows, numeric: false, class: "plan" });
  body.querySelectorAll("tbody tr").forEach((row) => row.querySelectorAll("td").forEach((cell, i) => cell.setAttribute("data-part", parts[i + 1])));
  return section("playbook", "What to do", byGoal(report), body, element("p", { class: "muted" }, "Suggestions by rules, to be judged by someone who knows the shop. coterie export makes the lists for it, with a hold-out to measure by."));
}
