// What the web page costs over a large fleet: time until it is of use, bytes, and memory and frames under changes without end.
// node --conditions=fleetvisor --import tsx test/bench/web.ts [--agents 1000] [--processes 200] [--rate 1000] [--changes 360000]
// An hour's worth of 100 changes a second comes at --rate changes a second. --keep FOLDER keeps certificates for the next run; --only
// loads,hands,scroll,changes does some of it.
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import type { Page } from "playwright-core";
import { launchBrowser, openPage } from "../helpers/browser.js";
import { LOGIN_LINK } from "../helpers/controller.js";
import { FVCONTROLLER, ROOT } from "../helpers/paths.js";
import { runProcess } from "../helpers/processes.js";
import { withScope } from "../helpers/scope.js";
import { overviewDiffers } from "./fleet/checks.js";
import { MeasuredController } from "./fleet/measured-controller.js";
import { lendAuthority, papersFor } from "./fleet/papers.js";
import { SimulatedFleet } from "./fleet/simulated-fleet.js";
import { scrolls } from "./web/scrolls.js";
import { WatchedPage } from "./web/watched-page.js";

const { values } = parseArgs({
  options: {
    agents: { type: "string", default: "1000" },
    processes: { type: "string", default: "200" },
    rate: { type: "string", default: "1000" },
    changes: { type: "string", default: "360000" },
    /** Pages that are left open under changes, each for all of them. */
    pages: { type: "string", default: "/,/processes,/events" },
    only: { type: "string", default: "loads,hands,scroll,changes" },
    keep: { type: "string" },
  },
});
const [agents = 0, processes = 0, rate = 0, changes = 0] = [
  values.agents,
  values.processes,
  values.rate,
  values.changes,
].map(Number);

const CONNECT_MS = 300_000;
/** Changes a second of a large fleet on a bad day. */
const USUAL_RATE = 100;
/** Looks at the page's memory while changes come. */
const LOOKS = 4;

const print = (label: string, text: string) => process.stdout.write(`${label.padEnd(46)} ${text}\n`);
const ms = (value: number) => `${value.toFixed(0)} ms`;
const kib = (bytes: number) => `${(bytes / 1024).toFixed(0)} KiB`;
const mib = (bytes: number) => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const count = (n: number) => n.toLocaleString("en");
/** Words that say that a page shows what it is for. */
const USEFUL: Readonly<Record<string, string>> = {
  "/": `${count(agents)} hosts`,
  "/processes": `${count(agents * processes)} processes`,
  "/instances": `${count(agents)} instances`,
  "/instances/sim-00000": "p0",
  "/instances/sim-00000/processes/sim/p0": "Priority",
  "/events": "sim-",
  "/operations": "Nobody has asked for anything yet",
  "/controller": "Agents connected",
};

async function loginLink(dataDir: string): Promise<string> {
  const { stdout } = await runProcess(process.execPath, [FVCONTROLLER, "login-link", "--data-dir", dataDir]);
  const link = LOGIN_LINK.exec(stdout)?.[1];
  if (link === undefined) throw new Error("no link");
  return link;
}

async function settled(controller: MeasuredController, fleet: SimulatedFleet): Promise<void> {
  const end = performance.now() + CONNECT_MS;
  let differs: string | null = "";
  while (performance.now() < end) {
    if (fleet.online === fleet.agents.length && fleet.unacked === 0) {
      differs = await overviewDiffers(controller, fleet);
      if (differs === null) return;
    }
    await sleep(200);
  }
  throw new Error(`not consistent: ${fleet.online} online, ${differs}`);
}

/** From a key or click until the words are there, by the page's own clock. */
async function untilShown(page: Page, act: () => Promise<void>, words: string): Promise<number> {
  const started = performance.now();
  await act();
  await page.getByText(words).first().waitFor();
  return performance.now() - started;
}

async function loads(page: Page, url: string): Promise<void> {
  for (const [path, words] of Object.entries(USEFUL)) {
    const fresh = await page.context().newPage();
    const watched = await WatchedPage.watch(fresh, words);
    const cold = await watched.load(url + path, "cold");
    const warm = await watched.load(url + path, "warm");
    const { heapBytes, nodes } = await watched.held();
    for (const [name, { firstPaintMs, usefulMs, interactiveMs, requests, bytes }] of [
      [`${path}, nothing cached`, cold],
      ["  again", warm],
    ] as const) {
      const times = `first paint ${ms(firstPaintMs)}  useful ${ms(usefulMs)}  interactive ${ms(interactiveMs)}`;
      print(name, `${times}  ${requests} requests, page ${kib(bytes.page)}, API ${kib(bytes.api)}`);
    }
    print("  holds", `heap ${mib(heapBytes)}, ${nodes} nodes`);
    await fresh.close();
  }
}

async function hands(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/`);
  await page
    .getByText(USEFUL["/"] ?? "")
    .first()
    .waitFor();
  const toList = () => page.getByRole("link", { name: "Processes", exact: true }).first().click();
  print("from the first page to all processes", ms(await untilShown(page, toList, USEFUL["/processes"] ?? "")));
  const search = page.getByRole("combobox", { name: /selector/i }).or(page.getByRole("textbox", { name: /selector/i }));
  const narrow = async () => {
    await search.first().fill("sim-00007/*");
    await search.first().press("Enter");
  };
  print("a selector typed, to its rows", ms(await untilShown(page, narrow, `${count(processes)} processes`)));
}

async function underChanges(page: Page, url: string, fleet: SimulatedFleet): Promise<void> {
  for (const path of values.pages.split(",")) {
    const watched = await WatchedPage.watch(await page.context().newPage(), USEFUL[path] ?? "sim-");
    await watched.load(url + path, "warm");
    const idle = await watched.during(() => sleep(3_000));
    const before = await watched.held();
    print(`${path}, left alone`, `${idle.framesPerSecond.toFixed(0)} frames/s, busy ${idle.busyPercent.toFixed(0)} %`);
    const sentBefore = fleet.changes;
    fleet.setRate(rate);
    for (let look = 1; look <= LOOKS; look++) {
      const use = await watched.during(() => sleep((changes / rate / LOOKS) * 1_000));
      const held = await watched.held();
      const frames = `${use.framesPerSecond.toFixed(0)} frames/s, p99 ${ms(use.frameP99Ms)}, longest ${ms(use.frameMaxMs)}`;
      const busy = `busy ${use.busyPercent.toFixed(0)} % (script ${use.scriptPercent.toFixed(0)} %)`;
      const memory = `heap ${mib(held.heapBytes)}, ${held.nodes} nodes, ${held.listeners} listeners`;
      print(`  after ${count(fleet.changes - sentBefore)} changes`, `${frames}, ${busy}; ${memory}`);
    }
    fleet.setRate(0);
    await sleep(5_000);
    const after = await watched.held();
    const grown = `heap ${mib(after.heapBytes - before.heapBytes)}, ${after.nodes - before.nodes} nodes more than before`;
    const rested = await watched.during(() => sleep(3_000));
    print("  at rest again", `${grown}; busy ${rested.busyPercent.toFixed(0)} %`);
    await watched.page.close();
  }
}

const dir = mkdtempSync(join(tmpdir(), "fvw-"));
const keepDir = values.keep === undefined ? null : resolve(values.keep);
if (keepDir !== null) mkdirSync(keepDir, { recursive: true });
const controller = new MeasuredController(dir, join(ROOT, "controller/dist/fvcontroller.mjs"), []);
const load = () =>
  loadavg()
    .map((value) => value.toFixed(2))
    .join(" ");
try {
  await withScope("bench-web", async (scope) => {
    print("load before", load());
    lendAuthority(controller, keepDir);
    await controller.start();
    const { papers } = await papersFor(controller, agents, keepDir);
    const fleet = new SimulatedFleet(papers, controller.address, { processes, tailBytes: 200 });
    fleet.start();
    const browser = await launchBrowser();
    try {
      await settled(controller, fleet);
      print("fleet", `${count(agents)} instances, ${count(agents * processes)} processes`);
      const { page } = await openPage(scope, browser);
      page.setDefaultTimeout(120_000);
      await page.goto(await loginLink(controller.dataDir));
      await page
        .getByText(USEFUL["/"] ?? "")
        .first()
        .waitFor();
      // An event for the page of them.
      fleet.setRate(100);
      await sleep(1_000);
      fleet.setRate(0);
      const steps = values.only.split(",");
      if (steps.includes("loads")) await loads(page, controller.url);
      if (steps.includes("hands")) await hands(page, controller.url);
      await page.goto("about:blank");
      const all = agents * processes;
      if (steps.includes("scroll")) {
        await scrolls(await page.context().newPage(), controller.url, { rows: all, hosts: agents }, print);
        fleet.setRate(USUAL_RATE);
        print("the same under changes", `${USUAL_RATE} a second`);
        await scrolls(await page.context().newPage(), controller.url, { rows: all, hosts: agents }, print);
        fleet.setRate(0);
      }
      if (steps.includes("changes")) await underChanges(page, controller.url, fleet);
      print("load after", load());
    } finally {
      await browser.close();
      fleet.stop();
    }
  });
} finally {
  await controller.kill();
  rmSync(dir, { recursive: true, force: true });
}
process.exit();
