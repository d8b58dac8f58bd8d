// The clauses of one question of history against targets: which targets they can mean, and whether they take an event. Targets are
// looked up as they are met, so that a question costs what it reads and not what there is.
import { PROCESS_STATES } from "@fleetvisor/proto/vocabulary/states";
import type { Database } from "better-sqlite3";
import type { HistoryClause, TargetName } from "../store.js";

export interface TargetRow {
  readonly ref: number;
  readonly instance: string;
  readonly grp: string;
  readonly name: string;
}

interface ProcessName {
  readonly group: string;
  readonly name: string;
}

interface Numbered {
  readonly clause: HistoryClause;
  readonly states: ReadonlySet<number> | null;
}

/** Instances, and names of processes, that are looked into for their targets. */
const INSTANCES = 64;
const PROCESSES = 16;

export class Clauses {
  /** States that any clause asks for; null when some clause takes every event. */
  readonly states: ReadonlySet<number> | null;
  /** Whether any clause asks for one. */
  readonly askStates: boolean;
  /** The only processes that any clause can mean, whatever the instance; null when some clause can mean others. */
  readonly processes: readonly ProcessName[] | null;
  readonly #clauses: readonly Numbered[] | null;
  readonly #byRef;
  readonly #byName;
  readonly #ofInstance;
  readonly #ofProcess;
  /** By target: which clauses cover it. */
  #possible: ReadonlySet<number> | null = null;
  readonly #covering = new Map<number, readonly Numbered[]>();

  constructor(db: Database, clauses: readonly HistoryClause[] | null) {
    this.#clauses = clauses?.map((clause) => ({ clause, states: numbersOf(clause) })) ?? null;
    const every = this.#clauses === null || this.#clauses.some(({ states }) => states === null);
    this.askStates = this.#clauses?.some(({ states }) => states !== null) ?? false;
    this.states = every ? null : new Set(this.#clauses?.flatMap(({ states }) => [...(states ?? [])]));
    this.processes = everyProcess(clauses);
    this.#byRef = db.prepare<[number], TargetRow>("SELECT ref, instance, grp, name FROM target WHERE ref = ?");
    this.#byName = db.prepare<[string, string, string], TargetRow>(
      "SELECT ref, instance, grp, name FROM target WHERE instance = ? AND grp = ? AND name = ?",
    );
    this.#ofInstance = db.prepare<[string, number], TargetRow>(
      "SELECT ref, instance, grp, name FROM target WHERE instance = ? LIMIT ?",
    );
    this.#ofProcess = db.prepare<[string, string, number], TargetRow>(
      "SELECT ref, instance, grp, name FROM target WHERE grp = ? AND name = ? LIMIT ?",
    );
  }

  /** Every target that the clauses can mean, or null when they are more than so many or could only be found by looking at all. */
  targets(atMost: number): readonly number[] | null {
    if (this.#clauses === null) return null;
    const refs = new Set<number>();
    for (const { clause } of this.#clauses) {
      for (const row of this.#rowsOf(clause, atMost) ?? [null]) {
        if (row === null) return null;
        if (covers(clause, targetOf(row))) refs.add(row.ref);
      }
      if (refs.size > atMost) return null;
    }
    this.#possible = refs;
    return [...refs];
  }

  #rowsOf({ exact, instances, processes }: HistoryClause, atMost: number): readonly TargetRow[] | null {
    if (exact !== null) {
      if (exact.length > atMost) return null;
      return exact.flatMap(({ instance, group, name }) => this.#byName.get(instance, group ?? "", name ?? "") ?? []);
    }
    let rows: readonly TargetRow[];
    if (instances != null && instances.size <= INSTANCES) {
      rows = [...instances].flatMap((instance) => this.#ofInstance.all(instance, atMost + 1));
    } else if (processes != null && processes.length <= PROCESSES) {
      rows = processes.flatMap(({ group, name }) => this.#ofProcess.all(group, name, atMost + 1));
    } else {
      return null;
    }
    return rows.length > atMost ? null : rows;
  }

  /** Whether any clause takes an event about this target that leads to this state. */
  take(ref: number, toState: number | null): boolean {
    if (this.#clauses === null) return true;
    if (this.#possible?.has(ref) === false) return false;
    let covering = this.#covering.get(ref);
    if (covering === undefined) {
      const row = this.#byRef.get(ref);
      covering = row === undefined ? [] : this.#clauses.filter(({ clause }) => covers(clause, targetOf(row)));
      this.#covering.set(ref, covering);
    }
    return covering.some(({ states }) => states === null || (toState !== null && states.has(toState)));
  }
}

function everyProcess(clauses: readonly HistoryClause[] | null): readonly ProcessName[] | null {
  const processes: ProcessName[] = [];
  for (const clause of clauses ?? [null]) {
    if (clause?.processes == null) return null;
    processes.push(...clause.processes);
  }
  return processes.length > PROCESSES ? null : processes;
}

function covers(clause: HistoryClause, target: TargetName): boolean {
  if (clause.exact === null) return clause.covers(target);
  const { instance, group, name } = target;
  return clause.exact.some((one) => one.instance === instance && one.group === group && one.name === name);
}

function numbersOf({ states }: HistoryClause): ReadonlySet<number> | null {
  return states === null ? null : new Set([...states].map((state) => PROCESS_STATES[state]));
}

export function targetOf({ instance, grp, name }: TargetRow): TargetName {
  const itself = grp === "";
  return { instance, group: itself ? null : grp, name: itself ? null : name };
}
