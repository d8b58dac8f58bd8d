// One fault run: trouble and orders for a while, then quiet, then judgement.
import { writeFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { HistoryEvent, HistoryPage, ProcessList } from "@fleetvisor/proto/api/v1";
import type { Scope } from "../helpers/scope.js";
import { tempDir } from "../helpers/temp-dir.js";
import { readBoots } from "./activity.js";
import { makeTrouble, type Pace } from "./chaos.js";
import { check } from "./checker.js";
import type { Evidence, Verdict } from "./evidence.js";
import { OrderGiver } from "./orders.js";
import { Dice } from "./random.js";
import { startWorld, TARGETS, type World } from "./world.js";

export interface FaultRun {
  readonly seed: number;
  readonly durationMs: number;
  readonly pace: Pace;
  /** How long agents may take to come back, and reports to arrive, once nothing is in the way. */
  readonly settleMs: number;
  readonly log: (line: string) => void;
  /** File for the evidence of a run with findings; null for none. */
  readonly evidenceFile: string | null;
}

export interface Outcome extends Verdict {
  readonly summary: string;
}

const OVER_MS = 15_000;
const LOOK_EVERY_MS = 500;

/** Runs it and judges. Rejects only when the run itself cannot be done. */
export async function runFaults(t: Scope, run: FaultRun): Promise<Outcome> {
  const beganMs = Date.now();
  const log = (line: string) => run.log(`${((Date.now() - beganMs) / 1000).toFixed(1).padStart(6)} s  ${line}`);
  const diceOf = (index: number) => new Dice(run.seed * 1_000 + index);
  const world = await startWorld(t, diceOf(0).random);
  for (const disk of new Set([world.controllerDisk, ...world.hosts.map((host) => host.disk)])) {
    if (typeof disk === "string") log(`full disks are skipped: ${disk}`);
  }
  const giver = new OrderGiver(world.controller, tempDir(t));
  const over = new AbortController();
  const timer = setTimeout(() => over.abort(), run.durationMs);
  try {
    await Promise.all([
      makeTrouble(world, (index) => diceOf(10 + index), run.pace, over.signal, log),
      giver.run(diceOf(1), over.signal),
    ]);
  } finally {
    clearTimeout(timer);
    over.abort();
  }
  log("quiet");
  const quietMs = performance.now();
  await world.allLive(run.settleMs);
  log(`every agent is back after ${Math.round(performance.now() - quietMs)} ms`);

  // What is still on its way makes findings that pass; what does not pass is one.
  const endMs = performance.now() + OVER_MS;
  let evidence = await gather(world, giver);
  while (check(evidence).findings.length > 0 && performance.now() < endMs) {
    await sleep(LOOK_EVERY_MS);
    evidence = await gather(world, giver);
  }
  const verdict = check(evidence);
  if (verdict.findings.length > 0 && run.evidenceFile !== null) writeFileSync(run.evidenceFile, asJson(evidence));
  return { ...verdict, summary: summaryOf(evidence, giver) };
}

async function gather({ controller, hosts, record }: World, giver: OrderGiver): Promise<Evidence> {
  const operations = await giver.operations();
  const history = await wholeHistory(controller.api.get.bind(controller.api));
  const { items } = await controller.api.get<ProcessList>(API_PATHS.processes, { limit: 1000 });
  return {
    targets: TARGETS,
    hosts: hosts.map((host) => ({
      instance: host.instance,
      boots: readBoots(host.log(), host.killsMs),
      trails: new Map(TARGETS.map(({ name }) => [name, host.trail(name)])),
    })),
    disturbances: record.disturbances,
    kills: record.kills,
    told: giver.told,
    history,
    operations,
    processes: items,
  };
}

async function wholeHistory(
  get: (path: string, query: Readonly<Record<string, string | number>>) => Promise<unknown>,
): Promise<HistoryEvent[]> {
  const events: HistoryEvent[] = [];
  for (let cursor: string | null = null; ; ) {
    const query: Record<string, string | number> = cursor === null ? { limit: 1000 } : { limit: 1000, cursor };
    const page = (await get(API_PATHS.events, query)) as HistoryPage;
    events.push(...page.items);
    cursor = page.nextCursor;
    if (cursor === null) return events.reverse();
  }
}

function summaryOf({ hosts, history, kills, operations, disturbances }: Evidence, giver: OrderGiver): string {
  const boots = hosts.reduce((sum, host) => sum + host.boots.length, 0);
  const lives = hosts.flatMap((host) => host.boots.flatMap((boot) => [...boot.lives.values()].flat())).length;
  const targets = operations.flatMap((operation) => operation.targets);
  const fates = new Map<string, number>();
  for (const { result } of targets) fates.set(result, (fates.get(result) ?? 0) + 1);
  const results = [...fates].map(([result, count]) => `${count} ${result}`).join(", ");
  return [
    `${history.length} events of ${lives} lives in ${boots} starts of agents, ${kills.length} children killed`,
    `${disturbances.length} disturbances, ${giver.summary}, ${operations.length} operations: ${results}`,
  ].join("; ");
}

const asJson = (evidence: Evidence) =>
  JSON.stringify(evidence, (_, value: unknown) => (value instanceof Map ? Object.fromEntries(value) : value), 1);
