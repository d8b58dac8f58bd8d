// What must be true of a controller after a simulation: live rows as the agents have them, history with every change once, in order.
import { statSync } from "node:fs";
import { join } from "node:path";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { FleetSummary, ProcessList } from "@fleetvisor/proto/api/v1";
import Database from "better-sqlite3";
import type { MeasuredController } from "./measured-controller.js";
import type { SimulatedFleet } from "./simulated-fleet.js";

/** Null when every instance is live and the counts are the agents' own; else what differs. */
export async function overviewDiffers(controller: MeasuredController, fleet: SimulatedFleet): Promise<string | null> {
  const { instances, processes, counts } = await controller.api.get<FleetSummary>(API_PATHS.fleet);
  const agents = fleet.agents.length;
  if (instances.live !== agents) return `${instances.live} of ${agents} instances are live`;
  const expected = fleet.counts();
  const total = [...expected.values()].reduce((sum, count) => sum + count, 0);
  if (processes !== total) return `${processes} of ${total} processes are there`;
  for (const [state, count] of expected) {
    if (counts[state] !== count) return `${counts[state] ?? 0} of ${count} processes are ${state}`;
  }
  return null;
}

/** How many processes the API shows otherwise than their agents have them. Only when nothing changes any more. */
export async function wrongRows(controller: MeasuredController, fleet: SimulatedFleet): Promise<number> {
  const shown = new Map<string, string>();
  for (let cursor: string | null = ""; cursor !== null; ) {
    const query: Record<string, string | number> = { limit: 1000 };
    if (cursor !== "") query.cursor = cursor;
    const page: ProcessList = await controller.api.get<ProcessList>(API_PATHS.processes, query);
    for (const { target, state, description } of page.items) shown.set(target, `${state} ${description}`);
    cursor = page.nextCursor;
  }
  let wrong = 0;
  for (const { papers, processes } of fleet.agents) {
    for (const { name, state, mark } of processes) {
      if (shown.get(`${papers.name}/sim:${name}`) !== `${state} m${mark}`) wrong += 1;
    }
  }
  return wrong;
}

export interface HistoryCheck {
  readonly events: number;
  /** Changes that are not there, that are there twice, and that come after a later one. */
  readonly missing: number;
  readonly doubled: number;
  readonly disordered: number;
  readonly bytes: number;
}

/** Reads the file of a controller that was stopped. */
export function checkHistory(controller: MeasuredController, fleet: SimulatedFleet): HistoryCheck {
  const file = join(controller.dataDir, "fleetvisor.db");
  const db = new Database(file, { readonly: true });
  const seen = new Map<string, { last: number; numbers: Set<number> }>();
  for (const { papers } of fleet.agents) seen.set(papers.agentId, { last: 0, numbers: new Set() });
  let [events, doubled, disordered] = [0, 0, 0];
  const rows = db
    .prepare<[], { agent: string; seq: number }>(
      `SELECT boot.agent_id AS agent, event.seq AS seq FROM event JOIN boot ON boot.ref = event.boot
       WHERE event.seq IS NOT NULL ORDER BY event.id`,
    )
    .iterate();
  for (const { agent, seq } of rows) {
    events += 1;
    const one = seen.get(agent);
    if (one === undefined) continue;
    if (one.numbers.has(seq)) doubled += 1;
    if (seq < one.last) disordered += 1;
    one.numbers.add(seq);
    one.last = seq;
  }
  let missing = 0;
  for (const agent of fleet.agents) {
    missing += agent.lastSeq - (seen.get(agent.papers.agentId)?.numbers.size ?? 0);
  }
  db.close();
  return { events, missing, doubled, disordered, bytes: statSync(file).size };
}
