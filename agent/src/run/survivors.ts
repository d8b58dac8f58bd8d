// Children that an earlier life of this daemon left running: a daemon killed with SIGKILL stops nobody. Read from /proc; nothing here
// sends a signal, since whose process it is can be told from its environment but not proved.
import { readdirSync, readFileSync } from "node:fs";

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
