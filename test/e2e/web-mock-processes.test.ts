// Finding processes and acting on them in a real Chromium against a pretended controller: suggestions, columns, saved views, export, all that match.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { seriousViolations } from "../helpers/browser.js";
import { eventually } from "../helpers/eventually.js";
import { MockFleet } from "../helpers/mock-fleet.js";
import { closeBrowser, visit } from "../helpers/mock-visit.js";
import { without } from "../helpers/needs.js";

const needs = { skip: without("chromium") };
after(closeBrowser);

/** Hosts of a hundred programs each. */
function largeFleet(hosts: number): MockFleet {
  const processes = Array.from({ length: 100 }, (_, n) => ({ group: "job", name: `job-${n}`, command: "run" }));
  return new MockFleet(Array.from({ length: hosts }, (_, n) => ({ name: `host-${n}`, labels: {}, processes })));
}

for (const colorScheme of ["light", "dark"] as const) {
  test(`the search box suggests what fits, by the keyboard alone, in ${colorScheme} colours`, needs, async (t) => {
    const { page, complaints } = await visit(t, "/processes", { browser: { colorScheme } });
    const box = page.getByRole("combobox", { name: "Selector" });
    await page.getByRole("table").waitFor();
    await page.keyboard.press("/");
    await page.keyboard.type("role=w");
    await page.getByRole("option", { name: /^role=web/ }).waitFor();
    await page.getByText("No process matches").waitFor();
    assert.deepEqual(await seriousViolations(page), []);
    assert.equal(await box.getAttribute("aria-expanded"), "true");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\?q=role%3Dweb$/);
    await page.keyboard.type("/ap");
    await page.getByRole("option", { name: /^api:\*/ }).waitFor();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\?q=role%3Dweb%2Fapi%3A\*$/);
    await page.getByText("8 processes", { exact: true }).waitFor();
    assert.equal(await box.getAttribute("aria-expanded"), "false");
    await page.keyboard.type(",sta");
    await page.getByRole("option", { name: /^state=/ }).click();
    await page.getByRole("option", { name: /^state=FATAL/ }).click();
    await page.getByText("1 process", { exact: true }).waitFor();
    assert.equal(await box.inputValue(), "role=web/api:*,state=FATAL");
    await page.keyboard.type(" web");
    await page.getByRole("option", { name: /^web-1\// }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("option").first().waitFor({ state: "detached" });
    assert.deepEqual(complaints, []);
  });
}

test("columns are chosen, stand in the address, and are there again on the next visit", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/processes");
  const heads = page.getByRole("columnheader");
  await heads.filter({ hasText: "Detail" }).waitFor();
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Memory" }).click();
  await page.getByRole("menuitemcheckbox", { name: "Detail" }).click();
  assert.deepEqual(await seriousViolations(page), []);
  await page.waitForURL(/columns=state%2Cname%2Cinstance%2Cmemory%2Csince%2Cactions/);
  await page.keyboard.press("Escape");
  await heads.filter({ hasText: "Detail" }).waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Memory" }).click();
  await page.waitForURL(/sort=memory/);

  await page.goto(`${mock.url}/processes?q=web-1%2F*`);
  await page.waitForURL(/\?q=web-1%2F\*&columns=.*memory/);
  await page.goto(`${mock.url}/processes?columns=name,pid`);
  await heads.filter({ hasText: "Pid" }).waitFor();
  assert.equal(await heads.filter({ hasText: "State" }).count(), 0, "who is sent an address sees what it says");
  await page.getByRole("button", { name: "Columns" }).click();
  await page.getByRole("menuitem", { name: "The usual ones" }).click();
  await page.waitForURL(`${mock.url}/processes`);
  await heads.filter({ hasText: "Detail" }).waitFor();
  await page.reload();
  await heads.filter({ hasText: "Detail" }).waitFor();
  assert.deepEqual(complaints, []);
});

test("a view is saved under a name, taken up again, and removed", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/processes?q=role%3Dweb&sort=since");
  await page.getByText("14 processes").waitFor();
  await page.getByRole("button", { name: "Views" }).click();
  await page.getByText("Nothing is saved yet.").waitFor();
  await page.getByRole("textbox", { name: "Name of this view" }).fill("Web, newest first");
  await page.keyboard.press("Enter");
  const views = page.getByRole("list", { name: "Saved views" });
  await views.getByRole("link", { name: "Web, newest first" }).waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.goto(`${mock.url}/processes`);
  await page.getByRole("button", { name: "Views" }).click();
  await views.getByRole("link", { name: "Web, newest first" }).click();
  await page.waitForURL(/q=role%3Dweb&sort=since/);
  await page.getByText("14 processes").waitFor();
  await page.getByRole("button", { name: "Views" }).click();
  assert.equal(await views.getByRole("link").first().getAttribute("aria-current"), "true");
  await views.getByRole("button", { name: "Remove the view Web, newest first" }).click();
  await page.getByText("Nothing is saved yet.").waitFor();
  assert.deepEqual(complaints, []);
});

test(
  "all that match are exported, however many pages that takes, and an export can be called off",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/processes", { fleet: largeFleet(25) });
    await page.getByText("2,500 processes").waitFor();
    await page.getByRole("button", { name: "Export" }).click();
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "As CSV" }).click(),
    ]);
    assert.equal(file.suggestedFilename(), "fleetvisor-processes.csv");
    const lines = readFileSync(await file.path(), "utf8")
      .trimEnd()
      .split("\r\n");
    assert.equal(lines.length, 2_501);
    assert.match(lines[0] ?? "", /^target,instance,group,name,state,/);
    assert.equal(new Set(lines).size, 2_501);

    const held = mock.hold();
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: "As ndjson" }).click();
    await page.getByRole("progressbar", { name: "Progress of the export" }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Export" }).waitFor();
    held.release();
    assert.equal(await page.getByText("Could not export").count(), 0);
    assert.deepEqual(complaints, []);
  },
);

test("all that match can be picked, not only what is loaded, and are acted on after a preview", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/processes?q=host-*%2Fjob:*", { fleet: largeFleet(12) });
  await page.getByText("1,200 processes").waitFor();
  await page.getByRole("checkbox", { name: "Pick all loaded processes" }).check();
  await page.getByText("500 picked").waitFor();
  await page.getByRole("button", { name: "Pick all 1,200 that match" }).click();
  await page.getByText("All that match are picked: 1,200").waitFor();
  await page.getByRole("button", { name: "Restart", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("heading", { name: "Restart 1,200 processes" }).waitFor();
  await dialog.getByText("12 instances: host-0 (100), host-1 (100), host-10 (100) and 9 more").waitFor();
  await dialog.getByText("and 1,000 more").waitFor();
  assert.equal(mock.orders.at(-1)?.selector, "host-*/job:*");
  await dialog.getByRole("button", { name: "Cancel" }).click();
  // One row is left out: what is not loaded is not meant any longer.
  await page.getByRole("checkbox", { name: "Pick host-0/job:job-0", exact: true }).uncheck();
  await page.getByText("499 picked").waitFor();
  await page.getByRole("checkbox", { name: "Pick all loaded processes" }).check();
  await page.getByRole("button", { name: "Pick all 1,200 that match" }).click();
  await page.getByRole("combobox", { name: "Selector" }).fill("host-1/*");
  await page.getByText("100 processes", { exact: true }).waitFor();
  assert.deepEqual(complaints, []);
});

test(
  "of very many rows only those near the view are asked for and drawn, wherever one scrolls to",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/processes?sort=target", { fleet: largeFleet(202) });
    await page.getByText("20,200 processes").waitFor();
    const rows = page.getByRole("table").getByRole("row");
    const link = (name: string, host: string) =>
      rows
        .filter({ has: page.getByRole("link", { name: host, exact: true }) })
        .getByRole("link", { name: `job:${name}`, exact: true });
    const asked = () => mock.asked.get("GET /api/v1/processes") ?? 0;
    assert.ok((await rows.count()) < 80, `${await rows.count()} rows`);
    await page.getByRole("checkbox", { name: "Pick host-0/job:job-0", exact: true }).check();

    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await link("job-99", "host-99").waitFor();
    assert.equal(await rows.last().getAttribute("aria-rowindex"), "20201");
    assert.ok((await rows.count()) < 80, `${await rows.count()} rows`);
    assert.ok(asked() < 8, `${asked()} requests for the first rows and the last`);
    await page.evaluate(() => window.scrollTo(0, 0));
    await link("job-0", "host-0").waitFor();

    // Every page on the way down, and what was ticked far above is still meant.
    await page.evaluate(async () => {
      for (let at = 0; at < document.body.scrollHeight; at += 500 * 41) {
        window.scrollTo(0, at);
        await new Promise((resolve) => setTimeout(resolve, 150));
      }
    });
    await page.getByText("1 picked").waitFor();
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight / 2));
    await eventually(async () => (await page.getByRole("table").getByText("Loading").count()) === 0);
    mock.fleet.set("host-99/job:job-99", { state: "FATAL", pid: null });
    await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
    await rows.last().getByText("Fatal", { exact: true }).waitFor();
    assert.deepEqual(complaints, []);
  },
);

test("in another order the rows are there where one has scrolled to, however late they come", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/processes?sort=target", { fleet: largeFleet(60) });
  await page.getByText("6,000 processes").waitFor();
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight / 2));
  await eventually(async () => (await page.getByRole("table").getByText("Loading").count()) === 0);
  const held = mock.hold();
  await page.getByRole("columnheader", { name: "State", exact: true }).getByRole("button").click();
  await page.waitForURL(`${mock.url}/processes`);
  await page.waitForTimeout(400);
  held.release();
  await page.locator('[role="table"][aria-busy="false"]').waitFor();
  await eventually(async () => (await page.getByRole("table").getByText("Loading").count()) === 0);
  assert.ok((await page.evaluate(() => window.scrollY)) > 1_000, "nobody is sent to the top");
  assert.deepEqual(complaints, []);
});

test("rows are gone over, picked and opened by keys, beyond what is drawn too", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/processes?sort=target", { fleet: largeFleet(30) });
  await page.getByText("3,000 processes").waitFor();
  const focused = () =>
    page.evaluate(() => document.activeElement?.closest("[data-index]")?.getAttribute("data-index"));
  await page.keyboard.press("j");
  assert.equal(await focused(), "0");
  for (let n = 0; n < 60; n++) await page.keyboard.press("j");
  await eventually(async () => (await focused()) === "60");
  await page.keyboard.press("k");
  await eventually(async () => (await focused()) === "59");
  await page.keyboard.press("x");
  await page.getByText("1 picked").waitFor();
  const top = await page.evaluate(() => document.activeElement?.getBoundingClientRect().top ?? 0);
  assert.ok(top > 80 && top < 900, `in view: ${top}`);
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/instances\/host-0\/processes\/job\/job-/);
  await page.goto(`${mock.url}/processes`);
  await page.getByRole("table").waitFor();
  await page.keyboard.press("/");
  await page.keyboard.type("jx");
  assert.equal(await page.getByRole("combobox", { name: "Selector" }).inputValue(), "jx", "a field keeps its letters");
  assert.deepEqual(complaints, []);
});

test("rows that cannot be had where one has scrolled to are told so, with a way to have them", needs, async (t) => {
  const { mock, page } = await visit(t, "/processes?sort=target", { fleet: largeFleet(30) });
  await page.getByText("3,000 processes").waitFor();
  mock.failWith(new FleetError("forbidden", "not today"));
  await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
  await page.getByText("Rows here could not be loaded: not today.").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  mock.failWith(null);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("link", { name: "host-9", exact: true }).last().waitFor();
  await page.getByText(/could not be loaded/).waitFor({ state: "detached" });
});
