// Numbers and names of features in plain words.
import type { Condition, Feature, Report } from "./data";
import { isolated } from "./elements";

/** The program's words for features: coterie/segments/feature_words.cc. */
const words = new Map<string, string>(Object.entries(JSON.parse(document.getElementById("words")?.textContent ?? "{}")));

/** "n_purchase" as "purchases", "City=Rome" as "City: Rome"; a name that is not known stands as it is, but for its underscores. */
export function word(feature: string): string {
  const equals = feature.indexOf("=");
  if (equals > 0) return `${word(feature.slice(0, equals))}: ${feature.slice(equals + 1)}`;
  return words.get(feature) ?? feature.replaceAll("_", " ");
}

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const three = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
const two = new Intl.NumberFormat("en", { maximumSignificantDigits: 2 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumSignificantDigits: 3 });

export const count = (value: number): string => whole.format(value);
export const compact = (value: number): string => short.format(value);

/** Three digits, more where the number is large, two below 1. */
export function plain(value: number | null): string {
  if (value === null) return "–";
  if (value > 0 && value < 0.01) return "under 0.01";
  return Math.abs(value) >= 1000 ? whole.format(value) : (Math.abs(value) < 1 ? two : three).format(value);
}

export function percent(share: number | null): string {
  if (share === null) return "–";
  const value = 100 * share;
  if (value > 0 && value < 0.1) return "<\u00a00.1\u00a0%";
  return `${value >= 10 || value === 0 ? value.toFixed(0) : value.toFixed(1)}\u00a0%`;
}

/** Of shares below one percent two digits. */
export function smallPercent(share: number | null): string {
  return share !== null && share > 0 && share < 0.01 ? `${(100 * share).toPrecision(2)}\u00a0%` : percent(share);
}

/** An average of a feature in its unit; rates and shares in percent. */
export function valueOf(feature: Feature, value: number | null): string {
  if (value === null) return "–";
  return feature.kind === "truth" || (feature.kind === "share" && value >= 0) ? percent(value) : plain(value);
}

/** A customer's own value: a truth is yes or no, a level its word. */
export function ownValueOf(feature: Feature, value: number | null): string {
  if (value === null) return "–";
  if (feature.kind === "truth") return value >= 0.5 ? "yes" : "no";
  return feature.levels?.[value] ?? valueOf(feature, value);
}

/** So many digits behind the point; what could not be computed is a dash. */
export const fixed = (value: number | null, digits: number): string => (value === null ? "–" : value.toFixed(digits).replace(/^-(0\.?0*)$/, "$1"));

export const times = (lift: number | null): string => (lift === null ? "–" : lift === 0 ? "none" : `${three.format(lift)}\u00a0×`);

/** Of a word that is there, nobody need be told which others of its category are not. */
export function conditionTexts(conditions: Condition[], report: Report): string[] {
  const category = (c: Condition) => c.feature.slice(0, c.feature.indexOf("=") + 1);
  const said = new Set(conditions.filter((c) => c.at_least && category(c) !== "").map(category));
  return conditions.filter((c) => c.at_least || !said.has(category(c))).map((c) => conditionText(c, report));
}

function conditionText(condition: Condition, report: Report): string {
  const feature = report.features.find((f) => f.name === condition.feature);
  const name = isolated(word(condition.feature));
  if (feature?.kind === "truth") return condition.at_least ? name : `not ${name}`;
  const level = feature?.levels?.[Math.ceil(condition.value)];
  return `${name} ${condition.at_least ? "at least" : "below"} ${level ?? (feature ? valueOf(feature, condition.value) : plain(condition.value))}`;
}

export function evidenceText(e: { feature: string; divisor: string; own: number; everyone: number }, report: Report): string {
  const name = isolated(word(e.feature));
  if (e.divisor !== "") return `${name} per ${isolated(word(e.divisor).replace(/s$/, ""))}: ${plain(e.own)} on average, everyone ${plain(e.everyone)}`;
  const feature = report.features.find((f) => f.name === e.feature);
  const value = (v: number) => (feature ? valueOf(feature, v) : plain(v));
  return `${name}: ${value(e.own)}${feature?.kind === "truth" ? "" : " on average"}, everyone ${value(e.everyone)}`;
}

export function period(report: Report): string {
  if (!report.events) return "";
  const { first, last } = report.events;
  const day = (time: string) => time.slice(0, 10);
  return day(first) === day(last) ? `${day(first)}, ${first.slice(11, 16)} to ${last.slice(11, 16)} UTC` : `${day(first)} to ${day(last)}`;
}

const reasons = new Map(Object.entries({
  no_customer: "no customer given",
  no_time: "no time given",
  bad_time: "time cannot be read",
  bad_price: "price cannot be read",
  unknown_event_type: "unknown type of event",
  wrong_field_count: "wrong number of fields",
  unfinished_last_line: "last line is cut off",
  unterminated_quote: "quote without an end",
  text_after_quote: "text behind a quote",
  row_too_long: "row too long",
  after_as_of: "after the day asked for",
  missing_value: "a value is missing",
  bad_number: "number cannot be read",
  unknown_category: "a level that is not known",
  duplicate_customer: "the customer is there already",
  cancellation: "cancelled",
  returned: "returned",
  bad_quantity: "quantity cannot be read",
  zero_quantity: "quantity of zero",
  zero_price: "price of zero",
  negative_price: "price below zero",
  duplicate_row: "the same row again",
}));
export const reasonText = (reason: string): string => reasons.get(reason) ?? reason.replaceAll("_", " ");
