// Operations in a real Chromium against a pretended controller: asked for with a preview, followed, paused, resumed and aborted.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { eventually } from "../helpers/eventually.js";
import { closeBrowser, visit } from "../helpers/mock-visit.js";
import { without } from "../helpers/needs.js";

const needs = { skip: without("chromium") };
after(closeBrowser);

test("acting on many shows what, where and in which batches, and leads to its operation", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/processes?q=worker-1%2Fworker:*");
  await page.getByRole("button", { name: "Act on all" }).click();
  await page.getByRole("menuitem", { name: "Restart all that match…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("On 1 instance: worker-1 (8)").waitFor();
  await dialog.getByText("In batches").click();
  const size = dialog.getByRole("textbox", { name: "At a time (5 or 10%)" });
  await size.fill("none");
  await dialog.getByText("A number such as 5, or a share such as 10%").waitFor();
  assert.equal(await dialog.getByRole("button", { name: "Restart 8" }).isDisabled(), true);
  await size.fill("3");
  await dialog.getByText("in 3 batches of up to 3").waitFor();
  await dialog.getByText("Batch 3").waitFor();
  await dialog.getByRole("button", { name: "Restart 8" }).click();
  await page.getByRole("link", { name: "Show the operation" }).click();
  await page.getByRole("heading", { level: 1, name: "Restart 8 processes" }).waitFor();
  await page.getByText("3 batches of 3 targets; each must stay up for 10s; ends at the first failure").waitFor();
  const order = mock.orders.at(-1);
  assert.deepEqual(
    [order?.dryRun, order?.batch, order?.waitRunningMs, order?.pauseMs, order?.maxFailures],
    [undefined, "3", 10_000, 0, 0],
  );
  await page.getByText("Batches, 3 of 3 over").waitFor();
  assert.deepEqual(complaints, []);
});

test(
  "an operation goes on under the eyes of its reader, waits when paused, and skips the rest when aborted",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/operations");
    await page.getByText("Nobody has asked for anything yet").waitFor();
    mock.fleet.operations.begin({ verb: "restart", selector: "worker-1/worker:*", batch: "1" }, "ann");
    mock.fleet.operations.control("op-1", "pause");
    await page.getByRole("link", { name: "Restart 8 processes" }).click();
    await page.getByText("Batches, 1 of 8 over").waitFor();
    await page.getByRole("button", { name: "Resume" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("The next of 7 processes will be done.").waitFor();
    await dialog.getByRole("button", { name: "Resume" }).click();
    await page.getByText(/Batches, [2-8] of 8 over/).waitFor();
    mock.fleet.operations.control("op-1", "pause");
    await page.getByRole("button", { name: "Resume" }).waitFor();
    await page.getByRole("button", { name: "Abort" }).click();
    await dialog.getByText(/what is done stays done/).waitFor();
    await dialog.getByRole("button", { name: "Abort" }).click();
    await page.getByText("aborted by admin").waitFor();
    assert.equal(await page.getByRole("button", { name: "Abort" }).count(), 0);
    await page.getByRole("button", { name: /^Skipped/ }).click();
    await page.waitForURL(/result=skipped/);
    const skipped = await eventually(() => page.getByRole("table", { name: "Targets" }).getByRole("row").count());
    assert.ok(skipped >= 2, `${skipped} rows`);
    assert.deepEqual(complaints, []);
  },
);

test("what no grant allows is nowhere offered", needs, async (t) => {
  const session = {
    user: "vera",
    role: "viewer",
    administers: false,
    grants: [{ role: "viewer" as const, verbs: [], selector: "all" }],
  };
  const { mock, page } = await visit(t, "/processes", { session });
  await page.getByRole("checkbox", { name: "Pick web-1/api:api-1", exact: true }).check();
  await page.getByText("1 picked").waitFor();
  for (const name of ["Restart", "Stop", "Start", /^Restart web/, "Act on all"]) {
    assert.equal(await page.getByRole("button", { name, exact: typeof name === "string" }).count(), 0, String(name));
  }
  await page.goto(`${mock.url}/instances/web-1/processes/api/api-1`);
  await page.getByText("Following").waitFor();
  assert.equal(await page.getByRole("button", { name: /Restart|Signal/ }).count(), 0);
  mock.fleet.operations.begin({ verb: "restart", selector: "worker-1/worker:*", batch: "2" }, "ann");
  await page.goto(`${mock.url}/operations/op-1`);
  await page.getByRole("heading", { level: 1, name: "Restart 8 processes" }).waitFor();
  assert.equal(await page.getByRole("button", { name: /Pause|Abort/ }).count(), 0);
});
