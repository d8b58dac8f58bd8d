// History events as rows of the event table and back.
import { PROCESS_STATES, type ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { EVENT_KINDS, type EventKind, type HistoryEvent, type NewEvent } from "../../core/history.js";
import type { EndOfLife, ExitStatus } from "../../core/rows.js";

const KIND_NAMES = invert(EVENT_KINDS);
const STATE_NAMES = invert(PROCESS_STATES);

function invert<K extends string>(table: Readonly<Record<K, number>>): ReadonlyMap<number, K> {
  return new Map((Object.entries(table) as [K, number][]).map(([name, number]) => [number, name]));
}

/** Columns of an event besides id, target, boot and committed_ms, in the order of `eventValues`. */
export const EVENT_COLUMNS = [
  "kind",
  "seq",
  "at_ms",
  "from_state",
  "to_state",
  "pid",
  "exit_code",
  "exit_signal",
  "exit_expected",
  "core_dumped",
  "spawn_error",
  "uptime_ms",
  "cpu_ms",
  "peak_memory_bytes",
  "stdout_tail",
  "stderr_tail",
  "oom_killed",
  "operation_id",
  "user",
  "detail",
] as const;

/** Ids that share a row of event_span; as in the migration that made it. */
export const BLOCK_IDS = 4_096;

type Value = number | string | Uint8Array | null;

export function eventValues(event: NewEvent): Value[] {
  const { exit, end } = event;
  return [
    EVENT_KINDS[event.kind],
    event.seq,
    event.atMs,
    event.fromState === null ? null : PROCESS_STATES[event.fromState],
    event.toState === null ? null : PROCESS_STATES[event.toState],
    event.pid,
    exit?.code ?? null,
    exit?.signal ?? null,
    exit === null ? null : Number(exit.expected),
    exit === null ? null : Number(exit.coreDumped),
    event.spawnError,
    end?.uptimeMs ?? null,
    end?.cpuMs ?? null,
    end?.peakMemoryBytes ?? null,
    end === null ? null : end.stdoutTail,
    end === null ? null : end.stderrTail,
    end?.oomKilled === true ? 1 : null,
    event.operationId,
    event.user,
    event.detail,
  ];
}

/** A row of `SELECT event.*, target.instance, target.grp, target.name`. */
export interface EventRow {
  readonly id: number;
  readonly kind: number;
  readonly seq: number | null;
  readonly at_ms: number;
  readonly instance: string;
  readonly grp: string;
  readonly name: string;
  readonly from_state: number | null;
  readonly to_state: number | null;
  readonly pid: number | null;
  readonly exit_code: number | null;
  readonly exit_signal: string | null;
  readonly exit_expected: number | null;
  readonly core_dumped: number | null;
  readonly spawn_error: string | null;
  readonly uptime_ms: number | null;
  readonly cpu_ms: number | null;
  readonly peak_memory_bytes: number | null;
  readonly stdout_tail: Uint8Array | null;
  readonly stderr_tail: Uint8Array | null;
  readonly oom_killed: number | null;
  readonly operation_id: string | null;
  readonly user: string | null;
  readonly detail: string | null;
}

export function eventOfRow(row: EventRow): HistoryEvent {
  const itself = row.grp === "";
  const exit = exitOfRow(row);
  return {
    id: row.id,
    kind: kindOf(row.kind),
    seq: row.seq,
    atMs: row.at_ms,
    instance: row.instance,
    group: itself ? null : row.grp,
    name: itself ? null : row.name,
    fromState: stateOf(row.from_state),
    toState: stateOf(row.to_state),
    pid: row.pid,
    exit,
    spawnError: row.spawn_error,
    end: endOfRow(row, exit),
    operationId: row.operation_id,
    user: row.user,
    detail: row.detail,
  };
}

function exitOfRow(row: EventRow): ExitStatus | null {
  if (row.exit_expected === null) return null;
  return {
    code: row.exit_code,
    signal: row.exit_signal,
    coreDumped: row.core_dumped === 1,
    expected: row.exit_expected === 1,
  };
}

function endOfRow(row: EventRow, exit: ExitStatus | null): EndOfLife | null {
  if (row.uptime_ms === null) return null;
  return {
    pid: row.pid ?? 0,
    exit,
    uptimeMs: row.uptime_ms,
    cpuMs: row.cpu_ms ?? 0,
    peakMemoryBytes: row.peak_memory_bytes ?? 0,
    stdoutTail: bytes(row.stdout_tail),
    stderrTail: bytes(row.stderr_tail),
    oomKilled: row.oom_killed === 1,
  };
}

/** As plain Uint8Array, so that every back end answers alike. */
function bytes(value: Uint8Array | null): Uint8Array {
  return value === null ? new Uint8Array(0) : new Uint8Array(value);
}

/** A number of a newer fleetvisor reads as the nearest thing that is known. */
function kindOf(number: number): EventKind {
  return KIND_NAMES.get(number) ?? "process-state";
}

function stateOf(number: number | null): ProcessState | null {
  return number === null ? null : (STATE_NAMES.get(number) ?? "UNKNOWN");
}
