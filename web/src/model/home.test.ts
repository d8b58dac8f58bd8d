import assert from "node:assert/strict";
import { test } from "node:test";
import type { FleetSummary, Instance, Process } from "@fleetvisor/proto/api/v1";
import { buildHome } from "./home.js";

const summary = (part: Partial<FleetSummary> = {}): FleetSummary => ({
  atMs: 0,
  instances: { total: 3, live: 3, late: 0, lost: 0 },
  processes: 1_200,
  counts: { RUNNING: 1_200 },
  verdict: "ok",
  trouble: [],
  troubleTotal: 0,
  ...part,
});

const instance = (name: string, part: Partial<Instance> = {}) =>
  ({ name, hostName: name, labels: {}, liveness: "live", counts: { RUNNING: 1 }, ...part }) as Instance;

test("a fleet without fault is well, and says how much of it runs where", () => {
  const { tone, headline, detail } = buildHome(summary(), []);
  assert.deepEqual([tone, headline], ["good", [{ words: "All is well", href: null }]]);
  assert.deepEqual(detail, {
    running: { words: "1,200", href: "/processes?state=RUNNING" },
    processes: { words: "1,200 processes", href: "/processes" },
    hosts: { words: "3 hosts", href: "/instances" },
  });
});

test("the headline tells what is wrong, the worst first, each part with its rows", () => {
  const { tone, headline } = buildHome(
    summary({
      verdict: "failing",
      instances: { total: 3, live: 1, late: 1, lost: 1 },
      counts: { FATAL: 2, BACKOFF: 1, RUNNING: 4 },
    }),
    [],
  );
  assert.equal(tone, "bad");
  assert.deepEqual(
    headline.map(({ words, href }) => [words, href]),
    [
      ["2 processes are fatal", "/processes?state=FATAL"],
      ["1 host is lost", "/instances?liveness=lost"],
      ["1 process keeps failing to start", "/processes?state=BACKOFF"],
      ["1 host is late", "/instances?liveness=late"],
    ],
  );
});

test("a process that restarts again and again is wrong though it is up, and is told once", () => {
  const row = (name: string) => ({
    ...{
      process: { instance: "web1", group: name, name },
      href: "",
      count: 5,
      atLeast: false,
      eventsHref: "",
      reason: "",
    },
  });
  const troubled = { target: "web1/b:b", state: "BACKOFF", description: "" } as Process;
  const home = buildHome(summary({ trouble: [troubled], troubleTotal: 1 }), [], [row("a"), row("b"), row("c")]);
  assert.deepEqual(
    [home.tone, home.headline],
    ["warn", [{ words: "2 processes keep restarting", href: "/processes?q=web1%2Fa%3Aa%2Cc%3Ac" }]],
  );
  assert.deepEqual(
    home.restless.map(({ process }) => process.name),
    ["a", "c"],
  );
});

test("a list that is cut leads to the whole of it, with the number of the whole", () => {
  const trouble = Array.from(
    { length: 20 },
    (_, n) => ({ target: `h/p:${n}`, state: "FATAL", description: "" }) as Process,
  );
  const fleet = Array.from({ length: 30 }, (_, n) => instance(`h${n}`, { liveness: n < 9 ? "lost" : "live" }));
  const home = buildHome(summary({ verdict: "failing", trouble, troubleTotal: 70 }), fleet);
  assert.deepEqual(
    [home.allTrouble, home.allSilent, home.allInstances],
    [
      { count: 70, href: "/processes?state=FATAL%2CBACKOFF%2CUNKNOWN" },
      { count: 9, href: "/instances?liveness=late%2Clost" },
      { count: 30, href: "/instances" },
    ],
  );
  const small = buildHome(summary(), fleet.slice(0, 5));
  assert.deepEqual([small.allTrouble, small.allSilent, small.allInstances], [null, null, null]);
});

test("an empty fleet says so and counts nothing", () => {
  const home = buildHome(summary({ verdict: "empty", instances: { total: 0, live: 0, late: 0, lost: 0 } }), []);
  assert.deepEqual([home.tone, home.headline[0]?.words, home.detail], ["empty", "No hosts yet", null]);
});
