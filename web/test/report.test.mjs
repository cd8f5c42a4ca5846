// The report in a real browser: drawn, silent, offline, accessible, and not to be fooled by the texts in it.
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
const reports = {};

function coterie(...options) {
  execFileSync(program, options, { cwd: folder, stdio: ["ignore", "ignore", "pipe"] });
}

/** A team's rules whose every text is hostile; each rule fits every segment. */
function hostileRules() {
  const texts = [...hostileTexts];
  const rules = [];
  while (texts.length >= 5) {
    const [name, action, channel, offer, timing] = texts.splice(0, 5);
    rules.push({ name, when: ["total_events >= 0"], goal: "keep", action, channel, offer, timing });
  }
  return JSON.stringify({ format: 1, segments: rules });
}

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "coterie-report-"));
  coterie("sample", "events", "--rows", "20000", "--customers", "1000", "--out", "events.csv");
  coterie("run", "events.csv", "--out", "plain", "--features", "csv");
  reports.plain = join(folder, "plain/report.html");
  // Customers' names become hostile, too, as does the file's.
  const markup = `<img src=x onerror="pwned=1">`;
  const log = readFileSync(join(folder, "events.csv"), "utf8").split("\n").map((line, i) => {
    const fields = line.split(",");
    if (i > 0 && fields.length > 7) fields[7] = `"${markup.replaceAll('"', '""')}${fields[7]}"`;
    return fields.join(",");
  });
  writeFileSync(join(folder, "<b>log & 'more'.csv"), log.join("\n"));
  writeFileSync(join(folder, "rules.json"), hostileRules());
  coterie("run", "<b>log & 'more'.csv", "--out", "hostile", "--features", "csv", "--k", String(hostileTexts.length / 5), "--restarts", "2", "--names", "rules.json");
  reports.hostile = join(folder, "hostile/report.html");
  // The same customers some weeks earlier.
  const weeks = readFileSync(join(folder, "events.csv"), "utf8").split("\n").filter((line, i) => i === 0 || line < "2019-11-10");
  writeFileSync(join(folder, "weeks.csv"), weeks.join("\n") + "\n");
  coterie("run", "weeks.csv", "--out", "earlier", "--features", "csv", "--k", "4");
  coterie("compare", "earlier", "plain", "--out", "comparison");
  reports.comparison = join(folder, "comparison/report.html");
  browser = await launch();
});

after(async () => {
  await browser?.close();
  rmSync(folder, { recursive: true, force: true });
});

const withPage = (file, options, fn) => openPage(browser, file, options, fn);

for (const scheme of ["light", "dark"])
  for (const [width, height] of sizes)
    test(`at ${width} x ${height} in ${scheme} all charts are drawn, nothing is wider than the screen, and axe finds no fault`, async () => {
      await withPage(reports.plain, { width, height, colorScheme: scheme }, async (page) => {
        assert.ok((await page.$$(".chart")).length >= 6);
        assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
        for (const details of await page.$$("details")) await details.evaluate((d) => (d.open = true));
        assert.deepEqual(await violations(page), []);
      });
    });

test("axe finds a fault that is planted, and the policy keeps a planted script from running", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`file://${encodeURI(reports.plain)}`);
  await page.evaluate(() => document.querySelector("main").append(document.createElement("img")));
  assert.match((await violations(page)).join(), /image-alt/);
  const refused = page.waitForEvent("console");
  await page.evaluate(() => document.querySelector("main").setAttribute("onclick", "window.pwned = 1"));
  await page.evaluate(() => document.querySelector("main").click());
  assert.match((await refused).text(), /Content Security Policy/);
  assert.equal(await page.evaluate(() => "pwned" in window), false);
  await context.close();
});

test("the answer comes first: a sentence, the sizes of all segments, and what to do", async () => {
  await withPage(reports.plain, {}, async (page) => {
    const run = JSON.parse(readFileSync(join(folder, "plain/run.json"), "utf8"));
    const text = await page.textContent("#answer");
    assert.match(text, new RegExp(`Your customers (fall|are cut) into ${run.segments.length} groups`));
    assert.match(text, /Are they real\? (Yes|In part|Nothing shows it)/, "the verdict in plain words");
    assert.ok((await page.textContent("#trust")).includes(run.verdict.sentence), "the verdict");
    const cards = await page.$$eval("#cards .card", (all) => all.map((card) => card.textContent));
    run.segments.forEach((segment, i) => {
      assert.ok(cards[i].includes(segment.segment) && cards[i].includes(segment.users.toLocaleString("en")) && cards[i].includes(segment.play.action), cards[i]);
    });
    assert.ok((await page.$eval("#answer", (e) => e.getBoundingClientRect().top)) < 120);
  });
});

test("a segment is picked by a click and by arrow keys", async () => {
  await withPage(reports.plain, {}, async (page) => {
    const names = await page.$$eval("#cards .name", (all) => all.map((e) => e.textContent));
    const shown = () => page.textContent(".detail h3 bdi");
    await page.click("#cards .card >> nth=0");
    assert.equal(await shown(), names[0]);
    await page.keyboard.press("ArrowRight");
    assert.equal(await shown(), names[1]);
    assert.equal(await page.getAttribute("#cards .card >> nth=1", "aria-pressed"), "true");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowLeft");
    assert.equal(await shown(), names[names.length - 1]);
    await drawn(page);
  });
});

test("a feature is chosen for the box plots", async () => {
  await withPage(reports.plain, {}, async (page) => {
    for (const option of ["0", "12"]) {
      await page.selectOption("#feature", option);
      await drawn(page);
    }
  });
});

test("products that stand out are shown by name and code, whatever is in them", async () => {
  const name = "<b>WHITE</b> HEART", code = "<i>85123A</i>";
  const lines = ["InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID"];
  for (let customer = 0; customer < 300; ++customer)
    for (let order = 0; order < (customer % 3 === 0 ? 8 : 1); ++order)
      for (let line = 0; line < 3; ++line) {
        const other = (customer * 7 + order * 3 + line) % 50, liked = customer % 3 === 0 && line === 0;
        lines.push(`${customer}-${order},${liked ? code : `P${other}`},${liked ? name : `THING ${other}`},1,2024-01-${String(1 + ((customer + order * 3) % 28)).padStart(2, "0")},2.50,${customer}`);
      }
  writeFileSync(join(folder, "orders.csv"), lines.join("\n") + "\n");
  coterie("run", "orders.csv", "--out", "orders", "--features", "csv", "--k", "2");
  await withPage(join(folder, "orders/report.html"), {}, async (page) => {
    await page.click("#cards .card >> nth=1");
    assert.ok((await page.textContent(".detail")).includes(`${name} ${code}`));
    await expectOnlyText(page);
  });
});

test(`${hostileTexts.length} hostile texts are shown as text, and nothing of them runs`, async () => {
  assert.ok(hostileTexts.length >= 100);
  await withPage(reports.hostile, { width: 1600 }, async (page) => {
    const segments = await page.$$("#cards .card");
    assert.equal(segments.length, hostileTexts.length / 5);
    let seen = await page.evaluate(() => document.body.textContent);
    for (const card of segments) {
      await card.click();
      seen += await page.textContent(".detail");
    }
    const missing = hostileTexts.filter((text) => !seen.includes(text.normalize()) && !seen.includes(text));
    assert.deepEqual(missing, []);
    assert.ok(seen.includes("<img src=x onerror="), "the customers' names");
    assert.ok(seen.includes("<b>log & 'more'.csv"), "the file's name");
    await drawn(page);
    await expectOnlyText(page);
    assert.deepEqual(await violations(page), []);
  });
});

test("every score of every number of segments stands under its right name, with what it does not show", async () => {
  await withPage(reports.plain, {}, async (page) => {
    const run = JSON.parse(readFileSync(join(folder, "plain/run.json"), "utf8"));
    const text = await page.textContent("#scores");
    for (const name of ["silhouette", "Calinski-Harabasz", "Davies-Bouldin", "Xie-Beni", "Dunn", "DBCV", "gap statistic", "prediction strength", "Jaccard", "AUC"]) assert.ok(text.includes(name), name);
    const row = (name) => page.$$eval("#scores tbody tr", (all, name) => [...all].find((r) => r.cells[0].textContent === name).textContent, name);
    const chosen = run.verdict.table.find((e) => e.k === run.k.chosen);
    assert.ok(text.includes(run.separability.sentence));
    assert.ok((await row("Davies-Bouldin index")).includes(String(Number(chosen.davies_bouldin.toPrecision(3)))));
  });
});

test("noise is no segment: it is counted apart, grey, without a goal, and next to none", async () => {
  coterie("run", "events.csv", "--out", "dense", "--features", "csv", "--algorithm", "hdbscan");
  reports.dense = join(folder, "dense/report.html");
  await withPage(reports.dense, {}, async (page) => {
    const names = await page.$$eval("#cards .name", (all) => all.map((e) => e.textContent));
    assert.equal(names[names.length - 1], "no segment");
    assert.match(await page.textContent(".headline"), new RegExp(`into ${names.length - 1} groups?\\. .* of the customers are in no group`));
    assert.equal(await page.$$eval("#cards .card:last-child .goal", (all) => all.length), (await page.$$("#cards li")).length - 1);
    for (const card of await page.$$("#cards .card")) {
      await card.click();
      assert.ok(!(await page.textContent(".detail")).includes("no segment, which differs"));
    }
    assert.ok((await page.textContent(".detail")).includes("Too few customers are like each of them"));
    assert.ok(!(await page.textContent("#scores")).includes("gap statistic"), "it has no gap");
    assert.deepEqual(await violations(page), []);
  });
});

test("a comparison says who stayed, draws the movement, and has the fate of every segment", async () => {
  const compared = JSON.parse(readFileSync(join(folder, "comparison/compare.json"), "utf8"));
  for (const [width, height] of sizes)
    await withPage(reports.comparison, { width, height }, async (page) => {
      const { stayed, moved } = compared.customers;
      assert.ok((await page.textContent(".headline")).includes(`${stayed.toLocaleString("en")} of ${(stayed + moved).toLocaleString("en")} customers`));
      assert.equal(await page.$$eval("#movement .chart svg path", (all) => all.length) >= compared.flows.length, true);
      assert.equal(await page.$$eval("#identities tbody tr", (all) => all.length), compared.segments.length);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      assert.deepEqual(await violations(page), []);
    });
});

test("a run brought up to date has the same page, and says what it did not compute", async () => {
  coterie("refresh", "events.csv", "--model", "earlier", "--out", "refreshed", "--features", "csv");
  const counted = readFileSync(join(folder, "refreshed/segment_summary.csv"), "utf8").trim().split("\n").slice(1).map((line) => Number(line.split(",")[2]).toLocaleString("en"));
  for (const [width, height] of sizes)
    await withPage(join(folder, "refreshed/report.html"), { width, height }, async (page) => {
      assert.deepEqual(await page.$$eval("#cards .size", (all) => all.map((e) => e.textContent.replace(" customers", ""))), counted);
      assert.match(await page.textContent(".verdict"), /Not judged again.*earlier/);
      assert.match(await page.textContent("#trust"), /Not computed: the number of segments/);
      assert.equal((await page.$$("#trust .chart")).length, 1);
      assert.equal((await page.$$("#cards .action")).length, counted.length);
      assert.ok((await page.$$("#cards .why")).length > 0);
      assert.doesNotMatch(await page.textContent("#page"), /undefined|NaN|null/);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      assert.deepEqual(await violations(page), []);
    });
});

test("a table of customers is read in its own words: levels, yes and no, shares, and what to do by its own money", async () => {
  const cities = ["Rome", "Oslo", "Bern"];
  const lines = ["Customer ID,City,Plan,Newsletter,Total Spend,Days Since Last Purchase"];
  for (let i = 0; i < 300; ++i) lines.push([i, cities[i % 3], ["Bronze", "Silver", "Gold"][i % 3], i % 3 === 0 ? "yes" : "no", 100 * (1 + (i % 3)) + (i % 7), 60 - 20 * (i % 3) + (i % 5)].join(","));
  writeFileSync(join(folder, "customers.csv"), lines.join("\n"));
  coterie("run", "customers.csv", "--out", "customers", "--features", "csv", "--k", "3");
  reports.customers = join(folder, "customers/report.html");
  await withPage(reports.customers, {}, async (page) => {
    const goals = await page.$$eval("#playbook tbody tr", (all) => all.map((row) => row.cells[1].textContent));
    assert.deepEqual(goals, ["keep", "win back", "activate"]);
    const names = await page.$$eval("#cards .name", (all) => all.map((e) => e.textContent));
    assert.ok(names.every((name) => !name.includes("=") && !name.includes("_")), names.join("; "));
    const typical = await page.textContent(".detail table:has(caption:text('Real customers'))");
    assert.match(typical, /Plan(Gold|Silver|Bronze)/);
    assert.match(typical, /Newsletter(yes|no)/);
    assert.deepEqual(await violations(page), []);
  });
});

test("of a segment of fewer than 10 customers nobody is singled out", async () => {
  const lines = ["customer,visits,spend"];
  for (let i = 0; i < 206; ++i) lines.push([`c${i}`, i < 200 ? 1 + (i % 2) * 9 + (i % 5) : 90 + i % 3, i < 200 ? 10 + (i % 7) : 5000 + i].join(","));
  writeFileSync(join(folder, "few.csv"), lines.join("\n"));
  coterie("run", "few.csv", "--out", "few", "--features", "csv", "--k", "3");
  reports.few = join(folder, "few/report.html");
  await withPage(reports.few, {}, async (page) => {
    const sizes = await page.$$eval("#cards .size", (all) => all.map((e) => e.textContent));
    const few = sizes.indexOf("6 customers");
    assert.ok(few >= 0, sizes.join("; "));
    await page.click(`#cards .card >> nth=${few}`);
    const text = await page.textContent(".detail");
    assert.ok(text.includes("nobody is to be singled out") && !text.includes("Typical customers"));
    assert.doesNotMatch(readFileSync(reports.few, "utf8").match(/id="data">(.*?)<\/script>/s)[1], /"c20[0-5]"/);
    assert.deepEqual(await violations(page), []);
  });
});

test("what could not be computed is a dash, and nothing is blank for it", async () => {
  const isCount = /^(customers|of_segment|k|chosen|best|elbow|read|used|set_aside|bytes|segment|features|points|more_inputs|features_left_out|judged_rows|set_aside_by_reason|blank_lines|options|by_type|cells|names|fitted_rows|above_zero)$/;
  const blank = (value, key) => {
    if (typeof value === "number") return null;
    if (value === null || typeof value !== "object") return value;
    if (Array.isArray(value)) return value.map((v) => blank(v, key));
    return Object.fromEntries(Object.entries(value).map(([name, v]) => [name, isCount.test(name) && name !== "segments" ? v : blank(v, name)]));
  };
  const page = readFileSync(reports.plain, "utf8");
  const data = page.match(/id="data">(.*?)<\/script>/s)[1];
  const file = join(folder, "blank.html");
  writeFileSync(file, page.replace(data, () => JSON.stringify(blank(JSON.parse(data)))));
  await withPage(file, {}, async (page) => assert.equal((await page.$$("#answer, #segment, #playbook, #compare, #trust, #scores, #making")).length, 7));
});

test("an export says who is on the lists, who is not and why, who has left, and how to load it", async () => {
  const ids = readFileSync(join(folder, "plain/customer_segments.csv"), "utf8").trim().split("\n").slice(1).map((line) => line.split(",")[0]);
  const contacts = (refused) => ["user_id,email,consent", ...ids.map((id, i) => `${id},a${i}@example.org,${i % refused === 0 ? "no" : "yes"}`)].join("\n");
  for (const [name, refused, ...since] of [["first", 7], ["second", 5, "--since", "first"]]) {
    writeFileSync(join(folder, "contacts.csv"), contacts(refused));
    coterie("export", "--run", "plain", "--platform", "hubspot", "--contacts", "contacts.csv", "--hold-out", "0.1", "--minimum-size", "1", "--out", name, ...since);
  }
  reports.exported = join(folder, "second/report.html");
  const manifest = JSON.parse(readFileSync(join(folder, "second/manifest.json"), "utf8"));
  for (const [width, height] of sizes)
    await withPage(reports.exported, { width, height }, async (page) => {
      assert.ok((await page.textContent(".headline")).includes(`${manifest.exported.toLocaleString("en")} of ${ids.length.toLocaleString("en")} customers`));
      const all = await page.$$eval("#reconciliation tbody tr:last-child td", (cells) => cells.map((cell) => Number(cell.textContent.replaceAll(",", ""))));
      assert.equal(all[0], all.slice(1).reduce((a, b) => a + b));
      assert.ok((await page.textContent("#departures")).includes(manifest.since.removed.toLocaleString("en")));
      assert.ok((await page.textContent("#files")).includes("hubspot-remove.csv"));
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      assert.deepEqual(await violations(page), []);
    });
});

test("paper is white also where the screen is dark", async () => {
  await withPage(reports.plain, { colorScheme: "dark" }, async (page) => {
    const paper = () => page.evaluate(() => getComputedStyle(document.documentElement).getPropertyValue("--paper").trim());
    assert.notEqual(await paper(), "#ffffff");
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.equal(await paper(), "#ffffff");
  });
});

test("prints to PDF with every segment in it, none longer than a page", async () => {
  await withPage(reports.plain, {}, async (page) => {
    const pdf = await page.pdf({ format: "A4" });
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page[^s]/g).length;
    const segments = await page.$$("#cards .card");
    assert.ok(pages >= 1 + segments.length && pages <= 9 + segments.length, `${pages} pages of ${segments.length} segments`);
  });
});

test("stays below 1.5 MB", () => {
  for (const file of Object.values(reports)) assert.ok(statSync(file).size < 1_500_000, `${file}: ${statSync(file).size}`);
});
