// Carries operations out: gives each instance its order, keeps every step before it counts, watches the live fleet, tells who listens.
// What a step means is decided in core/operation-run.ts.
import { randomUUID } from "node:crypto";
import { setImmediate as immediate, setTimeout as sleep } from "node:timers/promises";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { OperationControl } from "@fleetvisor/proto/vocabulary/operations";
import type { Logger } from "pino";
import type { Fleet, FleetChange } from "../core/fleet.js";
import {
  isOpenQuestion,
  type Operation,
  type OperationPlace,
  type OperationSummary,
  orderIdOf,
  summarize,
} from "../core/operation.js";
import { excess, OPERATION_LIMITS, type OperationLimits } from "../core/operation-limits.js";
import { type TargetPage, type TargetPageRequest, targetPage } from "../core/operation-page.js";
import { type NewOperation, planOperation } from "../core/operation-plan.js";
import { hasOpenQuestions, type OperationInput, type OrderEffect, runOf, step } from "../core/operation-run.js";
import type { OrderInput } from "../core/operation-target.js";
import type { Look } from "../core/operation-watch.js";
import type { Agents } from "../instances/agents.js";
import type { LateOutcome, OrderOutcome, OrderRequest } from "../instances/instance.js";
import type { Store } from "../store/store.js";
import type { LiveFleet } from "./live-fleet.js";
import { OperationJob } from "./operation-job.js";
import { OperationWatches } from "./operation-watches.js";
import { SteadyClock } from "./steady-clock.js";

/** Finished operations that are remembered, so that a late report still finds who asked. */
const REMEMBERED = 1_000;
/** How long an order waits for an agent that is away; one that is still to come back to this start of the controller has its whole time. */
const RECONNECT_MS = 10_000;
/** Finished operations with targets of which the agent may still say what became of them: so many, and so young. */
const MOST_UNSETTLED = 20;
const UNSETTLED_MS = 24 * 3_600_000;
/** How long a stop waits for results that are being written down. */
const STOP_MS = 2_000;
/** For the last step of an operation to be kept, before it is told as over. */
const KEPT_MS = 500;

/** What operations need of the store. */
export type OperationStore = Pick<
  Store,
  | "saveOperation"
  | "operation"
  | "operationTargets"
  | "operations"
  | "runningOperations"
  | "unsettledOperations"
  | "isRecorded"
>;

export interface OperationsOptions {
  readonly store: OperationStore;
  readonly fleet: LiveFleet;
  readonly agents: Agents;
  readonly log: Logger;
  /** Operations that another part carries out, as they are now; null for any other. */
  readonly elsewhere?: (id: string) => Operation | null;
  readonly limits?: OperationLimits;
  /** Hears of each change, with the places of the targets that differ. */
  readonly onChange: (operation: Operation, changed: readonly number[]) => void;
}

export class Operations implements Lifecycle {
  readonly #options: OperationsOptions;
  readonly #clock = new SteadyClock();
  /** Those that run, and finished ones with open questions. */
  readonly #jobs = new Map<string, OperationJob>();
  /** Those that are let in and not kept yet. */
  readonly #beginning = new Set<Operation>();
  readonly #users = new Map<string, string>();
  readonly #watches: OperationWatches;
  #stopping = false;

  constructor(options: OperationsOptions) {
    this.#options = options;
    this.#watches = new OperationWatches(options.fleet, this.#clock);
    options.fleet.subscribe({ changes: (changes) => this.#changed(changes), events: () => {} });
  }

  /** Carries on with what an earlier start left. Orders that had left are asked about again, never given twice. */
  async start(): Promise<void> {
    const { store } = this.#options;
    for (const { id, user } of [...(await store.operations(REMEMBERED))].reverse()) this.#rememberUser(id, user);
    const running = await store.runningOperations();
    const unsettled = await store.unsettledOperations(this.#clock.now() - UNSETTLED_MS, MOST_UNSETTLED);
    for (const operation of [...unsettled, ...running]) {
      const job = this.#add(operation);
      this.#askAgain(job);
      if (operation.finishedAtMs === null) this.#take(job, { type: "carry-on" }).catch(() => {});
    }
  }

  /** Keeps the results that are known; what is under way is asked about at the next start. */
  async stop(): Promise<void> {
    this.#stopping = true;
    // Answers that came a moment ago are taken first.
    await immediate();
    const jobs = [...this.#jobs.values()];
    for (const job of jobs) job.wake();
    const enough = new AbortController();
    const kept = Promise.allSettled(jobs.map((job) => job.kept));
    await Promise.race([kept, sleep(STOP_MS, null, { signal: enough.signal }).catch(() => null)]);
    enough.abort();
    for (const job of jobs) job.stop();
  }

  /** Who asked for an operation; null when it is not remembered. */
  userOf(operationId: string): string | null {
    return this.#users.get(operationId) ?? null;
  }

  /** What the operation would do in the fleet, or a part of it: every target pending. Throws `not-found` when the selector matches nothing, `invalid-argument`. */
  plan(request: NewOperation, fleet: Fleet = this.#options.fleet.fleet): Operation {
    if (this.#jobs.size === 0) this.#clock.renew();
    return planOperation(request, fleet, randomUUID(), this.#clock.now());
  }

  /**
   * Keeps a planned operation and carries it out; resolves once it is kept. `note` is run when it may begin and before anything is done.
   * Throws `rate-limited` when too much is under way.
   */
  async begin(operation: Operation, note: () => Promise<void> = async () => {}): Promise<void> {
    const running = [...this.#jobs.values()].map((job) => job.operation);
    const underWay = running.filter(({ finishedAtMs }) => finishedAtMs === null);
    const reason = excess(operation, [...underWay, ...this.#beginning], this.#options.limits ?? OPERATION_LIMITS);
    if (reason !== null) throw new FleetError("rate-limited", reason);
    this.#beginning.add(operation);
    try {
      await note();
      await this.#options.store.saveOperation(operation);
    } finally {
      this.#beginning.delete(operation);
    }
    const { id, verb, selector, user, targets } = operation;
    this.#options.log.info({ operation: id, verb, selector, user, targets: targets.length }, "operation");
    this.#rememberUser(id, user);
    this.#options.onChange(operation, [...targets.keys()]);
    this.#take(this.#add(operation), { type: "begin" }).catch(() => {});
  }

  /** Has an operation pause, go on or end; resolves once that is kept. Throws `not-found`, and `conflict` for one that is over. */
  async control(id: string, control: OperationControl, by: string): Promise<Operation> {
    const job = this.#jobs.get(id);
    const operation = job?.operation ?? (await this.#options.store.operation(id));
    if (operation === null) throw new FleetError("not-found", `there is no operation ${id}`);
    if (job === undefined || operation.finishedAtMs !== null) {
      throw new FleetError("conflict", `cannot ${control} operation ${id}: it is over`);
    }
    if (operation.wanted === "abort" && control !== "abort") {
      throw new FleetError("conflict", `cannot ${control} operation ${id}: it was aborted`);
    }
    this.#options.log.info({ operation: id, user: by }, `operation: ${control}`);
    await this.#take(job, control === "abort" ? { type: "abort", by } : { type: control });
    return job.operation;
  }

  /** The operation, finished (or what else `isOver` means by it), after `waitMs` or the signal; null when there is none of that id. */
  async find(
    id: string,
    waitMs = 0,
    isOver: (operation: Operation) => boolean = ({ finishedAtMs }) => finishedAtMs !== null,
    signal?: AbortSignal,
  ): Promise<Operation | null> {
    const job = this.#jobs.get(id);
    if (job === undefined) return this.#options.elsewhere?.(id) ?? this.#options.store.operation(id);
    const wake = () => job.wake();
    const isAwaited = () => !this.#stopping && signal?.aborted !== true;
    signal?.addEventListener("abort", wake);
    await job.until(() => !isAwaited() || job.operation.finishedAtMs !== null || isOver(job.operation), waitMs);
    signal?.removeEventListener("abort", wake);
    // What is told as over is to be so after a crash too; but a disk that refuses is not waited for long.
    if (waitMs > 0 && job.operation.finishedAtMs !== null) await job.until(() => this.#stopping || job.isKept, KEPT_MS);
    return job.operation;
  }

  /** Some of its targets, as they are now; null when there is none of that id. */
  async targets(id: string, page: TargetPageRequest): Promise<TargetPage | null> {
    const operation = this.#jobs.get(id)?.operation ?? this.#options.elsewhere?.(id) ?? null;
    return operation === null ? this.#options.store.operationTargets(id, page) : targetPage(operation.targets, page);
  }

  /** Whether a crash of the controller would leave of the operation what is told of it now. */
  isRecorded(id: string): boolean {
    const job = this.#jobs.get(id);
    const isTold = job === undefined || job.isKept || job.operation.finishedAtMs === null;
    return isTold && this.#options.store.isRecorded(id);
  }

  /** Newest first, those older than one of them, as of now. */
  async latest(limit: number, before?: OperationPlace): Promise<readonly OperationSummary[]> {
    const kept = await this.#options.store.operations(limit, before);
    const { elsewhere = () => null } = this.#options;
    return kept.map((summary) => {
      const operation = this.#jobs.get(summary.id)?.operation ?? elsewhere(summary.id);
      return operation === null ? summary : summarize(operation);
    });
  }

  #add(operation: Operation): OperationJob {
    const job = new OperationJob(runOf(operation), {
      now: () => this.#clock.now(),
      save: (saved, changed) => this.#options.store.saveOperation(saved, changed),
      onChange: (saved, changed) => this.#options.onChange(saved, changed),
      onKept: () => this.#forget(job),
      onDue: () =>
        void this.#take(job, { type: "deadline", look: (instance) => this.#watches.look(instance) }).catch(() => {}),
    });
    this.#jobs.set(operation.id, job);
    for (const place of job.run.watched) this.#watches.add(job, place);
    job.arm();
    return job;
  }

  /** Until its end is kept, the store would still answer that it runs. */
  #forget(job: OperationJob): void {
    const { id, finishedAtMs } = job.operation;
    if (finishedAtMs === null) return;
    if (!hasOpenQuestions(job.run)) this.#drop(id, job);
    const unsettled = [...this.#jobs].filter(([, { operation }]) => operation.finishedAtMs !== null);
    for (const [oldest, old] of unsettled.slice(0, Math.max(0, unsettled.length - MOST_UNSETTLED)))
      this.#drop(oldest, old);
  }

  #drop(id: string, job: OperationJob): void {
    job.stop();
    this.#jobs.delete(id);
  }

  // ---- orders -------------------------------------------------------------------------------------------------

  /** Takes a step and resolves when it is kept. */
  #take(job: OperationJob, input: OperationInput): Promise<void> {
    const { next, orders, asks, changed, isNew } = step(job.run, input, this.#clock.now());
    job.run = next;
    for (const place of changed) if (next.watched.has(place)) this.#watches.add(job, place);
    for (const order of orders) void this.#order(job, order);
    for (const instance of asks) this.#ask(job, instance);
    job.arm();
    return isNew ? job.keep(changed) : Promise.resolve();
  }

  async #order(job: OperationJob, { instance, batch, places, deadlineAtMs }: OrderEffect): Promise<void> {
    const { id, verb, signal, groups, targets } = job.operation;
    const chosen = places.flatMap((place) => targets[place] ?? []);
    const known = this.#options.fleet.fleet.instances.get(instance);
    const take = (input: OrderInput) => this.#take(job, { ...input, instance, batch });
    // Even where there is nobody to ask the answer comes in a turn of its own, and not within the step that asks.
    let outcome: OrderOutcome = await { type: "not-sent", reason: `${instance} is not in the fleet any more` };
    if (known !== undefined) {
      const request: OrderRequest = {
        id: orderIdOf(id, known.id, batch),
        verb,
        targets: chosen.flatMap(({ group, name }) => (group === null || name === null ? [] : [{ group, name }])),
        signal,
        groups,
        deadlineAtMs: this.#clock.toWall(deadlineAtMs),
        reconnectMs: known.bootId === null ? Number.POSITIVE_INFINITY : RECONNECT_MS,
        // A boot that an earlier start of the controller gave the order to, "" when that is not known.
        givenTo: chosen.some(({ result }) => result === "sent")
          ? (chosen.find(({ sentTo }) => sentTo)?.sentTo ?? "")
          : null,
      };
      const beforeSend = (bootId: string) => {
        const kept = take({ type: "sent", bootId, look: this.#watches.look(instance) });
        // Aborted meanwhile: nothing of it may leave any more.
        const isWanted = places.some((place) => job.run.operation.targets[place]?.result === "sent");
        return isWanted
          ? kept
          : kept.then(() => Promise.reject(new FleetError("conflict", "the operation was aborted")));
      };
      outcome = await this.#options.agents
        .instance(known.id)
        .order(request, beforeSend, (late) => this.#late(job, instance, batch, late));
    }
    const kept = take(outcome);
    this.#lookAt(job, instance);
    await this.#keep(job, kept);
  }

  #late(job: OperationJob, instance: string, batch: number, outcome: LateOutcome): void {
    void this.#keep(job, this.#take(job, { ...outcome, instance, batch }));
    this.#lookAt(job, instance);
  }

  async #keep(job: OperationJob, kept: Promise<void>): Promise<void> {
    try {
      await kept;
    } catch (error) {
      const { message } = FleetError.from(error);
      this.#options.log.error({ operation: job.operation.id, error: message }, "an operation's result is not kept");
    }
  }

  /** An agent that answers is there: then what it showed last is still so. */
  #ask(job: OperationJob, instance: string): void {
    const { id, batch, targets } = job.operation;
    const agentId = this.#options.fleet.fleet.instances.get(instance)?.id;
    const places = job.run.places.get(instance) ?? [];
    const sentTo = places.map((place) => targets[place]).find((target) => target?.batch === batch)?.sentTo ?? null;
    if (agentId === undefined || sentTo === null) return;
    const onLate = (late: LateOutcome) => this.#late(job, instance, batch, late);
    this.#options.agents.instance(agentId).ask(orderIdOf(id, agentId, batch), sentTo, onLate);
  }

  /** After a restart: what agents know of targets that were told as unknown. */
  #askAgain(job: OperationJob): void {
    const { id, targets } = job.operation;
    const asked = new Set<string>();
    for (const target of targets) {
      const { instance, batch, sentTo } = target;
      const agentId = this.#options.fleet.fleet.instances.get(instance)?.id;
      if (!isOpenQuestion(target) || sentTo === null || agentId === undefined) continue;
      const orderId = orderIdOf(id, agentId, batch);
      if (asked.has(orderId)) continue;
      asked.add(orderId);
      const onLate = (late: LateOutcome) => this.#late(job, instance, batch, late);
      this.#options.agents.instance(agentId).ask(orderId, sentTo, onLate);
    }
  }

  // ---- watching -----------------------------------------------------------------------------------------------

  /** What is watched from now on may have shown all that there is to show. */
  #lookAt(job: OperationJob, instance: string): void {
    if (job.run.watched.size > 0) this.#show(job, instance, this.#watches.look(instance));
  }

  #show(job: OperationJob, instance: string, look: Look): void {
    void this.#keep(job, this.#take(job, { type: "looked", instance, look }));
  }

  #changed(changes: readonly FleetChange[]): void {
    this.#watches.show(
      changes.map(({ instance }) => instance),
      (job, instance, look) => this.#show(job, instance, look),
      (job, instance) =>
        this.#jobs.has(job.operation.id) &&
        (job.run.places.get(instance) ?? []).some((place) => job.run.watched.has(place)),
    );
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
