// History as it happens, and an operation of thousands of targets, in a real Chromium against a pretended controller.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { Page } from "playwright-core";
import { seriousViolations } from "../helpers/browser.js";
import { eventually } from "../helpers/eventually.js";
import { MockFleet } from "../helpers/mock-fleet.js";
import { closeBrowser, visit } from "../helpers/mock-visit.js";
import { without } from "../helpers/needs.js";

const needs = { skip: without("chromium") };
after(closeBrowser);

const rowsOf = (page: Page) => page.getByRole("table", { name: "Events" }).getByRole("row");

test(
  "new events come in by themselves, wait while somebody points at the rows, and stay out when paused",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/events");
    const rows = rowsOf(page);
    await rows.nth(1).waitFor();
    mock.fleet.set("web-1/nginx:nginx", { state: "FATAL", pid: null, spawnError: "first" });
    await rows.nth(1).getByText("first").waitFor();

    const first = rows.nth(1);
    await first.hover();
    const before = await first.boundingBox();
    mock.fleet.set("web-1/nginx:nginx", { state: "FATAL", pid: null, spawnError: "second" });
    const news = page.getByRole("button", { name: "1 new event" });
    await news.waitFor();
    assert.deepEqual(await seriousViolations(page), []);
    assert.deepEqual(await first.boundingBox(), before, "nothing moved");
    // On the way to the button the rows wait too, and it stays.
    await news.hover();
    await page.waitForTimeout(300);
    await first.getByText("first").waitFor();
    await news.click();
    await rows.nth(1).getByText("second").waitFor();
    await news.waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Pause" }).click();
    const asked = mock.asked.get(`GET ${API_PATHS.events}`);
    mock.fleet.set("web-1/nginx:nginx", { state: "FATAL", pid: null, spawnError: "third" });
    await eventually(() => mock.fleet.history.at(-1)?.spawnError === "third");
    await page.getByRole("button", { name: "Follow" }).hover();
    assert.equal(mock.asked.get(`GET ${API_PATHS.events}`), asked);
    await page.getByRole("button", { name: "Follow" }).click();
    await rows.nth(1).getByText("third").waitFor();
    assert.deepEqual(complaints, []);
  },
);

test("events are narrowed by kind, and what the filter leaves out is no news", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/events");
  await rowsOf(page).nth(1).waitFor();
  await page.getByRole("combobox", { name: "Kind" }).selectOption("reports were lost");
  await page.waitForURL(/kind=gap/);
  await page.getByText("No event matches").waitFor();
  const asked = mock.asked.get(`GET ${API_PATHS.events}`);
  mock.fleet.set("web-1/nginx:nginx", { state: "FATAL", pid: null, spawnError: "not asked for" });
  await page.getByRole("combobox", { name: "Kind" }).selectOption("Any kind");
  await rowsOf(page).nth(1).getByText("not asked for").waitFor();
  assert.ok(asked !== undefined);
  assert.deepEqual(complaints, []);
});

test(
  "an operation of thousands of targets shows what failed first and draws only what is in view",
  needs,
  async (t) => {
    const processes = Array.from({ length: 100 }, (_, n) => ({ group: "job", name: `job-${n}`, command: "run" }));
    const fleet = new MockFleet(Array.from({ length: 50 }, (_, n) => ({ name: `host-${n}`, labels: {}, processes })));
    const { mock, page, complaints } = await visit(t, "/login", { fleet });
    mock.fleet.operations.startFails.set("host-0/job:job-17", "no permission to run");
    const { id } = mock.fleet.operations.begin(
      { verb: "restart", selector: "all", batch: "25", maxFailures: 10 },
      "ann",
    );
    mock.fleet.operations.control(id, "pause");
    await page.goto(`${mock.url}/operations/${id}`);
    await page.getByRole("heading", { level: 1, name: "Restart 5,000 processes" }).waitFor();
    const targets = page.getByRole("table", { name: "Targets" });
    await targets.getByRole("row").nth(1).getByText("host-0/job:job-17").waitFor();
    await targets.getByRole("row").nth(1).getByText("Failed").waitFor();
    assert.equal(await targets.getAttribute("aria-rowcount"), "5001");
    assert.ok((await targets.getByRole("row").count()) < 80, "rows are drawn near the view alone");
    assert.ok((await page.getByRole("list", { name: "Batches" }).getByRole("listitem").count()) <= 60);
    assert.deepEqual(await seriousViolations(page), []);
    await page.getByText("Batches, 1 of 200 over").waitFor();
    mock.fleet.operations.control(id, "resume");
    await page.getByText(/Batches, ([2-9]|\d\d+) of 200 over/).waitFor();
    mock.fleet.operations.control(id, "abort");
    await page.getByText("aborted by admin").waitFor();
    assert.deepEqual(complaints, []);
  },
);

test("operations are listed page after page, narrowed by state, verb and user", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/login");
  for (let n = 0; n < 60; n++)
    mock.fleet.operations.begin({ verb: "signal", signal: "HUP", selector: "web-1/nginx" }, "ann");
  mock.fleet.operations.begin({ verb: "stop", selector: "worker-1/worker:*" }, "bob");
  await page.goto(`${mock.url}/operations`);
  const rows = page.getByRole("table", { name: "Operations" }).getByRole("row");
  await eventually(async () => (await rows.count()) === 51);
  await page.getByRole("button", { name: "Earlier" }).click();
  await page.getByText("61 operations, newest first").waitFor();
  await page.getByRole("textbox", { name: "User" }).fill("bob");
  await page.getByText("1 operation, newest first").waitFor();
  mock.fleet.operations.begin({ verb: "start", selector: "worker-1/worker:worker-0" }, "bob");
  await page.getByText("2 operations, newest first").waitFor();
  mock.fleet.operations.begin({ verb: "start", selector: "worker-1/worker:worker-1" }, "carl");
  await page.getByRole("combobox", { name: "Verb" }).selectOption("Stop");
  await page.waitForURL(/verb=stop&user=bob/);
  await page.getByText("1 operation, newest first").waitFor();
  await page.getByRole("button", { name: "Failed" }).click();
  await page.getByText("No operation matches").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await page.getByRole("button", { name: "Show every operation" }).click();
  await page.waitForURL(`${mock.url}/operations`);
  assert.deepEqual(complaints, []);
});
