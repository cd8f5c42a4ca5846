// How far to trust it: the choice of k, and what the customers look like in two dimensions.
import type { Report, Score } from "./data";
import { data, element, isolated, numbersBehind, section, table } from "./elements";
import { chart, colour, valueAxis } from "./charts";
import { count, fixed, percent, plain, word } from "./words";

/** Mean and one-sided 95 % bound of data without groups, grey. */
function withoutGroups(nothing: ([number, number, number] | null)[]): object {
  return {
    type: "custom",
    name: "without groups",
    silent: true,
    itemStyle: { color: "var(--faint)" },
    data: nothing.flatMap((n, i) => (n === null || n[0] === null ? [] : [[i, n[0], n[0] + 1.645 * (n[1] ?? 0)]])),
    encode: { x: 0, y: [1, 2] },
    renderItem: (_: unknown, api: { value: (i: number) => number; coord: (p: number[]) => number[] }) => {
      const mean = api.coord([api.value(0), api.value(1)]);
      const bound = api.coord([api.value(0), api.value(2)]);
      const bar = (y: number, half: number) => ({ type: "line", shape: { x1: mean[0] - half, y1: y, x2: mean[0] + half, y2: y }, style: { stroke: "var(--faint)", lineWidth: 2 } });
      return { type: "group", children: [bar(mean[1], 10), bar(bound[1], 5), { type: "line", shape: { x1: mean[0], y1: mean[1], x2: bound[0], y2: bound[1] }, style: { stroke: "var(--faint)", lineWidth: 2 } }] };
    },
  };
}

function kCharts(report: Report): HTMLElement | null {
  const rows = report.k.rows;
  if (rows.length < 2) return report.segments.some((s) => s.noise) ? element("div", {}, element("h3", {}, "Why this number of segments"), element("p", {}, "HDBSCAN was not told a number: it takes what stands out as denser than its surroundings, and leaves the rest in no segment.")) : null;
  const axis = { type: "category", data: rows.map((r) => String(r.k)), name: "number of segments", nameLocation: "middle", nameGap: 26, nameTextStyle: { color: "var(--faint)" }, axisTick: { show: false }, axisLine: { lineStyle: { color: "var(--line)" } }, axisLabel: { color: "var(--ink)" } };
  const chosen = (k: number) => (k === report.k.chosen ? 14 : 8);
  const nothing = rows.map((r) => report.verdict?.table.find((e) => e.k === r.k)?.without_groups ?? null);
  const judged = nothing.some((n) => n !== null);
  const silhouette = chart(`Silhouette with its 95 % interval for each number of segments${judged ? ", and that of data like these without groups" : ""}`, 250, {
    grid: { left: 10, right: 20, top: 56, bottom: 40, containLabel: true },
    legend: { top: 0, left: 0, textStyle: { color: "var(--ink)" }, data: judged ? ["these customers", "a sample of them", "without groups"] : [], show: judged },
    xAxis: axis,
    yAxis: valueAxis({ scale: true }),
    series: [
      { type: "line", symbol: "none", silent: true, lineStyle: { color: "var(--faint)" }, data: rows.map((r) => r.silhouette?.[0] ?? null) },
      {
        type: "custom",
        silent: true,
        data: rows.map((r, i) => [i, r.silhouette?.[1] ?? null, r.silhouette?.[2] ?? null]),
        encode: { x: 0, y: [1, 2] },
        renderItem: (_: unknown, api: { value: (i: number) => number; coord: (p: number[]) => number[] }) => {
          const a = api.coord([api.value(0), api.value(1)]);
          const b = api.coord([api.value(0), api.value(2)]);
          return { type: "line", shape: { x1: a[0], y1: a[1], x2: b[0], y2: b[1] }, style: { stroke: "var(--accent)", lineWidth: 3, opacity: 0.5 } };
        },
      },
      ...(judged
        ? [withoutGroups(nothing), { type: "scatter", name: "a sample of them", silent: true, symbol: "emptyDiamond", symbolSize: 11, itemStyle: { color: "var(--faint)" }, data: nothing.map((n) => n?.[2] ?? null) }]
        : []),
      { type: "scatter", name: "these customers", itemStyle: { color: "var(--accent)" }, symbolSize: (_: unknown, p: { dataIndex: number }) => chosen(rows[p.dataIndex].k), data: rows.map((r) => r.silhouette?.[0] ?? null) },
    ],
  });
  // A mixture is chosen by its BIC.
  const bic = report.k.by_bic;
  const second = chart(`${bic ? "BIC" : "Inertia"} for each number of segments`, 250, {
    grid: { left: 10, right: 20, top: 56, bottom: 40, containLabel: true },
    xAxis: axis,
    yAxis: valueAxis({ scale: true, axisLabel: { color: "var(--faint)", hideOverlap: true, formatter: (v: number) => plain(v) } }),
    series: [{ type: "line", symbol: "circle", symbolSize: (_: unknown, p: { dataIndex: number }) => (rows[p.dataIndex].k === (bic ? report.k.chosen : report.k.elbow) ? 14 : 8), itemStyle: { color: "var(--accent)" }, lineStyle: { color: "var(--faint)" }, data: rows.map((r) => (bic ? r.bic : r.inertia)) }],
  });
  const body = rows.map((r, i) => [
    `${r.k}${r.k === report.k.chosen ? " (chosen)" : ""}${r.k === report.k.elbow ? " (elbow)" : ""}`,
    r.silhouette ? `${r.silhouette[0].toFixed(3)}${report.k.exact ? "" : ` (${r.silhouette[1].toFixed(3)} to ${r.silhouette[2].toFixed(3)})`}` : "–",
    ...(judged ? [fixed(nothing[i]?.[2] ?? null, 3), fixed(nothing[i]?.[0] ?? null, 3)] : []),
    plain(bic ? r.bic : r.inertia),
  ]);
  return element(
    "div",
    {},
    element("h3", {}, "Why this number of segments"),
    element("p", {}, report.k.reason),
    element(
      "div",
      { class: "columns" },
      element("div", {}, element("h4", {}, "Silhouette: how clear the segments are"), element("p", { class: "muted" }, `Higher is clearer; the large dot is chosen.${report.k.exact ? "" : " Bars: 95 % intervals."}${judged ? ` Grey bars: data like these without groups, up to their 95 % bound; to be held beside the diamonds, which are fits to as many of your customers (${count(report.verdict?.null_customers ?? 0)}). A diamond that is not above its bar shows nothing.` : ""}`), silhouette),
      bic
        ? element("div", {}, element("h4", {}, "BIC: how well the mixture fits for its size"), element("p", { class: "muted" }, "Higher is better; the large dot is chosen."), second)
        : element("div", {}, element("h4", {}, "Inertia: how much is left unexplained"), element("p", { class: "muted" }, `Falls with every further segment${report.k.elbow ? "; the large dot is the elbow" : ""}.`), second),
    ),
    numbersBehind(table({ caption: "Every number of segments that was tried", head: ["segments", report.k.exact ? "silhouette (exact)" : "silhouette (95 % interval)", ...(judged ? [`of ${count(report.verdict?.null_customers ?? 0)} customers`, "of as many without groups"] : []), bic ? "BIC" : "inertia"], rows: body })),
  );
}

function axisName(report: Report, axis: number): string {
  const leading = report.pca.leading[axis].map((l) => (l.falls ? "fewer " : "more ") + word(l.feature)).join(", ");
  return `axis ${axis + 1} (${percent(report.pca.explained[axis])}): ${leading}`;
}

function scatter(report: Report): HTMLElement | null {
  if (report.pca.explained.length < 2 || report.pca.points.length === 0) return null;
  // A few heavy customers stand far out: asinh draws them in and keeps the middle as it is.
  const series = report.segments.map((s, i) => ({
    type: "scatter",
    name: isolated(s.name),
    itemStyle: { color: colour(i), opacity: 0.6 },
    symbolSize: (_: unknown, p: { data: number[] }) => 5 + 2 * Math.log2(p.data[2]),
    data: report.pca.points.filter((p) => p[2] === i).map((p) => [Math.asinh(p[0]), Math.asinh(p[1]), p[3]]),
  }));
  const places = [0, ...[1, 3, 10, 30, 100, 300, 1000, 3000, 10000].flatMap((v) => [v, -v])].map(Math.asinh);
  const label = { color: "var(--faint)", hideOverlap: true, customValues: places, formatter: (v: number) => plain(Math.round(Math.sinh(v))) };
  const axis = (name: string) => valueAxis({ scale: true, name, nameLocation: "middle", nameGap: 30, axisTick: { show: false, customValues: places }, axisLabel: label });
  const drawn = chart("Some customers of each segment on the first two principal components", 420, {
    grid: { left: 30, right: 20, top: 10, bottom: 40, containLabel: true },
    tooltip: { show: false },
    xAxis: axis("axis 1"),
    yAxis: axis("axis 2"),
    series,
  });
  const explained = report.pca.explained[0] + report.pca.explained[1];
  return element(
    "div",
    {},
    element("h3", {}, "The customers on a map"),
    element("p", { class: "muted" }, `A sample of the customers; large dots are many equal ones, and small segments are drawn denser than they are. The two axes keep ${percent(explained)} of the differences; they are compressed (asinh), so that far-out customers fit.`),
    element("ul", { class: "legend" }, ...report.segments.map((s, i) => element("li", { style: `--own:${colour(i)}` }, element("span", { class: "chip", "aria-hidden": "true" }), data(s.name)))),
    drawn,
    element("ul", { class: "muted" }, ...[0, 1].map((a) => element("li", {}, data(axisName(report, a))))),
  );
}

function evidence(report: Report): HTMLElement | null {
  const { verdict } = report;
  if (!verdict || verdict.table.length === 0) return null;
  const yes = (value: boolean) => (value ? "yes" : "no");
  const rows = verdict.table.map((r) => [`${r.k}${r.k === report.k.chosen ? " (chosen)" : ""}`, yes(r.natural), yes(r.separated), yes(r.stable), fixed(r.least_separation, 2), fixed(r.half_split_agreement, 2), fixed(r.least_jaccard, 2), fixed(r.silhouette, 3)]);
  return element(
    "div",
    {},
    element("h3", {}, "Are they real?"),
    element("p", {}, verdict.sentence),
    element("p", { class: "muted" }, "Separated: there is a valley between any two segments. Stable: halves of the customers, and resamples of them, give the same segments again. Natural: both."),
    table({ caption: "The evidence for every number of segments", head: ["segments", "natural", "separated", "stable", "least valley", "agreement of halves", "least Jaccard", "silhouette (sample)"], rows }),
    verdict.jaccards.length === report.segments.length && element("p", { class: "muted" }, "How well each segment is found again in resamples of the customers (Jaccard): 1 is always the same, below 0.6 there is nothing to rely on."),
    verdict.jaccards.length === report.segments.length &&
      table({ caption: "Found again", head: ["segment", "Jaccard"], rows: report.segments.map((s, i) => [data(s.name), fixed(verdict.jaccards[i], 2)]) }),
  );
}

const scoreNames = new Map(Object.entries({
  revenue_of_top_fifth: "revenue of the best fifth",
  revenue_r2: "revenue explained (R²)",
  purchase_auc: "who will buy (AUC)",
  churn_auc: "who will not return (AUC)",
}));

const rivalNames = new Map(Object.entries({ segments: "these segments", rfm_quintiles: "RFM quintiles", spend_deciles: "tenths by past spend", regression: "a regression on the same features" }));

/** "0.77 (0.71 to 0.83)" */
function scoreText(s: Score): string {
  const shown = (value: number | null) => (s.name === "revenue_of_top_fifth" && value !== null ? percent(value) : fixed(value, 2));
  return `${shown(s.mean)} (${shown(s.low)} to ${shown(s.high)})`;
}

function future(report: Report): HTMLElement | null {
  if (!report.future || report.future.sentence === "") return null;
  const { rivals, sentence, customers } = report.future;
  const rows = rivals.map((r) => [rivalNames.get(r.name) ?? word(r.name), ...r.scores.map(scoreText)]);
  return element(
    "div",
    {},
    element("h3", {}, "What they foretell"),
    element("p", {}, sentence.replaceAll("rfm", "RFM")),
    rivals.length > 0 && element("p", { class: "muted" }, `Segments (by k-means) of the first three quarters of the time against the last quarter, ${count(customers)} customers; beside them plain ways to do the same. In brackets 95 % intervals.`),
    rivals.length > 0 && table({ caption: "How well the past foretells the future; more is better", head: ["by", ...rivals[0].scores.map((s) => scoreNames.get(s.name) ?? word(s.name))], rows }),
  );
}

/** A run brought up to date: what it took over and what it did not compute. */
function takenOver(report: Report): HTMLElement {
  return section(
    "trust",
    "How far to trust it",
    element("p", {}, "Clustering always finds groups, also where there are none. Whether these are real was judged when the model was fitted; the report of that run has it: ", data(report.model_of ?? ""), "."),
    element("p", {}, "Computed anew: who is in which segment, sizes, profiles, the numbers behind the names, typical customers, short rules and the map. Not computed: the number of segments and its scores, the verdict, what segments foretell, and what they look at and buy and when. Whether it is time to fit anew is in changes/report.html."),
    scatter(report),
  );
}

export function trust(report: Report): HTMLElement {
  if (report.model_of !== null) return takenOver(report);
  return section(
    "trust",
    "How far to trust it",
    element("p", {}, "Clustering always finds groups, also where there are none. Look at the profiles, and at a second period, before you spend on them."),
    evidence(report),
    future(report),
    kCharts(report),
    scatter(report),
    report.k.rows.some((r) => r.silhouette) && element("p", { class: "muted" }, report.k.exact ? `Silhouettes are computed over all ${count(report.k.judged_rows)} different rows of features.` : `Silhouettes are estimated from ${count(report.k.judged_rows)} sampled customers.`),
  );
}

