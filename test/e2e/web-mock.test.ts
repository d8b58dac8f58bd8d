// The web page in a real Chromium against a pretended controller: every page, live changes, orders, and what goes wrong.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Page } from "playwright-core";
import { eventually } from "../helpers/eventually.js";
import { MockFleet } from "../helpers/mock-fleet.js";
import { closeBrowser, visit } from "../helpers/mock-visit.js";
import { without } from "../helpers/needs.js";

const needs = { skip: without("chromium") };

after(closeBrowser);

/** A row of a process table, by its target's checkbox. */
const rowOf = (page: Page, target: string) =>
  page.getByRole("row").filter({ has: page.getByRole("checkbox", { name: `Pick ${target}`, exact: true }) });

const notice = (page: Page, words: string | RegExp) =>
  page.getByRole("region", { name: "Notices" }).getByText(words).first();

test(
  "the one-time link logs in, leaves no trace in the address, and a password chosen then logs in again",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/login", { passwordSet: false });
    await page.context().clearCookies();
    await page.goto("about:blank");
    await page.goto(mock.loginLink);
    await page.getByRole("heading", { level: 1, name: /process is fatal/ }).waitFor();
    assert.equal(page.url(), `${mock.url}/`);

    const prompt = page.getByRole("form", { name: "Password" });
    await prompt.getByRole("textbox", { name: "New password" }).fill("short");
    await prompt.getByRole("button", { name: "Save" }).click();
    await prompt.getByText("At least 8 characters").waitFor();
    await page.getByRole("link", { name: "Processes", exact: true }).click();
    await prompt.waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Fleet", exact: true }).click();
    await prompt.getByRole("textbox", { name: "New password" }).fill("a longer one");
    await prompt.getByRole("button", { name: "Save" }).click();
    await prompt.waitFor({ state: "detached" });

    await page.getByRole("button", { name: "Account of admin" }).click();
    await page.getByRole("menuitem", { name: "Log out" }).click();
    await page.waitForURL(`${mock.url}/login`);
    await page.getByRole("textbox", { name: "Password" }).fill("a longer one");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.waitForURL(`${mock.url}/`);
    await page.getByRole("heading", { level: 1, name: /process is fatal/ }).waitFor();
    assert.deepEqual(complaints, []);
  },
);

test("a link used before says so and leaves the way in by password", needs, async (t) => {
  const { mock, page } = await visit(t, "/login");
  await page.goto("about:blank");
  await page.goto(`${mock.url}/login#code=long-gone`);
  await page.getByRole("alert").getByText("this link has been used or has expired").waitFor();
  await page.getByRole("textbox", { name: "User name" }).waitFor();
  assert.equal(page.url(), `${mock.url}/login`);
});

test("the fleet at a glance says what is wrong first and follows it without a reload", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/");
  const wrong = page.getByRole("region", { name: "What is wrong" });
  await wrong.getByText("couldn't exec /srv/app/bin/api: ENOENT").waitFor();
  assert.deepEqual(
    await wrong.getByRole("listitem").evaluateAll((rows) => rows.map((row) => row.querySelector("a")?.textContent)),
    ["db-1", "api:api-2", "scheduler"],
  );
  await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
  mock.fleet.set("web-1/nginx:nginx", { state: "FATAL", pid: null, spawnError: "bind: address already in use" });
  await wrong.getByText("bind: address already in use").waitFor();
  await page.getByRole("heading", { level: 1, name: /^2 processes are fatal/ }).waitFor();
  await page.getByRole("link", { name: "2 Fatal" }).waitFor();
  mock.fleet.setInstance("db-1", { liveness: "live", livenessReason: null, lastHeardAtMs: Date.now() });
  await wrong.getByRole("link", { name: "db-1" }).waitFor({ state: "detached" });
  assert.equal(await page.evaluate(() => "sameDocument" in globalThis), true);
  assert.deepEqual(complaints, []);
});

test("a row of the table shows the successor of a killed process by itself", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/processes");
  const row = rowOf(page, "web-1/api:api-1");
  await row.getByText(`pid ${mock.fleet.process("web-1/api:api-1").pid}`).waitFor();
  await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));
  const successor = mock.fleet.kill("web-1/api:api-1");
  await row.getByText(`pid ${successor.pid}`).waitFor();
  await row.getByText("Running").waitFor();
  assert.equal(await page.evaluate(() => "sameDocument" in globalThis), true);
  assert.deepEqual(complaints, []);
});

test("start and stop of a row post the order with the CSRF token and tell the outcome", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/processes");
  const target = "web-2/api:api-1";
  await page.getByRole("button", { name: `Stop ${target}`, exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("heading", { name: `Stop ${target}` }).waitFor();
  assert.ok(
    mock.orders.every((order) => order.dryRun === true),
    "nothing is done before the answer",
  );
  await dialog.getByRole("button", { name: "Stop", exact: true }).click();
  await notice(page, `Stopped ${target}`).waitFor();
  await rowOf(page, target).getByText("Stopped").waitFor();
  await page.getByRole("button", { name: `Start ${target}`, exact: true }).click();
  await notice(page, `Started ${target}`).waitFor();
  await rowOf(page, target).getByText("Running").waitFor();
  assert.deepEqual(
    mock.orders.filter((order) => order.dryRun !== true),
    ["stop", "start"].map((verb) => ({ verb, selector: target, csrfToken: "csrf-of-the-mock" })),
  );
  assert.deepEqual(complaints, []);
});

test("a start that fails stays on the screen in the agent's words", needs, async (t) => {
  const { mock, page } = await visit(t, "/instances/web-2/processes/api/api-2");
  mock.fleet.operations.startFails.set("web-2/api:api-2", "no permission to run");
  await page.getByRole("button", { name: "Start", exact: true }).click();
  await notice(page, "Could not start web-2/api:api-2").waitFor();
  await notice(page, /ABNORMAL TERMINATION: no permission to run/).waitFor();
});

test("picked rows are restarted together, after a question that names them", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/processes?q=web-*/*");
  for (const name of ["web-1/api:api-0", "web-2/api:api-3"]) {
    await page.getByRole("checkbox", { name: `Pick ${name}`, exact: true }).check();
  }
  await page.getByText("2 picked").waitFor();
  await page.getByRole("button", { name: "Restart", exact: true }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("web-1/api:api-0").waitFor();
  await dialog.getByText("web-2/api:api-3").waitFor();
  await dialog.getByRole("button", { name: "Restart 2" }).click();
  await notice(page, "Restarted 2 processes").waitFor();
  const order = mock.orders.at(-1);
  assert.deepEqual([order?.verb, order?.selector], ["restart", "web-1/api:api-0 web-2/api:api-3"]);
  assert.deepEqual(complaints, []);
});

test("the page of a process follows its log and its history", needs, async (t) => {
  const target = "web-1/api:api-1";
  const fleet = new MockFleet();
  fleet.write(target, "ready on port 8080\n");
  const { mock, page, complaints } = await visit(t, "/instances/web-1/processes/api/api-1", { fleet });
  await page.getByText("ready on port 8080").waitFor();
  mock.fleet.write(target, "\u001b[31mfirst\u001b[0m half");
  mock.fleet.write(target, ", second half\n<b>not markup</b>\n");
  await page.getByText("first half, second half").waitFor();
  await page.getByText("<b>not markup</b>").waitFor();

  const { pid } = mock.fleet.process(target);
  const history = page.getByRole("list", { name: "History, newest first" });
  const successor = mock.fleet.kill(target);
  await history.getByText("killed by SIGKILL").waitFor();
  await history.getByText(`pid ${successor.pid}`).first().waitFor();
  await page.getByRole("region", { name: "Facts" }).getByText(String(successor.pid), { exact: true }).waitFor();
  assert.notEqual(pid, successor.pid);

  await page.getByText("stderr", { exact: true }).first().click();
  await page.getByText("Nothing written to stderr yet").waitFor();
  mock.fleet.write(target, "oops\n", "stderr");
  await page.getByText("oops").waitFor();
  assert.deepEqual(complaints, []);
});

test("everything is within reach of the keyboard", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/processes");
  await page.getByRole("table").waitFor();
  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement?.textContent), "Skip to content");
  await page.keyboard.press("Enter");
  await page.keyboard.press("/");
  await page.keyboard.type("web-1/nginx");
  await page.keyboard.press("Enter");
  await page.waitForURL(/q=web-1/);
  await page.getByText("1 process", { exact: true }).waitFor();

  const stop = page.getByRole("button", { name: "Stop web-1/nginx:nginx", exact: true });
  await eventually(async () => {
    await page.keyboard.press("Tab");
    return stop.evaluate((button) => button === document.activeElement);
  });
  await page.keyboard.press("Enter");
  await page.getByRole("dialog").waitFor();
  await page.keyboard.press("Escape");
  await page.getByRole("dialog").waitFor({ state: "detached" });
  await eventually(() => stop.evaluate((button) => button === document.activeElement), { what: "focus comes back" });
  await page.keyboard.press("Enter");
  const confirm = page.getByRole("dialog").getByRole("button", { name: "Stop", exact: true });
  await eventually(() => confirm.evaluate((button) => button === document.activeElement), {
    what: "the answer is under the finger",
  });
  await page.keyboard.press("Enter");
  await notice(page, "Stopped web-1/nginx:nginx").waitFor();
  assert.equal(mock.orders.at(-1)?.verb, "stop");
  assert.deepEqual(complaints, []);
});

test(
  "a selector that cannot be read says where, and one that matches nothing offers the way back",
  needs,
  async (t) => {
    const { page } = await visit(t, "/processes");
    const box = page.getByRole("combobox", { name: "Selector" });
    await box.fill("state=BROKEN");
    await page.getByText(/no process state is BROKEN/).waitFor();
    await box.fill("nowhere/x");
    await page.getByText("No process matches").waitFor();
    await box.fill("web-*");
    await page.getByRole("link", { name: "web-*/*" }).click();
    await page.getByText("14 processes").waitFor();
    assert.equal(await box.inputValue(), "web-*/*");
    await box.fill("nowhere/x");
    await page.getByRole("button", { name: "Show every process" }).click();
    await rowOf(page, "web-1/nginx:nginx").waitFor();
    assert.equal(await box.inputValue(), "");
  },
);

test(
  "a controller that goes away is said across the page, and what changed meanwhile is there when it is back",
  needs,
  async (t) => {
    const { mock, page } = await visit(t, "/processes");
    await rowOf(page, "web-1/nginx:nginx").getByText("Running").waitFor();
    await mock.goAway();
    await page.getByText(/The controller has not been heard for/).waitFor();
    mock.fleet.set("web-1/nginx:nginx", { state: "FATAL", pid: null, spawnError: "gone meanwhile" });
    await mock.comeBack();
    await page.getByText("gone meanwhile").waitFor();
    await page.getByText(/The controller has not been heard for/).waitFor({ state: "detached" });
  },
);

test("an ended session leads to the login and from there back to where one was", needs, async (t) => {
  const { mock, page } = await visit(t, "/instances/worker-1");
  await page.getByRole("heading", { level: 1, name: "worker-1" }).waitFor();
  mock.endSessions();
  await page.getByText("Your session has ended.").waitFor();
  await page.getByRole("textbox", { name: "Password" }).fill("correct horse");
  await page.getByRole("button", { name: "Log in" }).click();
  await page.waitForURL(`${mock.url}/instances/worker-1`);
  await page.getByRole("heading", { level: 1, name: "worker-1" }).waitFor();
});

test("a hidden page lets go of its streams, and shows what was missed when it is looked at again", needs, async (t) => {
  const { mock, page } = await visit(t, "/login");
  const target = "web-1/api:api-1";
  await page.clock.install();
  await page.goto(`${mock.url}/instances/web-1/processes/api/api-1`);
  await page.getByText("Nothing written to stdout yet").waitFor();
  const look = (hidden: boolean) =>
    page.evaluate((value) => {
      Object.defineProperty(document, "hidden", { value, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    }, hidden);
  await look(true);
  await page.clock.fastForward(30_000);
  await page.getByText("This page was hidden").waitFor();
  await page.getByText("Paused", { exact: true }).waitFor();
  mock.fleet.write(target, "said in the meantime\n");
  const { pid } = mock.fleet.kill(target);
  await look(false);
  await page.getByText("said in the meantime").waitFor();
  await page.getByRole("region", { name: "Facts" }).getByText(String(pid), { exact: true }).waitFor();
});

test("a refused question is answered in the controller's words, and asked again on demand", needs, async (t) => {
  const { mock, page } = await visit(t, "/login");
  mock.failWith(new FleetError("forbidden", "viewers of role=web see nothing here"));
  await page.goto(`${mock.url}/processes`);
  await page.getByText("viewers of role=web see nothing here").waitFor();
  mock.failWith(null);
  await page.getByRole("button", { name: "Try again" }).click();
  await rowOf(page, "web-1/nginx:nginx").waitFor();
});

test(
  "a controller without hosts shows how to add one, with one line to run, and says when it came",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/", { fleet: new MockFleet([]) });
    await page.getByRole("heading", { name: "No hosts yet" }).waitFor();
    await page.getByRole("textbox", { name: /Address of this controller/ }).fill("fleet.example.net");
    await page.getByRole("button", { name: "Make a join token" }).click();
    await page.getByText(/controller = fleet\.example\.net:9701.*FLEETVISOR_JOIN_TOKEN=fvj_\S+ fvagent -c /).waitFor();
    assert.equal(mock.asked.get(`POST ${API_PATHS.joinTokens}`), 1);
    await page.getByText("Waiting for the host.").waitFor();
    assert.deepEqual(complaints, []);
  },
);
