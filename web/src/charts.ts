// ECharts with the few parts that are used, drawn as SVG in the colours of the page's CSS variables, so that dark, light and
// print need no second drawing.
import { BarChart, CustomChart, LineChart, SankeyChart, ScatterChart } from "echarts/charts";
import { AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from "echarts/components";
import * as echarts from "echarts/core";
import { SVGRenderer } from "echarts/renderers";
import { element, isolated } from "./elements";

echarts.use([BarChart, CustomChart, LineChart, SankeyChart, ScatterChart, AriaComponent, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

export type Option = echarts.EChartsCoreOption;

let noise = -1;
/** Which segment is noise, if any: it is grey. */
export function setNoise(segment: number): void {
  noise = segment;
}

/** The colour of a segment; ten of them, then again. */
export const colour = (segment: number): string => (segment === noise ? "var(--faint)" : `var(--segment-${segment % 10})`);

/** The same, paler. (Opacity would make its labels pale, too.) */
export const pale = (segment: number, percent: number): string => `color-mix(in srgb, ${colour(segment)} ${percent}%, var(--paper))`;

const ink = "var(--ink)";
const faint = "var(--faint)";
const font = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

const charts = new Map<HTMLElement, echarts.ECharts>();
const waiting = new Map<HTMLElement, Option>(); // not drawn yet

export interface Height {
  screen: number;
  paper: number;
}
const heights = new WeakMap<HTMLElement, Height>();
const widths = new ResizeObserver((entries) => {
  for (const entry of entries) charts.get(entry.target as HTMLElement)?.resize();
});

/** Pixels on A4 for a chart, by the columns of its place: what style.css has for print. */
const paperWidth = (place: HTMLElement): number => (place.closest(".columns.three") ? 205 : place.closest(".columns, .pair") ? 320 : 660);

/** Draws everything for paper, at once: it is narrower than the screen, and its layout comes too late for an observer. */
export function drawForPaper(): void {
  drawWaiting();
  charts.forEach((chart, place) => {
    const height = heights.get(place)!.paper;
    place.style.height = `${height}px`;
    chart.resize({ width: paperWidth(place), height });
    chart.getZr().flush();
  });
}

export function drawForScreen(): void {
  charts.forEach((chart, place) => {
    place.style.height = `${heights.get(place)!.screen}px`;
    chart.resize({ width: "auto", height: "auto" });
  });
}

function drawWaiting(): void {
  for (const [place, option] of waiting) {
    waiting.delete(place);
    if (!place.isConnected) continue;
    const drawn = echarts.init(place, null, { renderer: "svg" });
    drawn.setOption({ animation: false, textStyle: { fontFamily: font, color: ink }, tooltip: tooltip(), ...option });
    charts.set(place, drawn);
    widths.observe(place);
  }
}

/** A chart with a description for those who do not see it; it is drawn once it is part of the page. Heights in pixels; one of them is both. */
export function chart(description: string, height: number | Height, option: Option): HTMLElement {
  const own = typeof height === "number" ? { screen: height, paper: height } : height;
  const made = element("div", { class: "chart", role: "img", "aria-label": description, style: `height:${own.screen}px` });
  heights.set(made, own);
  waiting.set(made, option);
  requestAnimationFrame(drawWaiting);
  return made;
}

/** Frees the charts below an element that is about to be replaced. */
export function dispose(parent: HTMLElement): void {
  for (const [place, drawn] of charts)
    if (parent.contains(place)) {
      widths.unobserve(place);
      drawn.dispose();
      charts.delete(place);
    }
}

/** Rich text is drawn, not parsed: no text of the data becomes markup. */
export function tooltip(formatter?: (point: { dataIndex: number }) => string): object {
  return {
    formatter,
    renderMode: "richText",
    confine: true,
    backgroundColor: "var(--paper)",
    borderColor: "var(--line)",
    textStyle: { color: ink, fontFamily: font, fontSize: 13 },
  };
}

export function valueAxis(extra: object = {}): object {
  return {
    type: "value",
    axisLabel: { color: faint, hideOverlap: true },
    nameTextStyle: { color: faint },
    splitLine: { lineStyle: { color: "var(--line)" } },
    axisLine: { show: false },
    ...extra,
  };
}

/** A long name on two lines of about so many letters; what is longer still ends in dots. */
function twoLines(name: string, letters: number): string {
  const text = name.replace(/[\u2068\u2069]/g, "");
  if (text.length <= letters) return name;
  const at = text.lastIndexOf(" ", letters);
  const first = at > letters / 3 ? text.slice(0, at) : text.slice(0, letters);
  const rest = text.slice(first.length).trim();
  return `${isolated(first)}\n${isolated(rest.length > letters ? `${rest.slice(0, letters - 1)}…` : rest)}`;
}

export function categoryAxis(names: string[], extra: object = {}): object {
  return {
    type: "category",
    data: names,
    axisTick: { show: false },
    axisLine: { lineStyle: { color: "var(--line)" } },
    axisLabel: { color: ink, lineHeight: 13, fontSize: innerWidth < 600 ? 11 : 12, formatter: (name: string) => twoLines(name, innerWidth < 600 ? 20 : 34) },
    ...extra,
  };
}

/** Lying box plots, a row each: whisker, box of `height` pixels, median, box, whisker. */
export function boxPlots(quantiles: number[][], colourOf: (row: number) => string, height: number): object {
  return {
    type: "custom",
    data: quantiles.map((own, row) => [...own, row]),
    encode: { x: [0, 1, 2, 3, 4], y: 5 },
    renderItem: (params: { dataIndex: number }, api: { value: (i: number) => number; coord: (p: number[]) => number[] }) => {
      const p = [0, 1, 2, 3, 4].map((q) => api.coord([api.value(q), api.value(5)]));
      const own = colourOf(params.dataIndex);
      const y = p[0][1];
      const half = height / 2;
      const median = Math.round(1.15 * half); // stands out of the box
      const line = (x1: number, x2: number) => ({ type: "line", shape: { x1, y1: y, x2, y2: y }, style: { stroke: own, lineWidth: 2 } });
      return {
        type: "group",
        children: [
          line(p[0][0], p[1][0]),
          line(p[3][0], p[4][0]),
          { type: "rect", shape: { x: p[1][0], y: y - half, width: Math.max(2, p[3][0] - p[1][0]), height }, style: { fill: own, opacity: 0.45, stroke: own, lineWidth: 1 } },
          { type: "line", shape: { x1: p[2][0], y1: y - median, x2: p[2][0], y2: y + median }, style: { stroke: "var(--ink)", lineWidth: 3 } },
        ],
      };
    },
  };
}
