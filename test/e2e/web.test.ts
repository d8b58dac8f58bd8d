// The web page in a real Chromium on a real controller with real agents: what happens on a host is on the open page.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { launchBrowser, openPage, seriousViolations, wearColours } from "../helpers/browser.js";
import { LOGIN_LINK } from "../helpers/controller.js";
import { eventually } from "../helpers/eventually.js";
import { type AgentPlan, type Fleet, startFleet } from "../helpers/fleet.js";
import { without } from "../helpers/needs.js";
import { FVCONTROLLER, program } from "../helpers/paths.js";
import { isAlive } from "../helpers/proc.js";
import { runProcess } from "../helpers/processes.js";
import type { Scope } from "../helpers/scope.js";

const needs = { skip: without("chromium") };

const HOSTS: readonly AgentPlan[] = ["web-1", "web-2", "db-1"].map((name) => ({
  name,
  labels: name.startsWith("web") ? "role=web" : "role=db",
  sections: `
[program:api]
command = ${program("leaves-a-trail.sh")} {dir}/%(process_num)d
process_name = api-%(process_num)d
numprocs = 2
startsecs = 0
autorestart = true

[program:clock]
command = ${program("counts.sh")}
startsecs = 0
`,
}));

let launched: Promise<Browser> | undefined;
after(async () => (await launched)?.close());

/** A link of the running controller that logs in once, as its command prints it. */
async function loginLink(fleet: Fleet): Promise<string> {
  const where = ["--data-dir", fleet.controller.dataDir];
  const { stdout, stderr } = await runProcess(process.execPath, [FVCONTROLLER, "login-link", ...where]);
  const link = LOGIN_LINK.exec(stdout)?.[1];
  if (link === undefined) throw new Error(`no link in:\n${stdout}${stderr}`);
  return link;
}

/** A browser that came in by a one-time link and stands on the fleet's page. */
async function enter(t: Scope, fleet: Fleet): Promise<{ page: Page; complaints: readonly string[] }> {
  launched ??= launchBrowser();
  const opened = await openPage(t, await launched);
  await opened.page.goto(await loginLink(fleet));
  await opened.page.getByRole("heading", { level: 1, name: "All is well" }).waitFor();
  return opened;
}

async function pidOf(fleet: Fleet, target: string): Promise<number> {
  const [process] = await fleet.processes(target);
  if (process?.pid == null) throw new Error(`${target} has no pid`);
  return process.pid;
}

test(
  "a child killed with SIGKILL: the open page shows its end and its successor without a reload",
  needs,
  async (t) => {
    const fleet = await startFleet(t, HOSTS);
    const { page, complaints } = await enter(t, fleet);
    const target = "web-2/api:api-1";
    await page.goto(`${fleet.controller.url}/instances/web-2/processes/api/api-1`);
    const victim = await pidOf(fleet, target);
    const facts = page.getByRole("region", { name: "Facts" });
    await facts.getByText(String(victim), { exact: true }).waitFor();
    await page.evaluate(() => Object.assign(globalThis, { sameDocument: true }));

    process.kill(victim, "SIGKILL");
    const successor = await eventually(async () => {
      const pid = await pidOf(fleet, target);
      return pid !== victim && pid;
    });
    await facts.getByText(String(successor), { exact: true }).waitFor();
    const history = page.getByRole("list", { name: "History, newest first" }).getByRole("listitem");
    await history.getByText("killed by SIGKILL").waitFor();
    const newest = await eventually(async () => {
      const rows = await history.allInnerTexts();
      return rows[0]?.startsWith("Running") && rows.slice(0, 3);
    });
    assert.deepEqual(
      newest.map((row) => row.split("\n")[0]),
      ["Running", "Starting", "Exited"],
    );
    assert.match(newest[0] ?? "", new RegExp(`pid ${successor}\\b`));
    assert.equal(await page.evaluate(() => "sameDocument" in globalThis), true);
    assert.deepEqual(complaints, []);
  },
);

test("stop and start by the buttons of a row reach the process on its host", needs, async (t) => {
  const fleet = await startFleet(t, HOSTS.slice(0, 2));
  const { page, complaints } = await enter(t, fleet);
  const target = "web-1/api:api-0";
  const before = await pidOf(fleet, target);
  await page.goto(`${fleet.controller.url}/processes?q=web-1/*`);
  await page.getByRole("button", { name: `Stop ${target}`, exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByText(`Stopped ${target}`).waitFor();
  assert.equal(isAlive(before), false);
  const row = page
    .getByRole("row")
    .filter({ has: page.getByRole("checkbox", { name: `Pick ${target}`, exact: true }) });
  await row.getByText("Stopped", { exact: true }).waitFor();

  await page.getByRole("button", { name: `Start ${target}`, exact: true }).click();
  await page.getByText(`Started ${target}`).waitFor();
  const now = await pidOf(fleet, target);
  assert.ok(isAlive(now));
  await row.getByText(`pid ${now}`).waitFor();

  const others = [await pidOf(fleet, "web-2/api:api-0"), await pidOf(fleet, "web-1/api:api-1")];
  for (const name of [target, "web-1/api:api-1"]) {
    await page.getByRole("checkbox", { name: `Pick ${name}`, exact: true }).check();
  }
  await page.getByRole("button", { name: "Restart", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Restart 2" }).click();
  await page.getByText("Restarted 2 processes").waitFor();
  assert.deepEqual([now, ...others].map(isAlive), [false, true, false]);
  assert.deepEqual(complaints, []);
});

test("a log runs on under the eyes of its reader, and both channels are there", needs, async (t) => {
  const fleet = await startFleet(t, HOSTS.slice(0, 1));
  const { page, complaints } = await enter(t, fleet);
  await page.goto(`${fleet.controller.url}/instances/web-1/processes/clock/clock`);
  const seen = async () => {
    const lines = await page.getByRole("log").locator("[data-index]").allTextContents();
    return lines.map((line) => Number(/^tick (\d+)$/.exec(line)?.[1])).filter((tick) => tick > 0);
  };
  const first = await eventually(async () => (await seen()).at(-1));
  const later = await eventually(async () => {
    const ticks = await seen();
    return (ticks.at(-1) ?? 0) > first + 10 && ticks;
  });
  assert.deepEqual(
    later,
    later.map((_, place) => (later[0] ?? 0) + place),
    "nothing missing, nothing doubled",
  );
  await page.getByText("stderr", { exact: true }).click();
  await page.getByText(`started as ${await pidOf(fleet, "web-1/clock")}`).waitFor();
  assert.deepEqual(complaints, []);
});

test("a controller that is killed and comes back finds the page waiting, still logged in", needs, async (t) => {
  const fleet = await startFleet(t, HOSTS.slice(0, 1));
  const { page } = await enter(t, fleet);
  const target = "web-1/api:api-0";
  await page.goto(`${fleet.controller.url}/processes`);
  const row = page
    .getByRole("row")
    .filter({ has: page.getByRole("checkbox", { name: `Pick ${target}`, exact: true }) });
  const victim = await pidOf(fleet, target);
  await row.getByText(`pid ${victim}`).waitFor();

  await fleet.controller.crash();
  await page.getByText(/The controller has not been heard for/).waitFor();
  process.kill(victim, "SIGKILL");
  await fleet.controller.startAgain();
  const successor = await eventually(async () => {
    const pid = await pidOf(fleet, target);
    return pid !== victim && pid;
  });
  await row.getByText(`pid ${successor}`).waitFor();
  await page.getByText(/The controller has not been heard for/).waitFor({ state: "detached" });
});

test("a rolling restart is previewed, followed on its page, and told in the past of a process", needs, async (t) => {
  const fleet = await startFleet(t, HOSTS.slice(0, 2));
  const { page, complaints } = await enter(t, fleet);
  const target = "web-1/api:api-0";
  const before = await pidOf(fleet, target);
  await page.goto(`${fleet.controller.url}/processes?q=role%3Dweb%2Fapi:*`);
  await page.getByText("4 processes", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Act on all" }).click();
  await page.getByRole("menuitem", { name: "Restart all that match…" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText("In batches").click();
  await dialog.getByRole("textbox", { name: "At a time (5 or 10%)" }).fill("1");
  await dialog.getByRole("textbox", { name: "Each must stay up for, s" }).fill("0.2");
  await dialog.getByText("in 4 batches of 1").waitFor();
  await dialog.getByRole("button", { name: "Restart 4" }).click();
  await page.getByRole("link", { name: "Show the operation" }).click();
  await page.getByRole("heading", { level: 1, name: "Restart 4 processes" }).waitFor();
  await page.getByText("Batches, 4 of 4 over").waitFor();
  await page.getByText("Succeeded", { exact: true }).waitFor();
  assert.notEqual(await pidOf(fleet, target), before);

  await page.getByRole("link", { name: target }).click();
  await page.getByRole("region", { name: "States and use" }).getByText("Running").waitFor();
  await page.getByText("Exits", { exact: true }).click();
  const exits = page.getByRole("table", { name: "Exits, newest first" });
  await exits
    .getByText(/asked by admin/)
    .first()
    .waitFor();
  await exits.getByRole("link", { name: "operation" }).first().click();
  await page.getByRole("heading", { level: 1, name: "Restart 4 processes" }).waitFor();
  await page.goto(`${fleet.controller.url}/events?cause=order&user=admin`);
  await page.getByRole("link", { name: target }).first().waitFor();
  assert.deepEqual(complaints, []);
});

test("a user who may only look is told nothing else, and sees what is done by others", needs, async (t) => {
  const fleet = await startFleet(t, HOSTS.slice(0, 1));
  const { page } = await enter(t, fleet);
  await page.goto(`${fleet.controller.url}/access/users`);
  const newUser = page.getByRole("form", { name: "New user" });
  await newUser.getByRole("textbox", { name: "New user" }).fill("vera");
  await newUser.getByLabel(/First password/).fill("only looking");
  await newUser.getByRole("button", { name: "Add" }).click();
  const grant = page.getByRole("form", { name: "New grant" });
  await grant.getByRole("combobox", { name: "To" }).selectOption("vera");
  await grant.getByRole("textbox", { name: "Over what (a selector)" }).fill("all");
  await grant.getByRole("button", { name: "Grant" }).click();
  await page.getByText("viewer of all").waitFor();

  const { page: other } = await openPage(t, await (launched ?? launchBrowser()));
  await other.goto(`${fleet.controller.url}/login`);
  await other.getByRole("textbox", { name: "User name" }).fill("vera");
  await other.getByRole("textbox", { name: "Password" }).fill("only looking");
  await other.getByRole("button", { name: "Log in" }).click();
  await other.getByRole("heading", { level: 1, name: "All is well" }).waitFor();
  await other.goto(`${fleet.controller.url}/instances/web-1/processes/clock/clock`);
  await other.getByText("Following").waitFor();
  assert.equal(await other.getByRole("button", { name: /^(Restart|Stop|Signal)$/ }).count(), 0);
  await page.goto(`${fleet.controller.url}/instances/web-1/processes/clock/clock`);
  await page.getByRole("button", { name: "Stop", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Stop", exact: true }).click();
  await other.getByText("Stopped", { exact: true }).first().waitFor();
});

test("with real data every page passes axe, in light colours and in dark", needs, async (t) => {
  const fleet = await startFleet(t, HOSTS.slice(0, 1));
  const { page, complaints } = await enter(t, fleet);
  const found: Record<string, string[]> = {};
  for (const [path, has] of [
    ["/", "Latest changes"],
    ["/processes", "clock"],
    ["/instances", "1 instance"],
    ["/instances/web-1", "Identifier"],
    ["/instances/web-1/processes/clock/clock", "Following"],
    ["/operations", "Nobody has asked for anything yet"],
    ["/events", "Became"],
    ["/access", "admin of all"],
    ["/access/users", "admin (you)"],
    ["/access/logins", "Everybody's sessions"],
    ["/access/hosts", "used up"],
    ["/access/audit", "rows are as they were written"],
    ["/access/explain?verb=restart", "By the grant"],
    ["/controller", "Agents connected"],
  ] as const) {
    await page.goto(fleet.controller.url + path);
    await page.getByText(has).first().waitFor();
    for (const colorScheme of ["light", "dark"] as const) {
      await wearColours(page, colorScheme);
      const violations = await seriousViolations(page);
      if (violations.length > 0) found[`${path} ${colorScheme}`] = violations;
    }
  }
  assert.deepEqual(found, {});
  assert.deepEqual(complaints, []);
});
