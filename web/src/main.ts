// The page of a run: the answer, one segment in detail, all side by side, how far to trust it, how it was made.
import "./style.css";
import "./explore.css";
import { answer, sharesChart } from "./answer";
import { dispose, drawForPaper, drawForScreen, setNoise } from "./charts";
import { compare } from "./compare";
import { comparison } from "./comparison";
import { readData, type Comparison, type Exported, type Report } from "./data";
import { detail } from "./detail";
import { exploration } from "./explore";
import type { Exploration } from "./exploration";
import { append, element, section } from "./elements";
import { exported } from "./exported";
import { making } from "./making";
import { playbook } from "./playbook";
import { scores } from "./scores";
import { trust } from "./trust";

type Links = [id: string, label: string][];

function header(title: string, links: Links): HTMLElement {
  const theme = element("button", { type: "button", class: "theme", click: () => changeTheme() }, "Dark or light");
  return element(
    "header",
    {},
    element("h1", {}, title),
    element("nav", { "aria-label": "Parts of the report" }, ...links.map(([id, label]) => element("a", { href: `#${id}` }, label))),
    theme,
  );
}

function changeTheme(): void {
  const root = document.documentElement;
  const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = dark ? "light" : "dark";
}

/** Shows one segment's detail and marks its card; paper shows all of them. */
function segments(report: Report): { part: HTMLElement; select: (index: number) => void } {
  const place = element("div", { "aria-live": "polite" });
  const part = section("segment", "Segment by segment", sharesChart(report), place);
  const show = (indices: number[]) => {
    dispose(place);
    place.replaceChildren(...indices.map((i) => detail(i, report)));
  };
  let selected = 0;
  const select = (index: number) => {
    selected = index;
    show([index]);
    document.querySelectorAll("#cards button").forEach((button, i) => button.setAttribute("aria-pressed", String(i === index)));
  };
  addEventListener("beforeprint", () => {
    show(report.segments.slice(0, 12).map((_, i) => i));
    drawForPaper();
  });
  addEventListener("afterprint", () => {
    show([selected]);
    drawForScreen();
  });
  return { part, select };
}

function fill(title: string, links: Links, version: string, parts: HTMLElement[]): void {
  const footer = element("footer", {}, element("p", {}, `Made by Coterie ${version}. This page is one file, and loads nothing from anywhere.`));
  const page = document.getElementById("page")!;
  page.replaceChildren();
  append(page, header(title, links), element("main", { id: "main" }, ...parts), footer);
  document.title = title;
}

function showRun(report: Report): void {
  setNoise(report.segments.findIndex((s) => s.noise));
  const { part, select } = segments(report);
  const links: Links = [["answer", "Answer"], ["segment", "Segments"], ["playbook", "What to do"], ["compare", "Side by side"], ["trust", "Trust"], ...(report.scores ? [["scores", "All scores"] as [string, string]] : []), ["making", "How it was made"]];
  fill("Customer segments", links, report.version, [answer(report, select), part, playbook(report), compare(report), trust(report), ...(report.scores ? [scores(report, report.scores)] : []), making(report)]);
  const best = report.segments.reduce((b, s, i) => (!s.noise && (s.revenue_share ?? 0) > (report.segments[b].revenue_share ?? 0) ? i : b), 0);
  select(best);
}

function showComparison(c: Comparison): void {
  const links: Links = [["answer", "Answer"], ["movement", "Who moved"], ["identities", "Which is which"], ["drift", "Drift"]];
  fill("Segments then and now", links, c.version, comparison(c));
  addEventListener("beforeprint", drawForPaper);
  addEventListener("afterprint", drawForScreen);
}

function showExport(e: Exported): void {
  const links: Links = [["answer", "Answer"], ["reconciliation", "Who, and who not"], ...(e.since ? [["departures", "Who has left"] as [string, string]] : []), ["files", "Files"]];
  fill("Customers exported", links, e.version, exported(e));
  addEventListener("beforeprint", drawForPaper);
  addEventListener("afterprint", drawForScreen);
}

function showExploration(e: Exploration): void {
  const { parts, links } = exploration(e);
  fill("A look at the data", links, e.version, parts);
  addEventListener("beforeprint", drawForPaper);
  addEventListener("afterprint", drawForScreen);
}

const read = readData();
if ("exploration" in read) showExploration(read.exploration);
else if ("exported" in read) showExport(read.exported);
else if ("comparison" in read) showComparison(read.comparison);
else showRun(read);
