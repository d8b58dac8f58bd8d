// Operations of the pretended fleet: batches one after the other, each target step by step, with pause, resume and abort.
import {
  MOST_TARGETS_TOLD,
  type Operation,
  type OperationRequest,
  type OperationTarget,
  type OperationTargetList,
} from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { OperationControl } from "@fleetvisor/proto/vocabulary/operations";
import { impactOf } from "../../controller/src/core/operation-impact.js";
import type { MockFleet } from "./mock-fleet.js";

type Change = Pick<OperationTarget, "result"> & Partial<OperationTarget>;

/** One of more targets is told in parts. */
const MOST_WHOLE = 100;

export class MockOperations {
  /** Targets whose start fails, with what the agent would say. */
  readonly startFails = new Map<string, string>();
  readonly #fleet: MockFleet;
  readonly #all = new Map<string, Operation>();

  constructor(fleet: MockFleet) {
    this.#fleet = fleet;
  }

  /** With the first of its targets. */
  get(id: string): Operation | undefined {
    const operation = this.#all.get(id);
    return operation === undefined ? undefined : told(operation);
  }

  /** Some of its targets, as the query of the API asks for them. */
  targets(id: string, query: URLSearchParams): OperationTargetList {
    const results = query.get("result")?.split(",") ?? [];
    const from = Number(query.get("cursor") ?? 0);
    const limit = Number(query.get("limit") ?? 100);
    const wanted = this.#found(id).targets.filter(({ result }) => results.length === 0 || results.includes(result));
    const end = from + limit;
    return { items: wanted.slice(from, end), nextCursor: end < wanted.length ? String(end) : null };
  }

  /** Newest first, without targets, as the query of the API narrows them. */
  latest(query: URLSearchParams): Operation[] {
    const asked = (["state", "verb", "user"] as const).filter((name) => query.has(name));
    return [...this.#all.values()]
      .reverse()
      .filter((operation) => asked.every((name) => operation[name] === query.get(name)))
      .map((operation) => ({ ...operation, targets: [] }));
  }

  /** Carries an operation out step by step; with `dryRun` only says what it would touch. */
  begin(request: OperationRequest, user: string): Operation {
    const rows = this.#fleet.selected(request.selector);
    const size = sizeOf(request.batch, rows.length);
    const targets = rows.map(({ target, instance, group, name }, place) => ({
      ...{ target, instance, group, name },
      result: "pending" as const,
      code: null,
      message: "",
      startedAtMs: null,
      finishedAtMs: null,
      batch: Math.floor(place / size) + 1,
    }));
    const batches = Math.max(1, Math.ceil(rows.length / size));
    const operation = counted({
      id: `op-${this.#all.size + 1}`,
      verb: request.verb,
      selector: request.selector,
      signal: request.signal ?? null,
      groups: [],
      user,
      state: "running",
      reason: null,
      createdAtMs: Date.now(),
      finishedAtMs: null,
      plan: {
        batch: request.batch ?? null,
        pauseMs: request.pauseMs ?? 0,
        waitRunningMs: request.waitRunningMs ?? 0,
        maxFailures: request.maxFailures ?? (batches > 1 ? 0 : null),
        timeoutMs: 60_000,
      },
      batch: 1,
      batches,
      resumesAtMs: null,
      targets,
    });
    if (request.dryRun === true && request.mostTargets !== undefined) {
      const { most, ...impact } = impactOf(targets);
      return { ...operation, targets: targets.slice(0, request.mostTargets), impact: { ...impact, most: [...most] } };
    }
    if (request.dryRun === true) return operation;
    this.#all.set(operation.id, operation);
    this.#beginBatch(operation.id);
    return told(this.#found(operation.id));
  }

  control(id: string, control: OperationControl): Operation {
    const operation = this.#found(id);
    if (operation.finishedAtMs !== null) throw new FleetError("conflict", `operation ${id} is over`);
    this.#keep({ ...operation, state: ({ pause: "paused", resume: "running", abort: "aborting" } as const)[control] });
    this.#goOn(id);
    return told(this.#found(id));
  }

  #found(id: string): Operation {
    const operation = this.#all.get(id);
    if (operation === undefined) throw new FleetError("not-found", `there is no operation ${id}`);
    return operation;
  }

  #keep(operation: Operation): void {
    const next = counted(operation);
    const before = this.#all.get(next.id);
    this.#all.set(next.id, next);
    if (before === undefined || next.targets.length <= MOST_WHOLE) return this.#fleet.tell("operation", next);
    const { targets, ...head } = next;
    this.#fleet.tell("operation-progress", {
      ...head,
      changed: targets.filter((target, place) => target !== before.targets[place]),
    });
  }

  #beginBatch(id: string): void {
    const { targets, batch } = this.#found(id);
    const own = targets.filter((target) => target.batch === batch);
    for (const { target } of own) this.#change(id, target, { result: "sent", startedAtMs: Date.now() });
    for (const { target } of own) this.#perform(id, target);
  }

  #change(id: string, target: string, change: Change): void {
    const operation = this.#found(id);
    const targets = operation.targets.map((each) => (each.target === target ? { ...each, ...change } : each));
    this.#keep({ ...operation, targets });
  }

  #finish(id: string, target: string, result: "succeeded" | "failed", code: number, message: string): void {
    this.#change(id, target, { result, code, message, finishedAtMs: Date.now() });
    this.#goOn(id);
  }

  /** What follows once nothing is under way: the next batch, nothing yet, or the end. */
  #goOn(id: string): void {
    const operation = this.#found(id);
    const { targets, state, plan } = operation;
    if (targets.some(({ result }) => result === "sent" || result === "waiting")) return;
    const pending = targets.some(({ result }) => result === "pending");
    const failures = targets.filter(({ result }) => result === "failed").length;
    const tooMany = pending && plan?.maxFailures != null && failures > plan.maxFailures;
    if (pending && !tooMany && state === "paused") return;
    if (pending && !tooMany && state === "running") {
      this.#keep({ ...operation, batch: (operation.batch ?? 1) + 1 });
      this.#fleet.later(() => this.#beginBatch(id));
      return;
    }
    const reason = tooMany ? `${failures} failed, more than ${plan?.maxFailures} may` : "aborted by admin";
    this.#keep({
      ...operation,
      targets: targets.map((each) => (each.result === "pending" ? { ...each, result: "skipped" } : each)),
      state: failures > 0 ? "failed" : state === "aborting" ? "aborted" : "succeeded",
      reason: pending ? reason : null,
      finishedAtMs: Date.now(),
    });
  }

  #perform(id: string, target: string): void {
    const { verb, user } = this.#found(id);
    const fleet = this.#fleet;
    const { instance, state, pid, startedAtMs } = fleet.process(target);
    const asked = { operationId: id, user };
    const succeed = () => this.#finish(id, target, "succeeded", 80, "OK");
    const fail = (code: number, message: string) =>
      fleet.later(() => this.#finish(id, target, "failed", code, message));
    if (fleet.instance(instance)?.liveness === "lost") return fail(1, `${instance} is lost`);
    const start = () => {
      const refusal = this.startFails.get(target);
      if (refusal === undefined) {
        fleet.begin(target, asked, succeed);
      } else {
        fleet.set(target, { state: "FATAL", pid: null, spawnError: refusal }, asked);
        this.#finish(id, target, "failed", 50, `ABNORMAL TERMINATION: ${refusal}`);
      }
    };
    const up = state === "RUNNING" || state === "STARTING" || state === "BACKOFF";
    if (verb === "signal") return fleet.later(succeed);
    if (verb === "start") return up ? fail(60, "ALREADY_STARTED") : start();
    if (!up) return verb === "restart" ? start() : fail(70, "NOT_RUNNING");
    fleet.set(target, { state: "STOPPING" }, asked);
    fleet.later(() => {
      const end = { exitCode: null, exitSignal: "SIGTERM", exitExpected: true };
      const uptimeMs = Date.now() - (startedAtMs ?? Date.now());
      const row = { state: "STOPPED" as const, pid: null, stoppedAtMs: Date.now(), ...end };
      fleet.set(target, row, { ...end, ...asked, pid, uptimeMs });
      if (verb === "restart") start();
      else succeed();
    });
  }
}

function sizeOf(batch: string | undefined, count: number): number {
  if (batch === undefined) return Math.max(1, count);
  const size = batch.endsWith("%") ? Math.ceil((count * Number.parseInt(batch, 10)) / 100) : Number(batch);
  return Math.max(1, size);
}

function told(operation: Operation): Operation {
  if (operation.targets.length <= MOST_TARGETS_TOLD) return operation;
  return {
    ...operation,
    targets: operation.targets.slice(0, MOST_TARGETS_TOLD),
    moreTargets: String(MOST_TARGETS_TOLD),
  };
}

function counted(operation: Operation): Operation {
  const counts: Record<string, number> = {};
  for (const { result } of operation.targets) counts[result] = (counts[result] ?? 0) + 1;
  return { ...operation, counts };
}
