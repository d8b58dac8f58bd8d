// History of one process as its lives: from start to end, with what each took and why it ended. Pure.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { formatTarget } from "@fleetvisor/proto/vocabulary/namespec";
import type { Colors } from "./colors.js";
import { describeFailure } from "./ending.js";
import type { Head, Row } from "./table.js";
import { formatBytes, formatMoment, formatSpan } from "./words.js";

/** One life, or an attempt that never became one. */
export interface Life {
  readonly target: string;
  readonly pid: number | null;
  /** Null when its start is not in history, or there was none. */
  readonly startedAtMs: number | null;
  /** Null while it goes on. */
  readonly endedAtMs: number | null;
  readonly uptimeMs: number | null;
  /** In words: `exited with code 1 (unexpected)`; null while it goes on. */
  readonly cause: string | null;
  readonly expected: boolean | null;
  readonly exitCode: number | null;
  readonly exitSignal: string | null;
  readonly oomKilled: boolean;
  readonly spawnError: string | null;
  readonly cpuMs: number | null;
  readonly peakMemoryBytes: number | null;
  /** Who asked for its end, or for its start when nobody did for its end. */
  readonly user: string | null;
  readonly operationId: string | null;
  readonly stdoutTail: string | null;
  readonly stderrTail: string | null;
}

/** What is known of a life that has begun. */
interface Begun {
  atMs: number;
  pid: number | null;
  user: string | null;
  operationId: string | null;
}

/** Lives of the events, which are of one process and oldest first. */
export function livesOf(events: readonly HistoryEvent[]): Life[] {
  const lives: Life[] = [];
  let begun: Begun | null = null;
  for (const event of events) {
    const { kind, toState, group, name, atMs, pid, user, operationId } = event;
    if (kind !== "process-state" || group === null || name === null) continue;
    const target = formatTarget(event.instance, group, name);
    if (toState === "STARTING") {
      begun = { atMs, pid, user, operationId };
    } else if (toState === "RUNNING" || toState === "STOPPING") {
      begun ??= { atMs: Number.NaN, pid, user: null, operationId: null };
      begun.pid = pid || begun.pid;
      begun = { ...begun, user: user ?? begun.user, operationId: operationId ?? begun.operationId };
    } else if (isEnd(event)) {
      lives.push(endedLife(target, event, begun));
      begun = null;
    }
  }
  const last = events.at(-1);
  if (begun !== null && last !== undefined && last.group !== null && last.name !== null) {
    lives.push({ ...GOING_ON, ...begunPart(begun), target: formatTarget(last.instance, last.group, last.name) });
  }
  return lives;
}

const GOING_ON: Omit<Life, "target" | "pid" | "startedAtMs" | "user" | "operationId"> = {
  endedAtMs: null,
  uptimeMs: null,
  cause: null,
  expected: null,
  exitCode: null,
  exitSignal: null,
  oomKilled: false,
  spawnError: null,
  cpuMs: null,
  peakMemoryBytes: null,
  stdoutTail: null,
  stderrTail: null,
};

function begunPart({ atMs, pid, user, operationId }: Begun) {
  return { startedAtMs: Number.isNaN(atMs) ? null : atMs, pid: pid || null, user, operationId };
}

/** The end of a life, or a start that failed; that a process is given up after it is no other end. */
function isEnd({ uptimeMs, exitCode, exitSignal, spawnError, toState }: HistoryEvent): boolean {
  if (uptimeMs !== null) return true;
  if (toState === "FATAL" || toState === "STOPPED") return false;
  return exitCode !== null || exitSignal !== null || spawnError !== null;
}

function endedLife(target: string, event: HistoryEvent, begun: Begun | null): Life {
  const { atMs, uptimeMs, exitExpected, exitCode, exitSignal, spawnError, cpuMs, peakMemoryBytes } = event;
  const known = begun === null ? { startedAtMs: null, pid: null, user: null, operationId: null } : begunPart(begun);
  return {
    target,
    pid: event.pid || known.pid,
    startedAtMs: uptimeMs === null ? known.startedAtMs : atMs - uptimeMs,
    endedAtMs: atMs,
    uptimeMs,
    cause: describeFailure(event),
    expected: exitExpected,
    exitCode,
    exitSignal,
    oomKilled: event.oomKilled,
    spawnError,
    cpuMs,
    peakMemoryBytes,
    user: event.user ?? known.user,
    operationId: event.operationId ?? known.operationId,
    stdoutTail: event.stdoutTail,
    stderrTail: event.stderrTail,
  };
}

export const LIFE_HEAD: Head = [
  "STARTED",
  { title: "ENDED", isWide: true },
  "UPTIME",
  { title: "PID", leaves: 1 },
  { title: "CPU", leaves: 2 },
  { title: "MEMORY", leaves: 3 },
  { title: "BY", leaves: 4 },
  "END",
];

/** Lines of each channel that are shown of the last words. */
const WORD_LINES = 10;

export function lifeRows(
  lives: readonly Life[],
  { nowMs, colors, words }: { readonly nowMs: number; readonly colors: Colors; readonly words: boolean },
): readonly Row[] {
  return lives.flatMap((life) => {
    const { startedAtMs, endedAtMs, pid, cpuMs, peakMemoryBytes, user } = life;
    const uptimeMs = life.uptimeMs ?? (endedAtMs === null && startedAtMs !== null ? nowMs - startedAtMs : null);
    const isBad = life.spawnError !== null || life.expected === false;
    const end = { text: life.cause ?? (endedAtMs === null ? "goes on" : "not known"), ...paintOf(life, isBad, colors) };
    const cells = [
      startedAtMs === null ? "-" : formatMoment(startedAtMs),
      endedAtMs === null ? "-" : formatMoment(endedAtMs),
      uptimeMs === null ? "-" : formatSpan(uptimeMs, true),
      pid === null ? "-" : String(pid),
      cpuMs === null ? "-" : formatSpan(cpuMs, true),
      // 0 where the system did not tell: nothing lives without any.
      peakMemoryBytes === null || peakMemoryBytes === 0 ? "-" : formatBytes(peakMemoryBytes),
      user ?? "-",
    ];
    const told = words
      ? [...wordRows("stdout", life.stdoutTail, colors), ...wordRows("stderr", life.stderrTail, colors)]
      : [];
    return [[...cells, end], ...told];
  });
}

function paintOf({ endedAtMs }: Life, isBad: boolean, colors: Colors) {
  if (endedAtMs === null) return { paint: colors.green };
  return isBad ? { paint: colors.red } : {};
}

function wordRows(channel: string, tail: string | null, colors: Colors): Row[] {
  const lines = (tail ?? "").trimEnd().split("\n").slice(-WORD_LINES);
  if (lines.length === 1 && lines[0] === "") return [];
  return lines.map((line) => ["", "", "", "", "", "", "", { text: `${channel} | ${line}`, paint: colors.dim }]);
}
