// The link's messages to domain values and back; nothing else knows their shape. What an agent says is bounded and checked here.
import {
  type ExitStatus as ExitStatusMessage,
  type Gap,
  type Hello,
  type OrderResult as OrderResultMessage,
  type ProcessInfo,
  type Report as ReportMessage,
  type Samples as SamplesMessage,
  type Snapshot as SnapshotMessage,
  type StateChange,
  type SupervisorInfo,
  Verb as VerbMessage,
} from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { CAPABILITY_NAMES, type Capability } from "@fleetvisor/proto/vocabulary/capabilities";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { PROCESS_STATE_NAMES, type ProcessState } from "@fleetvisor/proto/vocabulary/states";
import type { Samples } from "../core/metrics.js";
import { INSTANCE_NAME } from "../core/names.js";
import type { Verb } from "../core/operation.js";
import type { Answer } from "../core/operation-target.js";
import type { EndOfLife, ExitStatus, Fact, Process, Report, Snapshot, Supervisor } from "../core/rows.js";

const NAME_CHARS = 255;
const TEXT_CHARS = 8_192;
const TAIL_BYTES = 16_384;
const LABELS = 64;
/** So many sessions no agent has had; one that says more is counted from here. */
const EPOCHS = 2 ** 48;
/** Most processes of one instance. */
export const PROCESSES = 50_000;

export const VERB_MESSAGES: Readonly<Record<Verb, VerbMessage>> = {
  start: VerbMessage.START,
  stop: VerbMessage.STOP,
  restart: VerbMessage.RESTART,
  signal: VerbMessage.SIGNAL,
  clear: VerbMessage.CLEAR,
  update: VerbMessage.UPDATE,
  add: VerbMessage.ADD,
  remove: VerbMessage.REMOVE,
  reload: VerbMessage.RELOAD,
  shutdown: VerbMessage.SHUTDOWN,
};

/** What a hello says of an agent, besides its id. Throws `invalid-argument`. */
export interface Introduction {
  readonly bootId: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hostName: string;
  readonly version: string;
  /** Highest epoch that the agent has seen. */
  readonly seenEpoch: number;
}

/** What an agent says that it can do; what this controller does not know is left out. */
export function decodeCapabilities({ capabilities }: Hello): ReadonlySet<Capability> {
  return new Set(CAPABILITY_NAMES.filter((name) => capabilities.includes(name)));
}

/** Throws `invalid-argument` for what names no boot. */
export function checkBootId(bootId: string): void {
  if (!/^[\x21-\x7e]{1,128}$/.test(bootId)) throw bad("no boot id, or none that can be");
}

export function decodeHello(hello: Hello): Introduction {
  if (!INSTANCE_NAME.test(hello.name)) {
    throw bad(`an instance cannot be called ${JSON.stringify(hello.name.slice(0, NAME_CHARS))}`);
  }
  checkBootId(hello.bootId);
  const labels = Object.entries(hello.labels);
  if (labels.length > LABELS) throw bad(`more than ${LABELS} labels`);
  for (const [key, value] of labels) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,62}$/.test(key) || value.length > NAME_CHARS) {
      throw bad(`no label can be ${JSON.stringify(`${key}=${value}`.slice(0, NAME_CHARS))}`);
    }
  }
  return {
    bootId: hello.bootId,
    name: hello.name,
    labels: Object.fromEntries(labels),
    hostName: text(hello.hostName, NAME_CHARS),
    version: text(hello.version, NAME_CHARS),
    seenEpoch: Math.min(hello.epoch, EPOCHS),
  };
}

export function decodeSnapshot(message: SnapshotMessage): Snapshot {
  if (message.processes.length > PROCESSES) throw bad(`more than ${PROCESSES} processes`);
  return {
    seq: message.seq,
    supervisor: decodeSupervisor(message.supervisor),
    processes: message.processes.map(decodeProcess),
  };
}

/** The numbers are the agent's own: whatever they are, they make figures of its instance alone. */
export function decodeSamples({ monotonicMs, host, processes }: SamplesMessage): Samples {
  if (processes.length > PROCESSES) throw bad(`samples of more than ${PROCESSES} processes`);
  return { monotonicMs, host: host ?? null, processes };
}

export function decodeReport(message: ReportMessage): Report {
  return { seq: message.seq, atMs: message.atMs, fact: decodeFact(message) };
}

function decodeFact({ body, seq }: ReportMessage): Fact {
  switch (body?.$case) {
    case "stateChange":
      return decodeStateChange(body.value);
    case "processAdded":
      return { type: "process-added", process: decodeProcess(body.value) };
    case "processRemoved":
      return { type: "process-removed", group: processName(body.value.group), name: processName(body.value.name) };
    case "gap":
      return decodeGap(body.value, seq);
    case "supervisor":
      return { type: "supervisor", supervisor: decodeSupervisor(body.value) };
    default:
      return { type: "unknown" };
  }
}

/** A gap stands in the place of what it says is missing; one that reached further would make later reports look known. */
function decodeGap({ firstSeq, lastSeq }: Gap, seq: number): Fact {
  if (firstSeq < 1 || firstSeq > lastSeq || lastSeq > seq) throw bad(`a gap from ${firstSeq} to ${lastSeq} at ${seq}`);
  return { type: "gap", first: firstSeq, last: lastSeq };
}

/** An agent's answer to an order. */
export function decodeAnswers({ targets }: OrderResultMessage): Answer[] {
  if (targets.length > PROCESSES) throw bad(`an answer for more than ${PROCESSES} processes`);
  return targets.map(({ group, name, code, message }) => ({ group, name, code, message: text(message, TEXT_CHARS) }));
}

function decodeStateChange(change: StateChange): Fact {
  if (change.process === undefined) throw bad("a state change without its process");
  const { end } = change;
  const life: EndOfLife | null =
    end === undefined
      ? null
      : {
          pid: end.pid,
          exit: decodeExit(end.exit),
          uptimeMs: end.uptimeMs,
          cpuMs: end.cpuMs,
          peakMemoryBytes: end.peakMemoryBytes,
          stdoutTail: tail(end.stdoutTail),
          stderrTail: tail(end.stderrTail),
          oomKilled: end.oomKilled,
        };
  return {
    type: "state-change",
    from: state(change.fromState),
    process: decodeProcess(change.process),
    end: life,
    orderId: change.orderId === "" ? null : text(change.orderId, NAME_CHARS),
  };
}

function decodeProcess(info: ProcessInfo): Process {
  return {
    group: processName(info.group),
    name: processName(info.name),
    state: state(info.state),
    pid: orNull(info.pid),
    sinceMs: info.sinceMs,
    startedAtMs: orNull(info.startedAtMs),
    stoppedAtMs: orNull(info.stoppedAtMs),
    exit: decodeExit(info.exit),
    spawnError: info.spawnError === "" ? null : text(info.spawnError, TEXT_CHARS),
    description: text(info.description, TEXT_CHARS),
    tries: info.tries,
    command: text(info.command, TEXT_CHARS),
    priority: info.priority,
    hasStdoutLog: info.hasStdoutLog,
    hasStderrLog: info.hasStderrLog,
    autostart: info.autostart,
    autorestart: text(info.autorestart, NAME_CHARS),
    index: info.index,
  };
}

function decodeSupervisor(info: SupervisorInfo | undefined): Supervisor {
  if (info === undefined) throw bad("nothing about the supervisor");
  return {
    identifier: text(info.identifier, NAME_CHARS),
    pid: info.pid,
    mood: text(info.mood, NAME_CHARS),
    startedAtMs: info.startedAtMs,
    supervisorVersion: text(info.supervisorVersion, NAME_CHARS),
    configFile: text(info.configFile, TEXT_CHARS),
  };
}

function decodeExit(exit: ExitStatusMessage | undefined): ExitStatus | null {
  if (exit === undefined) return null;
  const signal = exit.signal === "" ? null : text(exit.signal, 32);
  return { code: signal === null ? exit.code : null, signal, coreDumped: exit.coreDumped, expected: exit.expected };
}

const STATES: ReadonlyMap<string, ProcessState> = new Map(PROCESS_STATE_NAMES.map((name) => [name, name]));

/** A state that only a newer agent knows reads as UNKNOWN. The table's own string, not one a process. */
function state(name: string): ProcessState {
  return STATES.get(name) ?? "UNKNOWN";
}

/** supervisord's own rule for names of groups and programs (options.py, process_or_group_name). */
function processName(name: string): string {
  if (name === "" || name.length > NAME_CHARS || /[\s:/\x00-\x1f]/.test(name)) {
    throw bad(`no process or group can be called ${JSON.stringify(name.slice(0, NAME_CHARS))}`);
  }
  return name;
}

function text(value: string, limit: number): string {
  return value.length > limit ? value.slice(0, limit) : value;
}

const NO_BYTES = new Uint8Array(0);

/** A copy of its own: the bytes of a message are a view on the whole of it. */
function tail(value: Uint8Array): Uint8Array {
  if (value.length === 0) return NO_BYTES;
  return new Uint8Array(value.subarray(Math.max(0, value.length - TAIL_BYTES)));
}

function orNull(value: number): number | null {
  return value === 0 ? null : value;
}

function bad(message: string): FleetError {
  return new FleetError("invalid-argument", message);
}
