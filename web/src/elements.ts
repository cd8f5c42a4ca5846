// Makes elements. Text becomes text nodes only, never markup: whatever a brand is called, it is shown, not run.

type Child = Node | string | null | undefined | false;
type Attributes = Record<string, string | number | boolean | null | ((event: Event) => void)>;

export function element<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {}, ...children: Child[]): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? "" : String(value));
  }
  append(made, ...children);
  return made;
}

export function append(parent: Element, ...children: Child[]): void {
  for (const child of children) if (child !== null && child !== undefined && child !== false) parent.append(child);
}

/** Text from the data: isolated, so that a right-to-left name does not turn the line around it. */
export function data(text: string): HTMLElement {
  return element("bdi", {}, text);
}

/** For texts inside charts, which know no <bdi>: first strong isolate ... pop isolate, without what would break out of it. */
export function isolated(text: string): string {
  const tame = text.replace(/[\u0000-\u001f\u007f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, " ");
  return `\u2068${tame}\u2069`;
}

/** How strong a cell is coloured, from -1 (cold) over 0 (paper) to 1 (warm). */
export const heat = (strength: number): string => `background:color-mix(in srgb, var(--${strength > 0 ? "warm" : "cold"}) ${Math.round(Math.min(1, Math.abs(strength)) * 60)}%, var(--paper))`;

/** A table of coloured numbers: it is read aloud, wraps and prints. `strength` says how strong a cell is coloured; null is not known. */
export function heatMap(options: { caption: string; corner: string; columns: Child[]; rows: [Child, ...(number | null)[]][]; digits: number; strength: (value: number) => number; class?: string }): HTMLElement {
  const cell = (value: number | null) => element("td", { class: "number heat", style: value === null ? null : heat(options.strength(value)) }, value === null ? "–" : value.toFixed(options.digits).replace(/^-(0\.?0*)$/, "$1"));
  const head = element("tr", {}, options.corner === "" ? element("td", {}) : element("th", { scope: "col" }, options.corner), ...options.columns.map((name) => element("th", { scope: "col" }, name)));
  const body = options.rows.map(([name, ...values]) => element("tr", {}, element("th", { scope: "row" }, name), ...values.map(cell)));
  const made = element("table", { class: `heatmap ${options.class ?? ""}` }, element("caption", {}, options.caption), element("thead", {}, head), element("tbody", {}, ...body));
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": options.caption }, made);
}

export interface TableOptions {
  caption: string;
  head: Child[];
  rows: Child[][];
  /** of the columns behind the first; false: none are, or those that are not */
  numeric?: boolean;
  texts?: number[];
  class?: string;
}

export function table(options: TableOptions): HTMLElement {
  const isNumber = (column: number) => column > 0 && options.numeric !== false && !options.texts?.includes(column);
  const head = element("tr", {}, ...options.head.map((cell, i) => element("th", { scope: "col", class: isNumber(i) ? "right" : null }, cell)));
  const body = options.rows.map((row) => element("tr", {}, ...row.map((cell, i) => (i === 0 ? element("th", { scope: "row" }, cell) : element("td", { class: isNumber(i) ? "number" : null }, cell)))));
  const made = element("table", { class: options.class ?? null }, element("caption", {}, options.caption), element("thead", {}, head), element("tbody", {}, ...body));
  // A wide table scrolls in its own box, which the keyboard must reach.
  return element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": options.caption }, made);
}

export function section(id: string, title: string, ...children: Child[]): HTMLElement {
  return element("section", { id, "aria-labelledby": `${id}-title` }, element("h2", { id: `${id}-title` }, title), ...children);
}

export function numbersBehind(content: HTMLElement, label = "The numbers"): HTMLElement {
  return element("details", { class: "numbers" }, element("summary", {}, label), content);
}
