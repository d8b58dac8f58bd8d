// Carries operations out: resolves targets, gives each instance its order, keeps every step before it counts, tells who listens.
// What a step means is decided in core/operation.ts.
import { randomUUID } from "node:crypto";
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Logger } from "pino";
import type { Fleet } from "../core/fleet.js";
import { selected } from "../core/listing.js";
import { compareNames } from "../core/names.js";
import {
  isDone,
  type Operation,
  type OperationInput,
  type OperationTarget,
  operationTransition,
  orderIdOf,
  type Verb,
} from "../core/operation.js";
import type { Process } from "../core/rows.js";
import { select } from "../core/selection.js";
import type { Agents } from "../instances/agents.js";
import type { OrderOutcome } from "../instances/instance.js";
import type { Store } from "../store/store.js";
import type { LiveFleet } from "./live-fleet.js";

/** Finished operations that are remembered, so that a late report still finds who asked. */
const REMEMBERED = 1_000;

/** Between two writes of one operation, for each of its targets: a thousand targets are written ten times a second at most. */
const SPACING_MS = 0.1;
const LONGEST_SPACING_MS = 1_000;
/** How long a stop waits for results that are being written down. */
const STOP_MS = 2_000;

export interface NewOperation {
  readonly verb: Verb;
  readonly selector: string;
  readonly signal: string | null;
  readonly user: string;
  readonly timeoutMs: number;
}

interface Job {
  operation: Operation;
  /** A save that is planned and has not read the operation yet. */
  saving: Promise<void> | null;
  /** When the last save read it; monotonic. */
  savedMs: number;
  readonly waiting: Set<() => void>;
}

export interface OperationsOptions {
  readonly store: Store;
  readonly fleet: LiveFleet;
  readonly agents: Agents;
  readonly log: Logger;
  readonly onChange: (operation: Operation) => void;
}

export class Operations implements Lifecycle {
  readonly #options: OperationsOptions;
  readonly #jobs = new Map<string, Job>();
  readonly #users = new Map<string, string>();
  #stopping = false;

  constructor(options: OperationsOptions) {
    this.#options = options;
  }

  /** Carries on with what an earlier start left. Orders that had left are asked about again, never given twice. */
  async start(): Promise<void> {
    for (const { id, user } of [...(await this.#options.store.operations(REMEMBERED))].reverse())
      this.#rememberUser(id, user);
    for (const operation of await this.#options.store.runningOperations()) this.#run(operation);
  }

  /** Keeps the results that are known; what is under way is asked about at the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    // Answers that came a moment ago are taken first.
    await immediate();
    const jobs = [...this.#jobs.values()];
    for (const job of jobs) for (const wake of job.waiting) wake();
    const enough = new AbortController();
    const kept = Promise.allSettled(jobs.map((job) => job.saving));
    await Promise.race([kept, sleep(STOP_MS, null, { signal: enough.signal }).catch(() => null)]);
    enough.abort();
  }

  /** Who asked for an operation; null when it is not remembered. */
  userOf(operationId: string): string | null {
    return this.#users.get(operationId) ?? null;
  }

  /** What the operation would do in the fleet, or a part of it: every target pending. Throws `not-found` when the selector matches nothing, `invalid-argument`. */
  plan(request: NewOperation, fleet: Fleet = this.#options.fleet.fleet): Operation {
    const byInstance = new Map<string, Process[]>();
    for (const { instance, process } of selected(fleet, select(request.selector))) {
      const list = byInstance.get(instance.name);
      if (list === undefined) byInstance.set(instance.name, [process]);
      else list.push(process);
    }
    if (byInstance.size === 0) throw new FleetError("not-found", `no process matches ${request.selector}`);
    const targets = [...byInstance]
      .sort(([a], [b]) => compareNames(a, b))
      .flatMap(([instance, processes]) => processes.sort(asListed).map((process) => newTarget(instance, process)));
    const { verb, selector, signal, user, timeoutMs } = request;
    const createdAtMs = Date.now();
    const deadlineAtMs = createdAtMs + timeoutMs;
    return { id: randomUUID(), verb, selector, signal, user, createdAtMs, deadlineAtMs, finishedAtMs: null, targets };
  }

  /** Begins a planned operation; resolves when it is kept. */
  async begin(operation: Operation): Promise<void> {
    await this.#options.store.saveOperation(operation);
    const { id, verb, selector, user, targets } = operation;
    this.#options.log.info({ operation: id, verb, selector, user, targets: targets.length }, "operation");
    this.#rememberUser(id, user);
    this.#options.onChange(operation);
    this.#run(operation);
  }

  /** The operation, finished (or what else `isOver` means by it) or after `waitMs`; null when there is none of that id. */
  async find(
    id: string,
    waitMs = 0,
    isOver: (operation: Operation) => boolean = ({ finishedAtMs }) => finishedAtMs !== null,
  ): Promise<Operation | null> {
    const job = this.#jobs.get(id);
    if (job === undefined) return this.#options.store.operation(id);
    const endMs = performance.now() + waitMs;
    for (let leftMs = waitMs; leftMs > 0 && !this.#stopping; leftMs = endMs - performance.now()) {
      if (job.operation.finishedAtMs !== null || isOver(job.operation)) break;
      await changed(job, leftMs);
    }
    return job.operation;
  }

  /** Newest first, as of now. */
  async latest(limit: number): Promise<readonly Operation[]> {
    const kept = await this.#options.store.operations(limit);
    return kept.map((operation) => this.#jobs.get(operation.id)?.operation ?? operation);
  }

  #run(operation: Operation): void {
    const job: Job = { operation, saving: null, savedMs: Number.NEGATIVE_INFINITY, waiting: new Set() };
    this.#jobs.set(operation.id, job);
    const open = new Map<string, OperationTarget[]>();
    for (const target of operation.targets) {
      if (isDone(target)) continue;
      const list = open.get(target.instance);
      if (list === undefined) open.set(target.instance, [target]);
      else list.push(target);
    }
    for (const [instance, targets] of open) void this.#order(job, instance, targets);
  }

  async #order(job: Job, name: string, targets: readonly OperationTarget[]): Promise<void> {
    const { id, verb, signal, deadlineAtMs } = job.operation;
    const known = this.#options.fleet.fleet.instances.get(name);
    let outcome: OrderOutcome = { type: "not-sent", reason: `${name} is not in the fleet any more` };
    if (known !== undefined) {
      outcome = await this.#options.agents.instance(known.id).order(
        {
          id: orderIdOf(id, known.id),
          verb,
          targets,
          signal,
          deadlineAtMs,
          givenTo: givenTo(targets),
        },
        (bootId) => this.#take(job, { type: "sent", instance: name, bootId }),
      );
    }
    try {
      await this.#take(job, { ...outcome, instance: name });
    } catch (error) {
      this.#options.log.error(
        { operation: id, error: FleetError.from(error).message },
        "an operation's result is not kept",
      );
    }
  }

  /** Takes a step and resolves when it is kept. */
  #take(job: Job, input: OperationInput): Promise<void> {
    const next = operationTransition(job.operation, input, Date.now());
    if (next === job.operation) return Promise.resolve();
    job.operation = next;
    job.saving ??= this.#save(job);
    return job.saving;
  }

  /** Steps close to each other share one write, so that an operation on a thousand instances is not written a thousand times. */
  #save(job: Job): Promise<void> {
    const spacingMs = Math.min(LONGEST_SPACING_MS, SPACING_MS * job.operation.targets.length);
    const waitMs = job.savedMs + spacingMs - performance.now();
    return new Promise((resolve, reject) => {
      const soon = (then: () => void) => (waitMs < 1 ? setImmediate(then) : setTimeout(then, waitMs));
      soon(() => {
        job.saving = null;
        job.savedMs = performance.now();
        const { operation } = job;
        const saved = this.#options.store.saveOperation(operation);
        saved.then(resolve, reject);
        this.#options.onChange(operation);
        for (const wake of job.waiting) wake();
        if (operation.finishedAtMs === null) return;
        // Until it is kept, the store would still answer that it runs.
        const forget = () => this.#jobs.delete(operation.id);
        saved.then(forget, forget);
      });
    });
  }

  #rememberUser(operationId: string, user: string): void {
    this.#users.set(operationId, user);
    if (this.#users.size <= REMEMBERED) return;
    for (const oldest of this.#users.keys()) {
      if (this.#users.size <= REMEMBERED) break;
      if (!this.#jobs.has(oldest)) this.#users.delete(oldest);
    }
  }
}

/** The boot that an earlier start of the controller gave the order to, "" when that is not known; null when it never left. */
function givenTo(targets: readonly OperationTarget[]): string | null {
  const sent = targets.find((target) => target.result === "sent");
  return sent === undefined ? null : (sent.sentTo ?? "");
}

/** For reading; the agent acts by the priorities that it knows. */
function asListed(a: Process, b: Process): number {
  return compareNames(a.group, b.group) || a.index - b.index || compareNames(a.name, b.name);
}

function newTarget(instance: string, { group, name }: Process): OperationTarget {
  return { instance, group, name, result: "pending", sentTo: null, code: null, message: "", finishedAtMs: null };
}

/** Resolves when something of the job changed, or after a time. */
function changed(job: Job, withinMs: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      job.waiting.delete(wake);
      resolve();
    };
    const timer = setTimeout(wake, withinMs);
    job.waiting.add(wake);
  });
}
