// A page in a real browser, for the tests: opened, watched, and looked at by axe.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const flags = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";

export const program = process.env.COTERIE ?? "build/release/coterie";
export const sizes = [[1280, 900], [768, 1024], [375, 800]];

export const launch = () => chromium.launch({ executablePath: process.env.COTERIE_CHROMIUM ?? "/usr/bin/chromium", args: flags.split(" ") });

/** Opens a page and gives it to fn; whatever it logs, throws or asks of the network is a fault. A chart has more than `parts` parts. */
export async function openPage(browser, file, { width = 1280, height = 900, parts = 5, ...options }, fn) {
  const context = await browser.newContext({ viewport: { width, height }, ...options });
  const page = await context.newPage();
  const faults = [];
  page.on("console", (message) => faults.push(`console: ${message.text()}`));
  page.on("pageerror", (error) => faults.push(`error: ${error.message}`));
  page.on("request", (request) => request.url().startsWith("file:") || faults.push(`request: ${request.url()}`));
  page.on("dialog", (dialog) => { faults.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  await page.goto(`file://${encodeURI(file)}`);
  await drawn(page, parts);
  await fn(page);
  assert.deepEqual(faults, []);
  await context.close();
}

/** Waits until every chart has been drawn; fails where one stays empty. */
export async function drawn(page, parts = 5) {
  await page.waitForFunction((least) => {
    const charts = [...document.querySelectorAll(".chart")];
    return charts.length >= 1 && charts.every((chart) => chart.querySelectorAll("svg path, svg text").length > least);
  }, parts, { timeout: 20000 });
}

export async function violations(page) {
  // Past the page's own policy, which would not let it run.
  const session = await page.context().newCDPSession(page);
  await session.send("Runtime.evaluate", { expression: axe });
  const { result } = await session.send("Runtime.evaluate", { expression: "axe.run().then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html.slice(0, 200)).join(' | '))))", awaitPromise: true, returnByValue: true });
  return JSON.parse(result.value);
}

/** Hostile texts have become nothing but text: no script of theirs ran, no element and no handler was made of them. */
export async function expectOnlyText(page) {
  const made = await page.evaluate(() => ({
    pwned: "pwned" in window,
    scripts: document.scripts.length,
    foreign: document.querySelectorAll("img, iframe, object, embed, b, form, base, link, svg script, svg foreignObject, a[href^='javascript']").length,
    handlers: [...document.querySelectorAll("*")].filter((e) => [...e.attributes].some((a) => a.name.startsWith("on"))).length,
  }));
  assert.deepEqual(made, { pwned: false, scripts: 3, foreign: 0, handlers: 0 });
}
