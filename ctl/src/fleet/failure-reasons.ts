// Asks history why targets of an operation failed. Never fails: what became of them is told all the same.
import { setTimeout as sleep } from "node:timers/promises";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { HistoryPage, Operation } from "@fleetvisor/proto/api/v1";
import { reasonsOf, unexplained } from "../render/failures.js";
import type { World } from "./world.js";

/** The clock of a host may be behind by this. */
const SKEW_MS = 300_000;
const EVENTS = 200;
/** A result may be there a moment before its event is kept. */
const TRIES = 4;
const PAUSE_MS = 150;

/** By target: lines of why it failed, for the first few. */
export async function failureReasons(
  world: World,
  operation: Operation,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const asked = unexplained(operation);
  let known: ReadonlyMap<string, readonly string[]> = new Map();
  if (asked.length === 0) return known;
  try {
    const client = await world.client();
    const query = {
      selector: asked.map(({ target }) => target.replace(/[\\*?[\],=!\s]/g, "\\$&")).join(" "),
      sinceMs: operation.createdAtMs - SKEW_MS,
      limit: EVENTS,
    };
    for (let tries = 0; tries < TRIES; tries += 1) {
      if (tries > 0) await sleep(PAUSE_MS);
      known = reasonsOf(operation, (await client.get<HistoryPage>(API_PATHS.events, query)).items);
      if (asked.every(({ target }) => known.has(target))) break;
    }
  } catch {
    // Whoever may not read history has the fault.
  }
  return known;
}

export { withReasons } from "../render/failures.js";
