// Reads an agent's activity log as evidence: every start of the agent, and in each the lives of its processes.
import type { Boot, Life, LifeEnd } from "./evidence.js";

const LINE = /^(\d{4})-(\d\d)-(\d\d) (\d\d):(\d\d):(\d\d),(\d{3}) [A-Z]{4} (.*)$/;
const STARTED = /^supervisord started with pid \d+$/;
const CONNECTED = /^fleet: connected as /;
const SPAWNED = /^spawned: '([^']+)' with pid (\d+)$/;
const UP = /^success: (\S+) entered RUNNING state/;
const EXITED = /^exited: (\S+) \((?:terminated by (\w+)|exit status)/;
const STOPPED = /^stopped: (\S+) \((?:terminated by (\w+)|exit status)/;

interface Draft {
  startedMs: number;
  connectedMs: number | null;
  lives: Map<string, Life[]>;
}

/** Starts of the agent, oldest first. `killsMs` are the moments at which it was killed, one for each start but the last. */
export function readBoots(log: string, killsMs: readonly number[]): Boot[] {
  const drafts: Draft[] = [];
  for (const line of log.split("\n")) {
    const match = LINE.exec(line);
    if (match === null) continue;
    const [year, month, day, hour, minute, second, ms] = match.slice(1, 8).map(Number) as Seven;
    const atMs = new Date(year, month - 1, day, hour, minute, second, ms).getTime();
    const text = match[8] ?? "";
    if (STARTED.test(text)) drafts.push({ startedMs: atMs, connectedMs: null, lives: new Map() });
    else take(drafts.at(-1), text, atMs);
  }
  return drafts.map((draft, index) => ({ ...draft, killedMs: killsMs[index] ?? null }));
}

type Seven = [number, number, number, number, number, number, number];

function take(draft: Draft | undefined, text: string, atMs: number): void {
  if (draft === undefined) return;
  if (CONNECTED.test(text)) draft.connectedMs ??= atMs;
  const spawned = SPAWNED.exec(text);
  if (spawned !== null) {
    const name = spawned[1] ?? "";
    const lives = draft.lives.get(name) ?? [];
    lives.push({ pid: Number(spawned[2]), bornMs: atMs, upMs: null, end: null });
    draft.lives.set(name, lives);
    return;
  }
  const up = UP.exec(text);
  if (up !== null) amend(draft, up[1] ?? "", { upMs: atMs });
  for (const [how, pattern] of [
    ["exited", EXITED],
    ["stopped", STOPPED],
  ] as const) {
    const ended = pattern.exec(text);
    const end: LifeEnd = { how, atMs, signal: ended?.[2] ?? null };
    if (ended !== null) amend(draft, ended[1] ?? "", { end });
  }
}

function amend(draft: Draft, name: string, change: Partial<Life>): void {
  const lives = draft.lives.get(name);
  const last = lives?.pop();
  if (lives === undefined || last === undefined) throw new Error(`the log tells of ${name} before it was spawned`);
  lives.push({ ...last, ...change });
}
