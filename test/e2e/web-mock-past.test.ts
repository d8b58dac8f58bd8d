// What was, on the pages of a process and an instance: states and figures over a time, exits, what came before a failure; and removal.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, test } from "node:test";
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { eventually } from "../helpers/eventually.js";
import { closeBrowser, visit } from "../helpers/mock-visit.js";
import { without } from "../helpers/needs.js";

const needs = { skip: without("chromium") };
after(closeBrowser);

test(
  "the page of a process draws its states and figures, tells its exits and what changed before the last",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/login");
    const target = "worker-1/worker:worker-0";
    const { id } = mock.fleet.operations.begin({ verb: "restart", selector: "worker-1/mailer" }, "ann");
    await eventually(() => mock.fleet.operations.get(id)?.state === "succeeded");
    const end = { exitCode: 3, exitExpected: false };
    mock.fleet.set(
      target,
      { state: "EXITED", pid: null, ...end },
      { ...end, uptimeMs: 61_000, cpuMs: 4_000, stderrTail: "boom\n" },
    );
    await page.goto(`${mock.url}/instances/worker-1/processes/worker/worker-0`);
    const before = page.getByRole("list", { name: "What changed on the host just before" });
    await before.getByText("ann asked for an operation").waitFor();
    await page.locator("canvas").nth(1).waitFor();
    await page.getByText(/^now .*\s%, average .*\s%, most .*\s%$/).waitFor();
    const shares = page.getByRole("list", { name: "Time in each state" });
    await shares.getByText("Running").waitFor();
    await shares.getByText("Exited").waitFor();
    await page.getByText("7 d", { exact: true }).click();
    await page.waitForURL(/span=7d/);
    await page.getByText("Exits", { exact: true }).click();
    const exits = page.getByRole("table", { name: "Exits, newest first" });
    await exits.getByText("exited with code 3 (unexpected)").waitFor();
    await exits.getByText("1m 01s").waitFor();
    await exits.getByRole("button", { name: "Last lines" }).click();
    await exits.getByText("boom").waitFor();
    await before.getByRole("link", { name: "Show it" }).click();
    await page.waitForURL(`${mock.url}/operations/${id}`);
    assert.deepEqual(complaints, []);
  },
);

test("a process that got up again says how it ended, until somebody restarts it", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/login");
  const target = "web-1/api:api-1";
  mock.fleet.kill(target);
  await page.goto(`${mock.url}/instances/web-1/processes/api/api-1`);
  const last = page.getByRole("region", { name: "How it ended last" });
  await last.getByText("Up again. Before that:").waitFor();
  await last.getByText("killed by SIGKILL").waitFor();
  const { id } = mock.fleet.operations.begin({ verb: "restart", selector: target }, "ann");
  await eventually(() => mock.fleet.operations.get(id)?.state === "succeeded");
  await last.waitFor({ state: "detached" });
  assert.deepEqual(complaints, []);
});

test("an instance is removed after a question that says what happens, by who may", needs, async (t) => {
  const { mock, page } = await visit(t, "/instances/db-1");
  await page.getByRole("button", { name: "Remove db-1" }).click();
  await page
    .getByRole("dialog")
    .getByText(/Its certificate counts no more/)
    .waitFor();
  await page.getByRole("dialog").getByRole("button", { name: "Remove" }).click();
  await page.getByText("3 instances", { exact: true }).waitFor();
  assert.equal(mock.fleet.instance("db-1"), undefined);

  const grants = [{ role: "operator" as const, verbs: [], selector: "all" }];
  const other = await visit(t, "/instances/db-1", { session: { role: "operator", administers: false, grants } });
  await other.page.getByRole("region", { name: "Use of the host" }).waitFor();
  assert.equal(await other.page.getByRole("button", { name: "Remove db-1" }).count(), 0);
});

test("history is explored by selector, cause and user, and what is found is saved as a file", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/events");
  const rows = page.getByRole("table", { name: "Events" }).getByRole("row");
  await rows.nth(1).waitFor();
  await page.getByRole("combobox", { name: "Selector" }).fill("worker-1/*");
  await page.getByRole("combobox", { name: "Cause" }).selectOption("an exit that was not expected");
  await page.waitForURL(/q=worker-1%2F\*&cause=unexpected/);
  await eventually(async () => (await rows.count()) === 3);
  await rows.getByRole("button", { name: "Last lines" }).first().click();
  await page
    .getByText(/ScheduleLocked/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Export" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "As ndjson" }).click(),
  ]);
  const lines = readFileSync(await file.path(), "utf8")
    .trimEnd()
    .split("\n");
  assert.deepEqual(new Set(lines.map((line) => (JSON.parse(line) as HistoryEvent).instance)), new Set(["worker-1"]));
  await page.getByRole("textbox", { name: "User" }).fill("nobody");
  await page.getByRole("button", { name: "Show every event" }).click();
  await page.waitForURL(`${mock.url}/events`);
  await page.getByRole("link", { name: "web-1/nginx:nginx" }).waitFor();
  assert.deepEqual(complaints, []);
});

test(
  "the fleet's page tells what the last hour made worse, what restarts most and which operations failed",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/login");
    mock.fleet.operations.startFails.set("worker-1/worker:worker-3", "no permission to run");
    const { id } = mock.fleet.operations.begin({ verb: "restart", selector: "worker-1/worker:*" }, "ann");
    mock.fleet.kill("web-1/api:api-1");
    mock.fleet.kill("web-1/api:api-1");
    await eventually(() => mock.fleet.operations.get(id)?.state === "failed");
    await page.goto(mock.url);
    const hour = page.getByRole("region", { name: "The last hour" });
    await hour
      .getByRole("region", { name: "Became worse" })
      .getByRole("link", { name: "worker-1/worker:worker-3" })
      .waitFor();
    await hour.getByRole("link", { name: "Restart 8 processes" }).waitFor();
    await hour.getByRole("link", { name: "2 times" }).click();
    await page.waitForURL(/\/events\?q=web-1%2Fapi%3Aapi-1&cause=restart&span=1h/);
    assert.deepEqual(complaints, []);
  },
);
