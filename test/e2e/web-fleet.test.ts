// The web page over a whole fleet: one controller, three real agents and a thousand simulated instances that change all the time. What
// an engineer on call does, from the one-time link to the host that is back, each step on the page and checked on the host.
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, type TestContext, test } from "node:test";
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { FleetSummary, InstanceList, Operation, Process, ProcessList } from "@fleetvisor/proto/api/v1";
import type { Browser, Page } from "playwright-core";
import { papersFor } from "../bench/fleet/papers.js";
import { SimulatedFleet } from "../bench/fleet/simulated-fleet.js";
import { LinkProxy } from "../faults/proxy.js";
import { launchBrowser, openPage, seriousViolations, wearColours } from "../helpers/browser.js";
import { type Controller, LOGIN_LINK, startController } from "../helpers/controller.js";
import { eventually } from "../helpers/eventually.js";
import { startAgent } from "../helpers/fleet.js";
import { without } from "../helpers/needs.js";
import { FVCONTROLLER, program } from "../helpers/paths.js";
import { runProcess } from "../helpers/processes.js";
import { defer, type Scope } from "../helpers/scope.js";
import type { Daemon } from "../helpers/supervisord.js";

const needs = { skip: without("chromium") };

const SIMULATED = 1_000;
const PROCESSES = 4;
/** Of the simulated ones, over all of them; they are never left in peace. */
const CHANGES_PER_SECOND = 20;
/** A host is lost after twelve of these. */
const HEARTBEAT = ["--heartbeat-seconds", "2"];
/** Three heartbeats and a thousand rows on a machine that does something else besides. */
const SLOW = { timeout: 90_000 };

const API = `
[program:api]
command = ${program("leaves-a-trail.sh")} {dir}/%(process_num)d
process_name = api-%(process_num)d
numprocs = 2
startsecs = 0
`;
const BROKEN = `
[program:ledger]
command = ${program("needs-file.sh")} {dir}/ledger.ini
startretries = 1
`;

/** Says each line that it is sent. */
const TELLER = `
[program:teller]
command = ${program("repeats-stdin.sh")}
startsecs = 0
`;

/** Cells of the strip of all instances, but for ten simulated ones and the real ones. */
const MOST_CELLS = 'a[data-cell^="sim-"]:not([data-cell^="sim-0000"])';

let launched: Promise<Browser> | undefined;
after(async () => (await launched)?.close());
const browser = () => {
  launched ??= launchBrowser();
  return launched;
};

interface World {
  readonly controller: Controller;
  readonly web1: Daemon;
  readonly web2: Daemon;
  /** The way of db-1 to the controller. */
  readonly road: LinkProxy;
  readonly simulated: SimulatedFleet;
}

async function startWorld(t: TestContext): Promise<World> {
  const controller = await startController(t, undefined, HEARTBEAT);
  const { dataDir, api, grpcPort } = controller;
  const road = await LinkProxy.start(t, grpcPort, Math.random);
  const web = (name: string, more = "") =>
    startAgent(t, controller, { name, labels: "role=web", sections: API + more });
  const far = { joinToken: controller.joinToken, grpcPort: road.port };
  const [web1, web2] = await Promise.all([
    web("web-1", BROKEN + TELLER),
    web("web-2", TELLER),
    startAgent(t, far, { name: "db-1", labels: "role=db", sections: API }),
  ]);
  const address = `127.0.0.1:${grpcPort}`;
  const { papers, seconds } = await papersFor({ dataDir, api, address }, SIMULATED, null);
  const simulated = new SimulatedFleet(papers, address, { processes: PROCESSES, tailBytes: 100 });
  defer(t, () => simulated.stop());
  const startedMs = performance.now();
  simulated.start();
  await eventually(
    async () => {
      const { items } = await api.get<InstanceList>(API_PATHS.instances);
      const told = items.filter(({ liveness, mood }) => liveness === "live" && mood === "RUNNING");
      return told.length === SIMULATED + 3;
    },
    { what: "everybody is there", withinMs: 120_000, everyMs: 500, context: controller.process.output },
  );
  await eventually(async () => (await processOf(controller, "web-1/ledger")).state === "FATAL", { withinMs: 60_000 });
  const there = ((performance.now() - startedMs) / 1000).toFixed(0);
  t.diagnostic(`${SIMULATED} joined in ${seconds.toFixed(0)} s, and were all there after ${there} s`);
  simulated.setRate(CHANGES_PER_SECOND);
  return { controller, web1, web2, road, simulated };
}

async function processOf({ api }: Controller, selector: string): Promise<Process> {
  const [process] = (await api.get<ProcessList>(API_PATHS.processes, { selector })).items;
  if (process === undefined) throw new Error(`no process ${selector}`);
  return process;
}

async function enter(t: Scope, { dataDir }: Controller) {
  const args = [FVCONTROLLER, "login-link", "--data-dir", dataDir];
  const link = LOGIN_LINK.exec((await runProcess(process.execPath, args)).stdout)?.[1];
  if (link === undefined) throw new Error("no link");
  const opened = await openPage(t, await browser());
  opened.page.setDefaultTimeout(SLOW.timeout);
  await opened.page.goto(link);
  return opened;
}

async function enterAs(t: Scope, { url }: Controller, user: string, password: string) {
  const opened = await openPage(t, await browser());
  opened.page.setDefaultTimeout(SLOW.timeout);
  await opened.page.goto(`${url}/login`);
  await opened.page.getByRole("textbox", { name: "User name" }).fill(user);
  await opened.page.getByRole("textbox", { name: "Password" }).fill(password);
  await opened.page.getByRole("button", { name: "Log in" }).click();
  // The login page has a heading too.
  await opened.page.waitForURL(({ pathname }) => pathname !== "/login");
  await opened.page.getByRole("heading", { level: 1 }).waitFor();
  return opened;
}

/** Has the teller of a host say a line. */
function tell({ api }: Controller, instance: string, line: string): Promise<unknown> {
  return api.post(apiPath("processStdin", { instance, group: "teller", name: "teller" }), { text: `${line}\n` });
}

/** What stands on the page of several logs, `web-1/teller: a line` each, without the times. */
async function told(page: Page): Promise<string[]> {
  const rows = await page.getByRole("log", { name: "Log lines" }).locator("[data-index]").allTextContents();
  return rows.map((row) => row.replace(/^(\d\d:\d\d:\d\d)?(.*\/teller)/, "$2: "));
}

/** How often each of the two was started, by its own word. */
const starts = ({ dir }: Daemon) =>
  ["0", "1"].map((name) => readFileSync(join(dir, name), "utf8").trim().split("\n").length);

const head = (page: Page) => page.getByRole("heading", { level: 1 });

test(
  "a thousand hosts and three: found, read, mended, rolled, cut off and back, and told apart by who may",
  needs,
  async (t) => {
    const world = await startWorld(t);
    const { controller, web1, web2, road, simulated } = world;
    const { page, complaints } = await enter(t, controller);

    await t.test("the first page says what is wrong among a thousand hosts, and leads to why", async () => {
      await head(page).getByText("1 process is fatal").waitFor();
      await page.getByText("1,003 hosts").waitFor();
      const wrong = page.getByRole("region", { name: "What is wrong" });
      await wrong.getByRole("link", { name: "ledger", exact: true }).click();
      const why = page.getByRole("region", { name: "Why it is down" });
      await why.getByText(`cannot open ${web1.dir}/ledger.ini: no such file`).waitFor();
      await why.getByText("exited with code 3").first().waitFor();
    });

    await t.test("mended on its host it is started from the page, and seen to recover", async () => {
      writeFileSync(join(web1.dir, "ledger.ini"), "");
      await page.getByRole("button", { name: "Start", exact: true }).click();
      await page.getByText("Started web-1/ledger:ledger").waitFor();
      await page.getByText("Running", { exact: true }).first().waitFor();
      await page.getByRole("region", { name: "Why it is down" }).waitFor({ state: "detached" });
      assert.equal((await processOf(controller, "web-1/ledger")).state, "RUNNING");
      await page.goto(controller.url);
      await head(page).getByText("1 process is fatal").waitFor({ state: "detached" });
    });

    await t.test("a rolling restart of what a label names, previewed and followed to its end", async () => {
      const before = [web1, web2].map(starts);
      await page.goto(`${controller.url}/processes?q=role%3Dweb%2Fapi:*`);
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
      await head(page).getByText("Restart 4 processes").waitFor();
      await page.getByText("Batches, 4 of 4 over").waitFor();
      await page.getByText("Succeeded", { exact: true }).first().waitFor();
      assert.deepEqual(
        [web1, web2].map(starts),
        before.map((counts) => counts.map((count) => count + 1)),
        "each was started once more, by its own word",
      );
    });

    await t.test(
      "a host that is cut off is late, then lost with its last state greyed, and live when it is back",
      async () => {
        await page.goto(`${controller.url}/instances/db-1`);
        await head(page).getByText("db-1").waitFor();
        const mark = (word: string) => page.getByText(word, { exact: true }).first();
        await mark("Live").waitFor();
        road.set("refuse");
        road.cut();
        await mark("Late").waitFor();
        await mark("Lost").waitFor();
        await page.getByText(/What is shown below is as of then/).waitFor();
        await page.goto(controller.url);
        await page.getByRole("region", { name: "What is wrong" }).getByRole("link", { name: "db-1" }).first().waitFor();
        assert.equal((await controller.api.get<FleetSummary>(API_PATHS.fleet)).instances.lost, 1);
        await page.goto(`${controller.url}/instances/db-1`);
        await mark("Lost").waitFor();
        road.set("pass");
        await page.getByText(/What is shown below is as of then/).waitFor({ state: "detached" });
        await mark("Live").waitFor();
      },
    );

    await t.test("who may only look is told so, sees nothing beyond, and sees at once what others do", async () => {
      await page.goto(`${controller.url}/access/users`);
      const newUser = page.getByRole("form", { name: "New user" });
      await newUser.getByRole("textbox", { name: "New user" }).fill("vera");
      await newUser.getByLabel(/First password/).fill("only looking");
      await newUser.getByRole("button", { name: "Add" }).click();
      const grant = page.getByRole("form", { name: "New grant" });
      const give = async (what: string, selector: string) => {
        await grant.getByRole("combobox", { name: "To" }).selectOption("vera");
        await grant.getByRole("combobox", { name: "What" }).selectOption({ value: what });
        await grant.getByRole("textbox", { name: "Over what (a selector)" }).fill(selector);
        await grant.getByRole("button", { name: "Grant" }).click();
      };
      await give("role viewer", "role=web");
      await page.getByText("viewer of role=web").waitFor();

      const { page: vera } = await enterAs(t, controller, "vera", "only looking");
      await head(vera).getByText("All is well").waitFor();
      await vera.getByText("2 hosts").first().waitFor();
      await vera.goto(`${controller.url}/instances/db-1`);
      await vera.getByText("No instance is called db-1").waitFor();
      await vera.goto(`${controller.url}/access/explain?verb=restart&target=web-2/api:api-0`);
      await vera.getByText("vera may not restart web-2/api:api-0").waitFor();
      const place = `${controller.url}/instances/web-2/processes/api/api-0`;
      await vera.goto(place);
      await vera.getByText("Running", { exact: true }).first().waitFor();
      const verbs = (of: Page) => of.getByRole("button", { name: /^(Start|Restart|Stop|Signal)$/ });
      assert.equal(await verbs(vera).count(), 0);

      const { page: admin } = await enter(t, controller);
      await head(admin).waitFor();
      await admin.goto(place);
      await admin.getByRole("button", { name: "Stop", exact: true }).click();
      await admin.getByRole("dialog").getByRole("button", { name: "Stop", exact: true }).click();
      await vera.getByText("Stopped", { exact: true }).first().waitFor();

      await give("role operator", "role=web/api:*");
      await page.getByText("operator of role=web/api:*").waitFor();
      await vera.reload();
      await vera.getByRole("button", { name: "Start", exact: true }).click();
      await admin.getByText("Running", { exact: true }).first().waitFor();
    });

    await t.test(
      "lines of two hosts stand on one timeline as they are written, one of them restarted meanwhile",
      async () => {
        const log = page.getByRole("log", { name: "Log lines" });
        const follows = (line: string) => log.locator("[data-index]").filter({ hasText: line }).waitFor();
        await page.goto(`${controller.url}/logs?q=role%3Dweb%2Fteller`);
        await page.getByText(/^2 logs/).waitFor();
        await eventually(async () => (await told(page)).length === 2, { what: "each has said that it is ready" });
        const hosts = ["web-1", "web-2", "web-1", "web-2", "web-2", "web-1"];
        for (const [n, host] of hosts.entries()) {
          await tell(controller, host, `line ${n}`);
          await follows(`line ${n}`);
        }
        assert.deepEqual(
          (await told(page)).slice(2),
          hosts.map((host, n) => `${host}/teller: line ${n}`),
        );
        const times = (await log.locator("[data-index]").allTextContents()).map((row) => row.slice(0, 8)).slice(2);
        assert.deepEqual(times, times.toSorted());

        await page.getByRole("button", { name: "Pause", exact: true }).click();
        await tell(controller, "web-1", "while paused");
        await page.getByText("Paused, 1 new line").waitFor();
        assert.equal(await log.getByText("while paused").count(), 0);
        await page.getByRole("button", { name: "Resume", exact: true }).click();
        await follows("while paused");

        const search = page.getByRole("textbox", { name: "Search the log" });
        await search.fill("line 4");
        await page.getByText("1 line", { exact: true }).waitFor();
        await page.getByRole("button", { name: "Only lines that match" }).click();
        await eventually(async () => (await told(page)).join() === "web-2/teller: line 4");
        await search.fill("");
        await follows("while paused");

        const before = (await processOf(controller, "web-1/teller")).pid;
        await controller.api.post<Operation>(API_PATHS.operations, { verb: "restart", selector: "web-1/teller" });
        await eventually(async () => (await told(page)).at(-1) === "web-1/teller: ready");
        await eventually(async () => {
          const { pid, state } = await processOf(controller, "web-1/teller");
          return state === "RUNNING" && pid !== before;
        });
        await tell(controller, "web-2", "after that");
        await follows("after that");
        await tell(controller, "web-1", "from the next one");
        await follows("from the next one");
        assert.equal(await page.getByText("not followed").count(), 0);
      },
    );

    await t.test("who may read the log of one of them alone is shown that one alone", async () => {
      await page.goto(`${controller.url}/access/users`);
      const newUser = page.getByRole("form", { name: "New user" });
      await newUser.getByRole("textbox", { name: "New user" }).fill("lena");
      await newUser.getByLabel(/First password/).fill("one log alone");
      await newUser.getByRole("button", { name: "Add" }).click();
      const grant = page.getByRole("form", { name: "New grant" });
      await grant.getByRole("combobox", { name: "To" }).selectOption("lena");
      await grant.getByRole("combobox", { name: "What" }).selectOption({ value: "role viewer" });
      await grant.getByRole("textbox", { name: "Over what (a selector)" }).fill("web-2/teller");
      await grant.getByRole("button", { name: "Grant" }).click();
      await page.getByText("viewer of web-2/teller").waitFor();

      const { page: lena } = await enterAs(t, controller, "lena", "one log alone");
      await lena.goto(`${controller.url}/logs?q=*/teller`);
      await lena.getByText(/^1 log/).waitFor();
      await tell(controller, "web-1", "not for her");
      await tell(controller, "web-2", "for her");
      const log = lena.getByRole("log", { name: "Log lines" });
      await log
        .locator("[data-index]")
        .filter({ hasText: /\/tellerfor her$/ })
        .waitFor();
      assert.deepEqual(
        (await told(lena)).filter((row) => !row.startsWith("web-2/teller: ")),
        [],
      );
      await lena.goto(`${controller.url}/logs?q=web-1/teller`);
      await lena.getByText("No process matches").waitFor();
    });

    await t.test("the page that shows every host at once passes axe, in light colours and in dark", async () => {
      // What changes under its eyes axe begins to look at anew. The other pages are as they are with one host: web.test.ts.
      simulated.setRate(0);
      const found: Record<string, string[]> = {};
      await page.goto(controller.url);
      await page.getByText("1,003 hosts").waitFor();
      for (const colorScheme of ["light", "dark"] as const) {
        await wearColours(page, colorScheme);
        const violations = await seriousViolations(page, MOST_CELLS);
        if (violations.length > 0) found[colorScheme] = violations;
      }
      assert.deepEqual(found, {});
    });

    assert.deepEqual(complaints, []);
  },
);
