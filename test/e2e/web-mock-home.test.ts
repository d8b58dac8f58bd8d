// The fleet's page in a real Chromium against a pretended controller: the strip, numbers and their rows, rows that stay, the on-call task.
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Page } from "playwright-core";
import { seriousViolations } from "../helpers/browser.js";
import { eventually } from "../helpers/eventually.js";
import type { MockApi } from "../helpers/mock-api.js";
import { MockFleet } from "../helpers/mock-fleet.js";
import type { HostPlan } from "../helpers/mock-hosts.js";
import { closeBrowser, visit } from "../helpers/mock-visit.js";
import { without } from "../helpers/needs.js";

const needs = { skip: without("chromium") };
after(closeBrowser);

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** So many hosts of two programs each, every hundredth of them late. */
function hosts(count: number): HostPlan[] {
  return Array.from({ length: count }, (_, n) => ({
    name: `host-${n}`,
    labels: { dc: ["ams", "ber", "sfo"][n % 3] ?? "", role: n % 2 === 0 ? "web" : "db" },
    ...(n % 100 === 50 ? { more: () => ({ liveness: "late" as const, livenessReason: "nothing heard" }) } : {}),
    processes: ["api", "worker"].map((name) => ({ group: name, name, command: `/bin/${name}` })),
  }));
}

/** Something behind every number that the page can show. */
async function trouble({ fleet }: MockApi): Promise<void> {
  fleet.setInstance("web-2", { liveness: "late", livenessReason: "nothing heard for 20 s" });
  fleet.kill("web-1/api:api-1");
  fleet.kill("web-1/api:api-1");
  fleet.operations.startFails.set("worker-1/worker:worker-3", "no permission to run");
  const { id } = fleet.operations.begin({ verb: "restart", selector: "worker-1/worker:*" }, "ann");
  await eventually(() => fleet.operations.get(id)?.state === "failed");
}

/** How many rows a page shows for the address that it was opened with; null while it does not know yet. */
async function rowsOn(page: Page): Promise<number | null> {
  const main = page.locator("main");
  if (new URL(page.url()).pathname === "/instances") {
    const [heading = ""] = await main.getByRole("heading", { level: 2, name: /^\d+ instances?$/ }).allTextContents();
    return heading === "" ? null : Number.parseInt(heading, 10);
  }
  const [rows] = await main
    .getByRole("table")
    .evaluateAll((tables) =>
      tables.map((table) => Number(table.getAttribute("aria-rowcount") ?? table.querySelectorAll("tr").length)),
    );
  if (rows !== undefined) return rows - 1;
  return (await main.getByText("Loading", { exact: true }).count()) > 0 ? null : 0;
}

test("every number of the fleet's page leads to exactly the rows that it counts", needs, async (t) => {
  const { mock, page } = await visit(t, "/login");
  await trouble(mock);
  await page.goto(`${mock.url}/?by=dc`);
  await page.getByRole("link", { name: "2 times" }).waitFor();
  const counted = await page.locator("main a[href]").evaluateAll((links) =>
    links.flatMap((link) => {
      const words = (link.textContent ?? "").trim();
      const number = /(?:^|\s)([\d,]+)(?=\D|$)/.exec(words)?.[1];
      return number === undefined ? [] : [{ words, href: link.getAttribute("href") ?? "", number }];
    }),
  );
  const wrong: string[] = [];
  const once = new Map(counted.map((each) => [`${each.number} ${each.href}`, each]));
  for (const { words, href, number } of once.values()) {
    await page.goto(mock.url + href);
    const wanted = Number(number.replaceAll(",", ""));
    let seen: number | null = null;
    await eventually(async () => {
      seen = await rowsOn(page);
      return seen === wanted;
    }).catch(() => wrong.push(`${words} leads by ${href} to ${seen} rows`));
  }
  assert.deepEqual(wrong, []);
  for (const words of ["1 host is late", "30 processes", "4 hosts", "2 Fatal", "1 Late", "1 target", "8 processes"]) {
    assert.ok(
      counted.some((each) => each.words.replaceAll(/\s+/g, " ").includes(words)) ||
        counted.some((each) => each.words.startsWith(words.replace(" ", ""))),
      `${words} is among ${counted.map((each) => each.words).join("; ")}`,
    );
  }
});

test(
  "the strip is one stop of Tab, tells name and state, and is grouped by a label that the URL keeps",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/");
    const strip = page.getByRole("region", { name: "Every instance" }).last();
    const cell = (name: string) => strip.locator(`[data-cell="${name}"]`);
    await cell("db-1").waitFor();
    assert.deepEqual(
      await strip.getByRole("link").evaluateAll((links) => links.map((link) => link.getAttribute("aria-label"))),
      [
        "db-1: Lost, last known 1 Exited, 2 Running",
        "web-1: 1 Exited, 6 Running",
        "web-2: 1 Fatal, 1 Exited, 5 Running",
        "worker-1: 1 Backoff, 1 Exited, 1 Starting, 1 Stopped, 9 Running",
      ],
    );
    assert.equal(await strip.locator('[tabindex="0"]').count(), 1);
    await cell("db-1").focus();
    await strip.getByText("Lost, last heard").waitFor();
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("End");
    assert.equal(await cell("worker-1").evaluate((link) => link === document.activeElement), true);
    await page.keyboard.press("Escape");
    await strip.getByText("last known:").waitFor({ state: "detached" });
    await page.keyboard.press("ArrowLeft");
    assert.deepEqual(await seriousViolations(page), []);

    mock.fleet.set("web-1/nginx:nginx", { state: "FATAL", pid: null, spawnError: "gone" });
    await strip.getByRole("link", { name: "web-1: 1 Fatal, 1 Exited, 5 Running" }).waitFor();
    await page.getByRole("combobox", { name: "Group by label" }).selectOption("role");
    await page.waitForURL(`${mock.url}/?by=role`);
    await page.reload();
    await strip.getByRole("heading", { name: "worker 1" }).waitFor();
    assert.deepEqual(await strip.getByRole("heading").allInnerTexts(), [
      "db 1\n1 wrong",
      "web 2\n2 wrong",
      "worker 1\n1 wrong",
    ]);
    await cell("web-2").focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(`${mock.url}/instances/web-2`);
    assert.deepEqual(complaints, []);
  },
);

test(
  "a thousand instances are one cell each, and a change touches the cells of its instances alone",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/", { fleet: new MockFleet(hosts(1_000)) });
    const cells = page.locator("[data-cell]");
    await cells.nth(999).waitFor();
    assert.equal(await cells.count(), 1_000);
    assert.equal(await page.locator('[data-cell][data-worst="late"]').count(), 10);
    const placesOf = () =>
      cells.evaluateAll((all) =>
        all.map((cell) => `${cell.getAttribute("data-cell")} ${JSON.stringify(cell.getBoundingClientRect())}`),
      );
    const before = await placesOf();
    await page.evaluate(() => {
      const touched = new Set<string>();
      const strip = document.querySelector("[data-cell]")?.closest("section");
      if (strip != null) {
        new MutationObserver((records) => {
          for (const { target } of records) {
            const cell = (target instanceof Element ? target : target.parentElement)?.closest("[data-cell]");
            touched.add(cell?.getAttribute("data-cell") ?? "something around the cells");
          }
        }).observe(strip, { subtree: true, childList: true, attributes: true });
      }
      Object.assign(globalThis, { touched });
    });
    const changed = Array.from({ length: 20 }, (_, n) => `host-${n * 37 + 3}`);
    for (const name of changed) mock.fleet.set(`${name}/api:api`, { state: "FATAL", pid: null, spawnError: "gone" });
    await eventually(async () => (await page.locator('[data-cell][data-worst="FATAL"]').count()) === changed.length);
    const touched = await page.evaluate(() => [...(globalThis as unknown as { touched: Set<string> }).touched]);
    assert.deepEqual(touched.sort(), changed.sort());
    assert.deepEqual(await placesOf(), before);
    assert.deepEqual(complaints, []);
  },
);

test("rows of what is wrong stay in their places while the pointer is among them", needs, async (t) => {
  const { mock, page } = await visit(t, "/");
  const rows = page.getByRole("region", { name: "What is wrong" }).getByRole("listitem");
  const names = () => rows.evaluateAll((all) => all.map((row) => row.querySelector("a")?.textContent));
  await rows.filter({ hasText: "scheduler" }).hover();
  mock.fleet.set("web-1/nginx:nginx", { state: "FATAL", pid: null, spawnError: "bind: address already in use" });
  await rows.filter({ hasText: "nginx" }).waitFor();
  assert.deepEqual(await names(), ["db-1", "api:api-2", "scheduler", "nginx"]);
  await page.mouse.move(5, 5);
  await eventually(async () => (await names()).join(" ") === "db-1 nginx api:api-2 scheduler");
});

test("the feed of latest changes waits while it is read, says so, and goes on", needs, async (t) => {
  const { mock, page } = await visit(t, "/");
  const feed = page.getByRole("region", { name: "Latest changes" });
  const first = feed.getByRole("listitem").first();
  await first.hover();
  const before = await first.textContent();
  mock.fleet.set("web-1/nginx:nginx", { state: "FATAL", pid: null, spawnError: "bind: address already in use" });
  await feed.getByText("held while you point at it").waitFor();
  assert.equal((await first.textContent())?.split(" ")[0], before?.split(" ")[0]);
  await page.mouse.move(5, 5);
  await first.getByText("bind: address already in use").waitFor();
});

test("what a grant forbids says so in its own words, with the way to what one may do", needs, async (t) => {
  const { mock, page } = await visit(t, "/login");
  mock.failWith(new FleetError("forbidden", "nothing of this fleet is granted to you"));
  await page.goto(`${mock.url}/instances`);
  await page.getByText("nothing of this fleet is granted to you").waitFor();
  assert.equal(await page.getByRole("link", { name: "What you may do" }).getAttribute("href"), "/access");
});

test("a process that is up but restarts again and again is wrong, with the way to its restarts", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/login");
  const target = "web-1/api:api-1";
  const end = { exitCode: null, exitSignal: "SIGSEGV", exitExpected: false };
  for (let life = 0; life < 3; life++) {
    mock.fleet.set(target, { state: "EXITED", pid: null, ...end }, { ...end, uptimeMs: 9_000 });
    mock.fleet.set(target, { state: "STARTING" });
    mock.fleet.set(target, { state: "RUNNING" });
  }
  await page.goto(mock.url);
  await page.getByRole("heading", { level: 1 }).getByRole("link", { name: "1 process keeps restarting" }).waitFor();
  const wrong = page.getByRole("region", { name: "What is wrong" });
  await wrong
    .getByRole("listitem")
    .filter({ hasText: "api:api-1 on web-1, 3 times" })
    .getByText("ended by SIGSEGV")
    .waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  await wrong.getByRole("link", { name: "3 times" }).click();
  await page.waitForURL(/\/events\?q=web-1%2Fapi%3Aapi-1&cause=restart&span=1h/);
  assert.deepEqual(complaints, []);
});

test("a host is added with one line to run on it, called as one likes, and told when it came", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/");
  await page.getByRole("button", { name: "Add a host" }).click();
  const form = page.getByRole("form", { name: "New join token" });
  const make = form.getByRole("button", { name: "Make a join token" });
  await form.getByRole("textbox", { name: "Its name here" }).fill("not one");
  await form.getByText("Letters, digits, dot, dash and underscore, please.").waitFor();
  assert.equal(await make.isDisabled(), true);
  await form.getByRole("textbox", { name: "Its name here" }).fill("web-3");
  await form.getByRole("textbox", { name: "Its supervisord.conf" }).fill("/etc/supervisord.conf");
  await make.click();
  await page.getByText(/name = web-3.*FLEETVISOR_JOIN_TOKEN=fvj_\S+ fvagent -c \/etc\/supervisord\.conf$/).waitFor();
  await page.getByText("Waiting for the host.").waitFor();
  assert.deepEqual(await seriousViolations(page), []);
  mock.fleet.join({ name: "web-3", labels: {}, processes: [{ group: "api", name: "api", command: "/bin/api" }] });
  await page.getByText("web-3 has joined.").getByRole("link", { name: "web-3" }).click();
  await page.waitForURL(`${mock.url}/instances/web-3`);
  assert.deepEqual(complaints, []);
});

test("an alarm is said across every page, with the way to what it is about", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/login");
  mock.fleet.alarms.push({ kind: "identity", message: "refused", sinceMs: Date.now() - 5_000, instance: "db-1" });
  await page.goto(`${mock.url}/operations`);
  const alarm = page.getByRole("alert").filter({ hasText: "Somebody else claims to be db-1" });
  await alarm.getByText(/refused \(for \d+s\)/).waitFor();
  await alarm.getByRole("link", { name: "Show db-1" }).click();
  await page.waitForURL(`${mock.url}/instances/db-1`);
  await alarm.first().waitFor();
  await page.goto(`${mock.url}/controller`);
  await alarm.first().waitFor();
  assert.equal(await alarm.count(), 1, "the page that lists alarms has no banner of them too");
  assert.deepEqual(complaints, []);
});

test("on a telephone: see what is wrong, read why, restart it, and see it run", needs, async (t) => {
  const { mock, page, complaints } = await visit(t, "/", { browser: PHONE });
  await page.getByRole("heading", { level: 1, name: /process is fatal/ }).waitFor();
  const row = page
    .getByRole("region", { name: "What is wrong" })
    .getByRole("listitem")
    .filter({ hasText: "scheduler" });
  await row.getByText(/exited with code 1 \(unexpected\), 3 attempts/).waitFor();
  await row.getByRole("link", { name: "scheduler" }).tap();
  await page.waitForURL(`${mock.url}/instances/worker-1/processes/scheduler/scheduler`);
  await page
    .getByText(/ScheduleLocked: .*held by another process/)
    .first()
    .waitFor();
  await page.getByRole("button", { name: "Restart", exact: true }).tap();
  const question = page.getByRole("dialog");
  await question.getByText("worker-1/scheduler:scheduler").first().waitFor();
  await question.getByRole("button", { name: "Restart", exact: true }).tap();
  await page.getByRole("region", { name: "Notices" }).getByText("Restarted worker-1/scheduler:scheduler").waitFor();
  await page.getByText("Running", { exact: true }).first().waitFor();
  await page.getByRole("link", { name: "fleetvisor, to the fleet overview" }).tap();
  await row.waitFor({ state: "detached" });
  const overhang = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  assert.equal(overhang, 0);
  assert.deepEqual(complaints, []);
});

test(
  "the page of an instance that is lost greys what was last known and says how old it is, until it is heard again",
  needs,
  async (t) => {
    const { mock, page } = await visit(t, "/instances/db-1");
    await page.getByText(/^Last heard 9m .*connection reset by peer/).waitFor();
    const facts = page.getByRole("region", { name: "Facts" });
    await facts.getByText(/^as of 9m \d\ds ago$/).waitFor();
    const greyed = () =>
      facts.locator("dl").evaluate((list) => getComputedStyle(list.parentElement ?? list).filter === "grayscale(1)");
    assert.equal(await greyed(), true);
    mock.fleet.setInstance("db-1", { liveness: "live", livenessReason: null, lastHeardAtMs: Date.now() });
    await facts.getByText(/^as of/).waitFor({ state: "detached" });
    assert.equal(await greyed(), false);
  },
);

test(
  "the list of instances is narrowed by whole labels and by worst state, and the URL is the view",
  needs,
  async (t) => {
    const { mock, page, complaints } = await visit(t, "/instances?q=role%3Dweb&worst=lost,late,FATAL,BACKOFF,UNKNOWN");
    await page.getByRole("heading", { name: "1 instance" }).waitFor();
    await page.getByRole("link", { name: "web-2", exact: true }).waitFor();
    await page.getByRole("button", { name: /^Fatal/ }).click();
    await page.getByText("No instance matches").waitFor();
    await page.getByRole("button", { name: "Show every instance" }).click();
    await page.waitForURL(`${mock.url}/instances`);
    await page.getByRole("button", { name: /^Backoff/ }).click();
    await page.waitForURL(`${mock.url}/instances?worst=BACKOFF`);
    await page.getByRole("link", { name: "worker-1", exact: true }).waitFor();
    assert.deepEqual(complaints, []);
  },
);
