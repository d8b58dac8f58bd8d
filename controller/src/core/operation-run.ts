// An operation on its way: which batch begins when, what is skipped, when it ends. What an input makes of one target is
// operation-target.ts and operation-watch.ts; sending, keeping and timers are left to run/operations.ts.
//
//   batch k ──all of it final──▶ pause ──over──▶ batch k+1 ... ──last one final──▶ finished
//     │ more failures than allowed, or abort: what is not ordered is skipped, what is out is waited for
//     └ pause: the next batch does not begin until resume
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import {
  type Counts,
  countResults,
  isDone,
  isFailure,
  isOpenQuestion,
  type Operation,
  type OperationTarget,
} from "./operation.js";
import { answersOf, finalTarget, type OrderInput, targetAfter } from "./operation-target.js";
import { judge, type Look, overdue } from "./operation-watch.js";

export type OperationInput =
  | { readonly type: "begin" }
  /** A controller that was started anew found it unfinished. Its agents are still to come back. */
  | { readonly type: "carry-on" }
  | (OrderInput & { readonly instance: string; readonly batch: number })
  /** Something of an instance with watched targets may be other than before. */
  | { readonly type: "looked"; readonly instance: string; readonly look: Look }
  | { readonly type: "pause" }
  | { readonly type: "resume" }
  | { readonly type: "abort"; readonly by: string }
  /** The moment asked for has come. `look` says how an instance is now. */
  | { readonly type: "deadline"; readonly look: (instance: string) => Look };

/** Give an instance its order of the batch that is under way, for the targets at these places. */
export interface OrderEffect {
  readonly instance: string;
  readonly batch: number;
  readonly places: readonly number[];
  readonly deadlineAtMs: number;
}

export interface OperationStep {
  readonly next: Run;
  readonly orders: readonly OrderEffect[];
  /** Instances that are to say something, by repeating what became of their order of the batch: they were not heard lately. */
  readonly asks: ReadonlySet<string>;
  /** Places of targets that differ. */
  readonly changed: readonly number[];
  /** Whether anything at all differs, so that it must be kept. */
  readonly isNew: boolean;
}

/** An operation with what is derived from it, so that a step costs what it touches and not what there is. */
export interface Run {
  /** Its `targets` are updated in place: copy the list to keep it. */
  readonly operation: Operation;
  readonly counts: Counts;
  /** Targets that count against the failure limit. */
  readonly failures: number;
  /** Targets of the batch under way without a final result. */
  readonly open: number;
  /** Places of targets that are watched. */
  readonly watched: ReadonlySet<number>;
  /** When all that is watched was looked at last. */
  readonly lookedMs: number;
  /** Places of an instance's targets. */
  readonly places: ReadonlyMap<string, readonly number[]>;
}

/** Answers at the deadline take this long to come. What is watched is given as much, on top of what it is watched for. */
const GRACE_MS = 10_000;
/** So often an agent that is not heard of is asked to say something. */
const ASK_AGAIN_MS = 5_000;
/** In this time every agent that is there has come back to a controller that was away. */
const RETURN_MS = 60_000;

export function runOf(operation: Operation): Run {
  const targets = [...operation.targets];
  const places = new Map<string, number[]>();
  const watched = new Set<number>();
  let failures = 0;
  let open = 0;
  targets.forEach((target, place) => {
    const list = places.get(target.instance);
    if (list === undefined) places.set(target.instance, [place]);
    else list.push(place);
    if (isBeingWatched(target)) watched.add(place);
    if (isFailure(operation.verb, target)) failures += 1;
    if (target.batch === operation.batch && !isDone(target)) open += 1;
  });
  const counts = countResults(targets);
  const lookedMs = Number.NEGATIVE_INFINITY;
  return { operation: { ...operation, targets }, counts, failures, open, watched, lookedMs, places };
}

/** The next value; the one given is consumed. `nowMs` is wall clock that does not jump. A final result stays, but for unknown. */
export function step(run: Run, input: OperationInput, nowMs: number): OperationStep {
  const draft = new Draft(run, nowMs);
  draft.take(input);
  draft.goOn();
  return draft.finish();
}

/** When to come back with a `deadline`; null for not by itself. */
export function nextDeadline({ operation, watched, lookedMs }: Run): number | null {
  const { finishedAtMs, wanted, holdUntilMs, plan, targets } = operation;
  const due: number[] = [];
  if (finishedAtMs === null && wanted === "run" && holdUntilMs !== null) due.push(holdUntilMs);
  for (const place of watched) {
    const target = targets[place];
    const since = target?.watched?.runningSinceMs ?? null;
    if (since !== null && since + plan.waitRunningMs > lookedMs) due.push(since + plan.waitRunningMs);
    if (target?.result !== "waiting") continue;
    due.push(watchEndMs(operation));
    if (since !== null && since + plan.waitRunningMs <= lookedMs) due.push(lookedMs + ASK_AGAIN_MS);
  }
  return due.length === 0 ? null : due.reduce((a, b) => Math.min(a, b));
}

/** Whether somebody may still say what became of an unknown target. */
export function hasOpenQuestions({ operation, counts }: Run): boolean {
  return counts.unknown > 0 && operation.targets.some(isOpenQuestion);
}

function watchEndMs({ deadlineAtMs, plan }: Operation): number {
  return deadlineAtMs + plan.waitRunningMs + GRACE_MS;
}

function isBeingWatched({ result, watched }: OperationTarget): boolean {
  return watched?.answered === true && (result === "waiting" || result === "unknown");
}

class Draft {
  readonly #nowMs: number;
  readonly #targets: OperationTarget[];
  readonly #places: Run["places"];
  readonly #watched: Set<number>;
  readonly #counts: Record<OperationTarget["result"], number>;
  readonly #orders: OrderEffect[] = [];
  readonly #asks = new Set<string>();
  readonly #changed = new Set<number>();
  #operation: Operation;
  #failures: number;
  #open: number;
  #lookedMs: number;
  #isNew = false;

  constructor(run: Run, nowMs: number) {
    this.#nowMs = nowMs;
    this.#operation = run.operation;
    this.#targets = run.operation.targets as OperationTarget[];
    this.#places = run.places;
    this.#watched = run.watched as Set<number>;
    this.#counts = { ...run.counts };
    this.#failures = run.failures;
    this.#open = run.open;
    this.#lookedMs = run.lookedMs;
  }

  finish(): OperationStep {
    const next: Run = {
      operation: this.#operation,
      counts: this.#counts,
      failures: this.#failures,
      open: this.#open,
      watched: this.#watched,
      lookedMs: this.#lookedMs,
      places: this.#places,
    };
    return {
      next,
      orders: this.#orders,
      asks: this.#asks,
      changed: [...this.#changed],
      isNew: this.#isNew || this.#changed.size > 0,
    };
  }

  take(input: OperationInput): void {
    const isOver = this.#operation.finishedAtMs !== null;
    switch (input.type) {
      case "begin":
        this.#order();
        break;
      case "carry-on":
        if (!isOver && this.#operation.holdUntilMs === null) this.#carryOn();
        break;
      case "pause":
        if (!isOver && this.#operation.wanted === "run") this.#put({ wanted: "pause" });
        break;
      case "resume":
        if (!isOver && this.#operation.wanted === "pause") this.#put({ wanted: "run" });
        break;
      case "abort":
        if (isOver || this.#operation.wanted === "abort") break;
        this.#put({ wanted: "abort" });
        this.#skip(0, `not begun: ${input.by} aborted the operation`);
        break;
      case "looked":
        for (const place of this.#places.get(input.instance) ?? []) {
          if (this.#watched.has(place)) this.#judge(place, input.look);
        }
        break;
      case "deadline":
        this.#deadline(input.look);
        break;
      default: {
        const answers = answersOf(input);
        for (const place of this.#places.get(input.instance) ?? []) {
          const target = this.#targets[place];
          // Nothing of a batch that has not begun was ordered.
          if (target?.batch !== input.batch || input.batch > this.#operation.batch) continue;
          this.#set(place, targetAfter(target, input, answers, this.#operation, this.#nowMs));
        }
      }
    }
  }

  /** What follows from the targets as they are now: no further batch, the next one, or the end. */
  goOn(): void {
    const { batch, plan, wanted, finishedAtMs, holdUntilMs } = this.#operation;
    if (finishedAtMs !== null) return;
    if (plan.maxFailures !== null && this.#failures > plan.maxFailures) {
      this.#skip(batch + 1, "not begun: more targets failed than the operation allows");
    }
    if (this.#open > 0) return;
    if (this.#counts.pending === 0) {
      this.#put({ finishedAtMs: this.#nowMs, holdUntilMs: null });
      return;
    }
    const untilMs = holdUntilMs ?? this.#nowMs + plan.pauseMs;
    if (wanted === "run" && untilMs <= this.#nowMs) this.#begin(batch + 1);
    else if (holdUntilMs === null) this.#put({ holdUntilMs: untilMs });
  }

  #begin(batch: number): void {
    const { plan } = this.#operation;
    this.#put({ batch, holdUntilMs: null, deadlineAtMs: this.#nowMs + plan.timeoutMs });
    this.#open = this.#targets.reduce((open, target) => open + Number(target.batch === batch && !isDone(target)), 0);
    this.#order();
  }

  /** The time in which there was no controller does not count. */
  #carryOn(): void {
    const { deadlineAtMs, plan } = this.#operation;
    const atLeastMs = this.#nowMs + Math.min(plan.timeoutMs, RETURN_MS);
    if (deadlineAtMs < atLeastMs) this.#put({ deadlineAtMs: atLeastMs });
    this.#order();
  }

  /** Orders for every target of the batch without an answer, those that left before the controller was started anew among them. */
  #order(): void {
    const { batch, deadlineAtMs } = this.#operation;
    const open = new Map<string, number[]>();
    this.#targets.forEach(({ instance, batch: own, result }, place) => {
      if (own !== batch || (result !== "pending" && result !== "sent")) return;
      const list = open.get(instance);
      if (list === undefined) open.set(instance, [place]);
      else list.push(place);
    });
    for (const [instance, places] of open) this.#orders.push({ instance, batch, places, deadlineAtMs });
  }

  #deadline(look: (instance: string) => Look): void {
    this.#lookedMs = this.#nowMs;
    const isLate = this.#nowMs >= watchEndMs(this.#operation);
    for (const place of [...this.#watched]) {
      const target = this.#targets[place];
      if (target === undefined) continue;
      const seen = look(target.instance);
      this.#judge(place, seen);
      const now = this.#targets[place];
      if (now?.result !== "waiting") continue;
      const since = now.watched?.runningSinceMs ?? null;
      if (since !== null && since + this.#operation.plan.waitRunningMs <= this.#nowMs) this.#asks.add(now.instance);
      if (!isLate) continue;
      const verdict = overdue(now, this.#operation.verb, this.#operation.plan.waitRunningMs, seen);
      if (verdict.type === "failed") this.#set(place, finalTarget(now, "failed", null, verdict.message, this.#nowMs));
      else this.#set(place, finalTarget(now, "unknown", null, verdict.target.message, this.#nowMs));
    }
  }

  #judge(place: number, look: Look): void {
    const target = this.#targets[place];
    if (target === undefined) return;
    const { verb, plan } = this.#operation;
    const verdict = judge(target, verb, plan.waitRunningMs, look, this.#nowMs);
    if (verdict.type === "open") this.#set(place, verdict.target);
    else {
      const code = verdict.type === "succeeded" ? FAULTS.SUCCESS : null;
      this.#set(place, finalTarget(target, verdict.type, code, verdict.message, this.#nowMs));
    }
  }

  /** Everything from a batch on that was not ordered. */
  #skip(fromBatch: number, message: string): void {
    if (this.#counts.pending === 0) return;
    this.#targets.forEach((target, place) => {
      if (target.batch < fromBatch || target.result !== "pending") return;
      this.#set(place, finalTarget(target, "skipped", null, message, this.#nowMs));
    });
  }

  #put(change: Partial<Operation>): void {
    this.#operation = { ...this.#operation, ...change };
    this.#isNew = true;
  }

  /** The one place that touches the list, so that what is derived cannot part from it. */
  #set(place: number, next: OperationTarget): void {
    const before = this.#targets[place];
    if (before === undefined || before === next) return;
    const { verb, batch } = this.#operation;
    this.#targets[place] = next;
    this.#changed.add(place);
    this.#counts[before.result] -= 1;
    this.#counts[next.result] += 1;
    this.#failures += Number(isFailure(verb, next)) - Number(isFailure(verb, before));
    if (next.batch === batch) this.#open += Number(!isDone(next)) - Number(!isDone(before));
    if (isBeingWatched(next)) this.#watched.add(place);
    else this.#watched.delete(place);
  }
}
