// Children that an earlier life of this daemon left running: a daemon killed with SIGKILL stops nobody. Those in its record are surely its
// own and are stopped, since their output goes nowhere any more; of others only the environment tells, and they are named.
import { readdirSync, readFileSync } from "node:fs";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { SIGKILL } from "../core/process.js";
import { isRunning, type RecordedChild } from "./child-record.js";
import type { Clock, Spawner } from "./ports.js";

/** Who is no child of ours any more tells nobody of its end, so it is looked for: this often at first, and for one that survives SIGKILL. */
const LOOK_MS = 20;
const LOOK_LATER_MS = 1000;

export interface StopRules {
  readonly stopSignal: number;
  readonly stopWaitMs: number;
  readonly stopAsGroup: boolean;
  readonly killAsGroup: boolean;
}

/** What a program that is no longer configured is stopped with: supervisord's defaults. */
export const DEFAULT_STOP_RULES: StopRules = {
  stopSignal: 15,
  stopWaitMs: 10_000,
  stopAsGroup: false,
  killAsGroup: false,
};

/**
 * Stops a survivor as its program says, and calls `onGone` once it is gone. `onProblem` hears why a signal cannot be sent. The result gives
 * it up.
 */
export function endSurvivor(
  child: RecordedChild,
  rules: StopRules,
  { clock, spawner }: { readonly clock: Clock; readonly spawner: Pick<Spawner, "signal"> },
  { onGone, onProblem }: { readonly onGone: () => void; readonly onProblem: (reason: string) => void },
): () => void {
  let cancel = () => {};
  const killAtMs = clock.nowMs() + rules.stopWaitMs;
  let killed = false;
  const signal = (number: number, wholeGroup: boolean) => {
    try {
      spawner.signal(child.pid, number, wholeGroup);
    } catch (error) {
      if (errnoOf(error) !== "ESRCH") onProblem(error instanceof Error ? error.message : String(error));
    }
  };
  const look = () => {
    if (!isRunning(child)) return onGone();
    if (!killed && clock.nowMs() >= killAtMs) {
      killed = true;
      signal(SIGKILL, rules.killAsGroup);
    }
    cancel = clock.at(clock.nowMs() + (killed ? LOOK_LATER_MS : LOOK_MS), look);
  };
  signal(rules.stopSignal, rules.stopAsGroup);
  cancel = clock.at(clock.nowMs() + LOOK_MS, look);
  return () => cancel();
}

export interface Survivor {
  readonly pid: number;
  readonly group: string;
  readonly name: string;
}

/**
 * Processes that lead a group of their own and were started by a daemon with this SUPERVISOR_SERVER_URL. Call it when the
 * daemon has that address, since only one at a time can, and before it starts anything. Empty where /proc does not tell.
 */
export function survivorsOf(serverUrl: string): Survivor[] {
  return pids().flatMap((pid) => {
    const survivor = leadsGroup(pid) ? survivorAt(pid, serverUrl) : null;
    return survivor === null ? [] : [survivor];
  });
}

function pids(): number[] {
  try {
    return readdirSync("/proc")
      .map(Number)
      .filter((pid) => pid > 0 && pid !== process.pid);
  } catch {
    return [];
  }
}

/** Whoever its parent is now, it is not this daemon, and so it is nobody that this daemon has started. */
function leadsGroup(pid: number): boolean {
  const stat = read(`/proc/${pid}/stat`);
  const [state, parent, leader] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return state !== "Z" && Number(leader) === pid && Number(parent) !== process.pid;
}

function survivorAt(pid: number, serverUrl: string): Survivor | null {
  const env = new Map(
    read(`/proc/${pid}/environ`)
      .split("\0")
      .map((pair) => [pair.slice(0, pair.indexOf("=")), pair.slice(pair.indexOf("=") + 1)]),
  );
  if (env.get("SUPERVISOR_SERVER_URL") !== serverUrl) return null;
  const [group, name] = [env.get("SUPERVISOR_GROUP_NAME"), env.get("SUPERVISOR_PROCESS_NAME")];
  return group === undefined || name === undefined ? null : { pid, group, name };
}

/** Empty for what is gone or not ours to read. */
function read(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}
