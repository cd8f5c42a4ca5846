// The page of coterie export: who is on the lists, who is not and why, to the last customer, and how to load them.
import { categoryAxis, chart, tooltip, valueAxis } from "./charts";
import type { Exported } from "./data";
import { append, data, element, isolated, numbersBehind, section, table } from "./elements";
import { compact, count, percent } from "./words";

const platforms = new Map(
  Object.entries({
    klaviyo: ["Klaviyo", "Audience > Lists & segments > a list > upload the file. The segment is the property \"Segment\": build segments on it."],
    hubspot: ["HubSpot", "The import tool, for contacts; update existing ones. The segment is the property \"Customer Segment\"; contacts are matched by e-mail. Free accounts take files of up to 20 MB."],
    mailchimp: ["Mailchimp", "Audience > import contacts from a file, and let it update existing contacts. The segment is a tag: match the column Tags to tags."],
    shopify: ["Shopify", "Customers > Import, with \"Overwrite existing customers that have the same email or phone number\". The segment is a tag; other tags in your contacts file are kept."],
    csv: ["other tools", "The contacts' own columns, with the segment and its number behind them."],
    google: ["Google Customer Match", "Tools > Shared library > Audience manager > + > Customer list, as data that are hashed already: one list a segment."],
    meta: ["Meta custom audiences", "Audiences > Create audience > Custom audience > Customer list: one audience a segment. All but the names of the columns is hashed."],
    parquet: ["analysis", "Open customers.parquet in Power BI, Tableau or Superset."],
    duckdb: ["analysis", "Open customers.duckdb in Superset, DBeaver or any tool that reads DuckDB."],
  }),
);
const removing = new Map(
  Object.entries({
    klaviyo: "Import the file with \"remove\" in its name after the list: it says \"none\" over the old segment.",
    hubspot: "Import the file with \"remove\" in its name after the list: it says \"none\" over the old segment.",
    csv: "The file with \"remove\" in its name says \"none\" over the old segment.",
    shopify: "Import the file with \"remove\" in its name after the list: the tag of the old segment becomes \"segment: none\". Look whether the old tag is gone; where it is not, remove it from these customers.",
    mailchimp: "An import takes no tag off. Take the tag that is in its name off the contacts of each file with \"remove\" in its name.",
    google: "Remove the people of each file with \"remove\" in its name from the customer list of that segment.",
    meta: "Remove the people of each file with \"remove\" in its name from the audience of that segment.",
  }),
);
const reasons = new Map(
  Object.entries({
    exported: "on the list",
    not_chosen: "segment not asked for",
    excluded_by_list: "on an exclusion list",
    in_earlier_export: "in a campaign that goes first",
    no_contact: "not in the contacts",
    no_consent: "did not agree",
    unclear_consent: "unclear whether they agreed",
    no_usable_address: "no usable address",
    duplicate_address: "same address as another",
    hold_out: "held out, to measure by",
    small_segment: "too few left of the segment",
  }),
);
const reasonOf = (outcome: string): string => reasons.get(outcome) ?? outcome.replaceAll("_", " ");
const platformOf = (e: Exported): string => platforms.get(e.platform)?.[0] ?? e.platform;

function headline(e: Exported): HTMLElement {
  const line = element("p", { class: "headline" });
  append(line, `${count(e.exported)} of ${count(e.run.customers)} customers (${percent(e.run.customers > 0 ? e.exported / e.run.customers : 0)}) are on the lists for ${platformOf(e)}. `);
  append(line, e.exported < e.run.customers ? "Each of the others is left out for one reason." : "Nobody is left out.");
  return line;
}

/** All outcomes that occur, "exported" first. */
function outcomes(e: Exported): string[] {
  return ["exported", ...new Set(e.segments.flatMap((s) => Object.keys(s.excluded)))];
}
const numberOf = (s: Exported["segments"][number], outcome: string): number => (outcome === "exported" ? s.exported : (s.excluded[outcome] ?? 0));

function reconciliation(e: Exported): HTMLElement {
  const found = outcomes(e);
  const shown = e.segments.slice(0, 40);
  const shade = (o: number) => (o === 0 ? "var(--accent)" : `color-mix(in srgb, var(--faint) ${Math.round(95 - (75 * (o - 1)) / Math.max(1, found.length - 1))}%, var(--paper))`);
  const names = shown.map((s) => isolated(s.segment));
  const drawn = chart("Customers of each segment by what became of them", 80 + 44 * shown.length, {
    grid: { left: 10, right: 30, top: 50, bottom: 10, containLabel: true },
    legend: { type: "scroll", top: 0, left: 0, textStyle: { color: "var(--ink)" } },
    tooltip: { ...tooltip(), formatter: (p: { seriesName: string; dataIndex: number; value: number }) => `${names[p.dataIndex]}\n${p.seriesName}: ${count(p.value)}` },
    xAxis: valueAxis({ axisLabel: { color: "var(--faint)", hideOverlap: true, formatter: (v: number) => compact(v) } }),
    yAxis: categoryAxis(names, { inverse: true }),
    series: found.map((outcome, o) => ({ type: "bar", stack: "all", name: reasonOf(outcome), barMaxWidth: 26, itemStyle: { color: shade(o) }, data: shown.map((s) => numberOf(s, outcome)) })),
  });
  const rows = e.segments.map((s) => [data(s.segment), count(s.customers), ...found.map((outcome) => count(numberOf(s, outcome)))]);
  const sum = (value: (s: Exported["segments"][number]) => number) => count(e.segments.reduce((total, s) => total + value(s), 0));
  rows.push(["all", sum((s) => s.customers), ...found.map((outcome) => sum((s) => numberOf(s, outcome)))]);
  return section(
    "reconciliation",
    "Every customer accounted for",
    element("p", { class: "muted" }, "Customers = on the list + left out by reason; reconciliation.csv has it customer by customer."),
    drawn,
    table({ caption: "Customers of each segment, and what became of them", head: ["segment", "customers", ...found.map(reasonOf)], rows }),
    e.hold_out.share > 0 && element("p", {}, `${percent(e.hold_out.share)} of each segment are held out of every export of this run, the same customers each time: compare them with those who got the campaign.`),
  );
}

function departures(e: Exported): HTMLElement | null {
  if (!e.since) return null;
  const s = e.since;
  const rows = [
    ["stay where they were", count(s.stays)],
    ["written over by the new list", count(s.overwritten)],
    ["to be removed: in the files", count(s.removed)],
    ["cannot be reached: not in the contacts any more", count(s.unreachable)],
    ...(s.not_listed > 0 ? [["did not agree, held out or excluded: would not be on a list", count(s.not_listed)]] : []),
  ];
  const then = s.of === "comparison" ? "earlier run" : "last export";
  return section(
    "departures",
    `Who has left since the ${then}`,
    element("p", {}, removing.get(e.platform) ?? ""),
    table({ caption: `The ${count(s.exported)} customers of the ${then}`, head: ["what becomes of them", "customers"], rows }),
  );
}

function filesPart(e: Exported): HTMLElement {
  const shown = e.files.slice(0, 200);
  return section(
    "files",
    "The files, and how to load them",
    element("p", {}, platforms.get(e.platform)?.[1] ?? ""),
    table({ caption: "Files in the folder of the export", head: ["file", "rows", "bytes"], rows: shown.map((f) => [data(f.name), count(f.rows), compact(f.bytes)]) }),
    shown.length < e.files.length && element("p", { class: "muted" }, `${count(e.files.length - shown.length)} more are in manifest.json.`),
    e.notes.length > 0 && numbersBehind(element("ul", {}, ...e.notes.map((note) => element("li", {}, data(note)))), "Notes"),
  );
}

export function exported(e: Exported): HTMLElement[] {
  const parts = [section("answer", "The answer", headline(e)), reconciliation(e), departures(e), filesPart(e)];
  return parts.filter((part): part is HTMLElement => part !== null);
}

