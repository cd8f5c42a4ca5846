// The page of coterie explore in a real browser: every shape drawn, silent, offline, accessible, and not to be fooled by texts.
//   usage: node --test web/test/     with COTERIE = the program, COTERIE_CHROMIUM = the browser (default: chromium)
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { hostileTexts } from "./hostile.mjs";
import { drawn, expectOnlyText, launch, openPage, program, sizes, violations } from "./page.mjs";

let folder, browser;
const pages = {};

function coterie(...options) {
  execFileSync(program, options, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
}
function explore(name, ...options) {
  coterie("explore", ...options, "--out", name);
  pages[name] = join(folder, name, "explore.html");
}
const csv = (text) => `"${text.replaceAll('"', '""')}"`;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "coterie-explore-"));
  coterie("sample", "events", "--rows", "20000", "--customers", "1000", "--out", "events.csv");
  explore("events", "events.csv");
  // Every hostile text is a city, a plan and the name of a column.
  const names = hostileTexts.filter((text) => !/[\n\r\0]/.test(text)).slice(0, 20);
  const header = ["customer_id", "spend", "city", "plan", ...names.map((name, i) => csv(`${name} ${i}`))].join(",");
  const rows = hostileTexts.flatMap((text, i) => [0, 1, 2].map((k) => [3 * i + k, (i * 7 + k * 3) % 100, csv(text.replaceAll("\0", " ")), csv(hostileTexts[i % 30].replaceAll("\0", " ")), ...names.map((_, c) => (i * (c + 3) + k) % 17)].join(",")));
  writeFileSync(join(folder, "<b>customers & 'more'.csv"), [header, ...rows].join("\n") + "\n");
  explore("hostile", "<b>customers & 'more'.csv", "--shape", "customers", "--missing", "most_frequent");
  const lines = ["invoice,customer,time,quantity,price,country"];
  for (let i = 0; i < 600; ++i) lines.push(`${1000 + (i >> 1)},${i % 97},2023-0${1 + (i % 9)}-1${i % 10} ${10 + (i % 12)}:00:00,${1 + (i % 7)},${(i % 13) + 0.5},${["France", "Germany", "Spain"][i % 3]}`);
  writeFileSync(join(folder, "orders.csv"), lines.join("\n") + "\n");
  explore("orders", "orders.csv");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const withPage = (file, options, fn) => openPage(browser, file, { parts: 3, ...options }, fn);

for (const scheme of ["light", "dark"])
  for (const [width, height] of sizes)
    test(`at ${width} x ${height} in ${scheme} every shape is drawn, nothing is wider than the screen, and axe finds no fault`, async () => {
      for (const name of ["events", "orders"])
        await withPage(pages[name], { width, height, colorScheme: scheme }, async (page) => {
          assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width, name);
          for (const details of await page.$$("details")) await details.evaluate((d) => (d.open = true));
          assert.deepEqual(await violations(page), [], name);
        });
    });

test("the page says what explore.json says: rows, funnel, a card a column and a feature", async () => {
  await withPage(pages.events, {}, async (page) => {
    const explored = JSON.parse(readFileSync(join(folder, "events/explore.json"), "utf8"));
    const text = await page.textContent("#overview");
    assert.ok(text.includes(explored.rows.read.toLocaleString("en")) && text.includes(explored.customers.toLocaleString("en")));
    for (const finding of explored.findings) assert.ok(text.includes(finding), finding);
    assert.equal((await page.$$("#columns .column")).length, explored.tables[0].columns.length);
    assert.equal((await page.$$("#features .column")).length, explored.features.features.length);
    const funnel = await page.textContent("#funnel details");
    for (const step of explored.funnel) assert.ok(funnel.includes(step.customers.toLocaleString("en")), step.step);
  });
});

test("every choice draws another picture", async () => {
  await withPage(pages.events, {}, async (page) => {
    for (const id of await page.$$eval("select", (all) => all.map((select) => select.id)))
      for (const value of await page.$$eval(`#${id} option`, (all) => all.map((option) => option.value))) {
        await page.selectOption(`#${id}`, value);
        await drawn(page);
      }
  });
});

test("hostile names of columns and values are shown as text, and nothing of them runs", async () => {
  await withPage(pages.hostile, { width: 1600 }, async (page) => {
    const text = await page.evaluate(() => document.body.textContent);
    assert.ok(text.includes("<script>pwned=1</script> 0"), "the name of a column");
    assert.ok(text.includes("<b>customers & 'more'.csv"), "the file's name");
    await expectOnlyText(page);
    assert.deepEqual(await violations(page), []);
  });
});

test("prints to PDF", async () => {
  await withPage(pages.orders, {}, async (page) => {
    const pdf = await page.pdf({ format: "A4" });
    const count = pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g).length;
    assert.ok(count >= 3 && count < 40, `${count} pages`);
  });
});

test("stays below 1.5 MB", () => {
  for (const file of Object.values(pages)) assert.ok(statSync(file).size < 1_500_000, `${file}: ${statSync(file).size}`);
});
