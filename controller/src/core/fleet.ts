// The live fleet: which instances and processes there are and what changed with each input. Contact with an instance is
// liveness.ts, what reports mean for history is history.ts.
//
//   hello ──▶ awaiting a snapshot ──snapshot──▶ in step ──report seq+1──▶ in step
//                      ▲                           │ a hole, or a gap
//                      └────── asks for one ───────┘
import { PROCESS_STATE_NAMES, type ProcessState, TROUBLED_STATES } from "@fleetvisor/proto/vocabulary/states";
import { lastSeqOf, type Process, processKey, type Report, type Snapshot, type Supervisor } from "./rows.js";

/** Who an instance says it is. */
export interface Identity {
  readonly name: string;
  /** Fixed at its enrolment. */
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly hostName: string;
  readonly version: string;
}

export interface Instance extends Identity {
  /** Null while it has not been heard of since the controller started. */
  readonly bootId: string | null;
  readonly supervisor: Supervisor | null;
  readonly processes: ReadonlyMap<string, Process>;
  readonly counts: StateCounts;
  /** The rows show every report up to this one. */
  readonly seq: number;
  /** Until it comes, reports change no row: it will contain them. */
  readonly awaitingSnapshot: boolean;
}

export type StateCounts = Readonly<Record<ProcessState, number>>;

export interface Fleet {
  readonly instances: ReadonlyMap<string, Instance>;
  readonly counts: StateCounts;
  readonly processCount: number;
  /** Instance name to keys of its processes in a troubled state, so that the overview needs no search. */
  readonly troubled: ReadonlyMap<string, ReadonlySet<string>>;
}

export type FleetInput =
  /** From the store: remembered, not heard. Changes nothing for an instance that is there already. */
  | { readonly type: "known"; readonly identity: Identity }
  | { readonly type: "hello"; readonly identity: Identity; readonly bootId: string }
  | { readonly type: "snapshot"; readonly instance: string; readonly snapshot: Snapshot }
  | { readonly type: "reports"; readonly instance: string; readonly reports: readonly Report[] }
  | { readonly type: "removed"; readonly instance: string };

export type FleetChange =
  | { readonly type: "instance"; readonly instance: string }
  | { readonly type: "instance-removed"; readonly instance: string }
  | {
      readonly type: "process";
      readonly instance: string;
      readonly process: Process;
      /** Null for a process that was not there. */
      readonly before: Process | null;
    }
  | { readonly type: "process-removed"; readonly instance: string; readonly group: string; readonly name: string };

export interface FleetStep {
  readonly next: Fleet;
  readonly changes: readonly FleetChange[];
  /** The rows of the instance may be behind: ask it for a snapshot. */
  readonly askSnapshot: boolean;
}

const NO_COUNTS: StateCounts = Object.freeze(
  Object.fromEntries(PROCESS_STATE_NAMES.map((state) => [state, 0])) as Record<ProcessState, number>,
);
const TROUBLED: ReadonlySet<ProcessState> = new Set(TROUBLED_STATES);

export function emptyFleet(): Fleet {
  return { instances: new Map(), counts: NO_COUNTS, processCount: 0, troubled: new Map() };
}

/**
 * The next fleet and what differs. The fleet given is consumed: its maps are updated in place, so that one change among
 * 100 000 processes costs one change; a process is replaced and never altered, so one that was read stays as it was.
 * An input for an instance that is not there changes nothing.
 */
export function reduce(fleet: Fleet, input: FleetInput): FleetStep {
  const draft = new Draft(fleet);
  const askSnapshot = apply(draft, input);
  return { next: draft.finish(), changes: draft.changes, askSnapshot };
}

function apply(draft: Draft, input: FleetInput): boolean {
  if (input.type === "known") {
    // One that is there already is known better than from the store.
    if (draft.instance(input.identity.name) === undefined) draft.putInstance(newInstance(input.identity, null));
    return false;
  }
  if (input.type === "hello") {
    greet(draft, input.identity, input.bootId);
    return false;
  }
  const instance = draft.instance(input.instance);
  if (instance === undefined) return false;
  if (input.type === "removed") draft.removeInstance(instance);
  else if (input.type === "snapshot") replace(draft, instance, input.snapshot);
  else return follow(draft, instance, input.reports);
  return false;
}

function newInstance(identity: Identity, bootId: string | null): Instance {
  return {
    ...identity,
    bootId,
    supervisor: null,
    processes: new Map(),
    counts: NO_COUNTS,
    seq: 0,
    awaitingSnapshot: bootId !== null,
  };
}

/** A new name of a known agent takes the old rows away: the snapshot brings them back under the new one. */
function greet(draft: Draft, identity: Identity, bootId: string): void {
  const known = draft.instance(identity.name);
  if (known !== undefined && known.id === identity.id) {
    draft.putInstance({ ...known, ...identity, bootId, awaitingSnapshot: true });
    return;
  }
  if (known !== undefined) draft.removeInstance(known);
  draft.putInstance(newInstance(identity, bootId));
}

function replace(draft: Draft, instance: Instance, snapshot: Snapshot): void {
  const present = new Set(snapshot.processes.map((process) => processKey(process.group, process.name)));
  draft.putInstance({ ...instance, supervisor: snapshot.supervisor, seq: snapshot.seq, awaitingSnapshot: false });
  for (const [key, process] of instance.processes) {
    if (!present.has(key)) draft.removeProcess(instance.name, process.group, process.name);
  }
  for (const process of snapshot.processes) draft.putProcess(instance.name, process);
}

/** Applies what follows on; true when something is missing between what the rows show and what came. */
function follow(draft: Draft, instance: Instance, reports: readonly Report[]): boolean {
  if (instance.awaitingSnapshot) return false;
  let seq = instance.seq;
  let supervisor = instance.supervisor;
  for (const report of reports) {
    const last = lastSeqOf(report);
    if (last <= seq) continue;
    if (report.fact.type === "gap" || report.seq > seq + 1) {
      draft.putInstance({ ...(draft.instance(instance.name) ?? instance), seq, supervisor, awaitingSnapshot: true });
      return true;
    }
    seq = last;
    const { fact } = report;
    if (fact.type === "supervisor") supervisor = fact.supervisor;
    else if (fact.type === "process-removed") draft.removeProcess(instance.name, fact.group, fact.name);
    else if (fact.type !== "unknown") draft.putProcess(instance.name, fact.process);
  }
  const current = draft.instance(instance.name) ?? instance;
  if (supervisor === current.supervisor) draft.setInstance({ ...current, seq });
  else draft.putInstance({ ...current, seq, supervisor });
  return false;
}

/** The one place that touches the maps, so that counts and the troubled index cannot part from the rows. */
class Draft {
  readonly changes: FleetChange[] = [];
  readonly #instances: Map<string, Instance>;
  readonly #troubled: Map<string, Set<string>>;
  #counts: StateCounts;
  #processCount: number;

  constructor(fleet: Fleet) {
    this.#instances = fleet.instances as Map<string, Instance>;
    this.#troubled = fleet.troubled as Map<string, Set<string>>;
    this.#counts = fleet.counts;
    this.#processCount = fleet.processCount;
  }

  finish(): Fleet {
    return {
      instances: this.#instances,
      counts: this.#counts,
      processCount: this.#processCount,
      troubled: this.#troubled,
    };
  }

  instance(name: string): Instance | undefined {
    return this.#instances.get(name);
  }

  setInstance(instance: Instance): void {
    this.#instances.set(instance.name, instance);
  }

  putInstance(instance: Instance): void {
    this.setInstance(instance);
    this.changes.push({ type: "instance", instance: instance.name });
  }

  removeInstance(instance: Instance): void {
    for (const process of instance.processes.values()) this.#count(instance.name, process, null);
    this.#instances.delete(instance.name);
    this.changes.push({ type: "instance-removed", instance: instance.name });
  }

  putProcess(instanceName: string, process: Process): void {
    const instance = this.#instances.get(instanceName);
    if (instance === undefined) return;
    const key = processKey(process.group, process.name);
    const before = instance.processes.get(key) ?? null;
    if (before !== null && sameProcess(before, process)) return;
    (instance.processes as Map<string, Process>).set(key, process);
    this.#count(instanceName, before, process);
    this.changes.push({ type: "process", instance: instanceName, process, before });
  }

  removeProcess(instanceName: string, group: string, name: string): void {
    const instance = this.#instances.get(instanceName);
    const key = processKey(group, name);
    const before = instance?.processes.get(key);
    if (instance === undefined || before === undefined) return;
    (instance.processes as Map<string, Process>).delete(key);
    this.#count(instanceName, before, null);
    this.changes.push({ type: "process-removed", instance: instanceName, group, name });
  }

  #count(instanceName: string, before: Process | null, after: Process | null): void {
    this.#counts = recount(this.#counts, before, after);
    this.#processCount += (after === null ? 0 : 1) - (before === null ? 0 : 1);
    const instance = this.#instances.get(instanceName);
    if (instance !== undefined) this.setInstance({ ...instance, counts: recount(instance.counts, before, after) });
    const process = after ?? before;
    if (process === null) return;
    const key = processKey(process.group, process.name);
    const keys = this.#troubled.get(instanceName);
    if (after !== null && TROUBLED.has(after.state)) {
      if (keys === undefined) this.#troubled.set(instanceName, new Set([key]));
      else keys.add(key);
    } else if (keys?.delete(key) === true && keys.size === 0) {
      this.#troubled.delete(instanceName);
    }
  }
}

function recount(counts: StateCounts, before: Process | null, after: Process | null): StateCounts {
  if (before?.state === after?.state) return counts;
  const next = { ...counts };
  if (before !== null) next[before.state] -= 1;
  if (after !== null) next[after.state] += 1;
  return next;
}

function sameProcess(a: Process, b: Process): boolean {
  for (const key of Object.keys(b) as (keyof Process)[]) {
    if (key !== "exit" && a[key] !== b[key]) return false;
  }
  return (
    a.exit?.code === b.exit?.code &&
    a.exit?.signal === b.exit?.signal &&
    a.exit?.coreDumped === b.exit?.coreDumped &&
    a.exit?.expected === b.exit?.expected
  );
}
