// What an operation would do: which targets a selector takes now, and in which batches. Pure.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { operationVerb } from "@fleetvisor/proto/vocabulary/operations";
import type { Fleet } from "./fleet.js";
import { selected, selectedInstances } from "./listing.js";
import { compareNames } from "./names.js";
import type { Operation, OperationPlan, OperationTarget, Verb } from "./operation.js";
import type { Process } from "./rows.js";
import { select, selectInstances } from "./selection.js";

export interface NewOperation {
  readonly verb: Verb;
  readonly selector: string;
  readonly signal: string | null;
  readonly groups: readonly string[];
  readonly user: string;
  /** With `maxFailures` undefined where nothing was said about it. */
  readonly plan: Omit<OperationPlan, "maxFailures"> & { readonly maxFailures: number | null | undefined };
}

type Name = Pick<OperationTarget, "instance" | "group" | "name">;

/**
 * The operation before anything of it is done. Throws `invalid-argument` for what cannot be asked, `not-found` when the selector matches
 * nothing.
 */
export function planOperation(request: NewOperation, fleet: Fleet, id: string, nowMs: number): Operation {
  checkRequest(request);
  const { verb, selector, signal, groups, user } = request;
  const names = operationVerb(verb).on === "process" ? processesOf(fleet, selector) : instancesOf(fleet, selector);
  const size = batchSize(request.plan.batch, names.length);
  // Who goes in batches wants to be saved from the next one when this one fails.
  const maxFailures = request.plan.maxFailures ?? (size < names.length ? 0 : null);
  const plan = { ...request.plan, maxFailures };
  const targets = names.map((name, place) => newTarget(name, Math.floor(place / size)));
  const head = { id, verb, selector, signal, groups, user, plan, createdAtMs: nowMs };
  const progress = {
    wanted: "run",
    batch: 0,
    deadlineAtMs: nowMs + plan.timeoutMs,
    holdUntilMs: null,
    finishedAtMs: null,
  } as const;
  return { ...head, ...progress, targets };
}

function checkRequest({ verb, signal, groups, plan }: NewOperation): void {
  const { needs, canWaitRunning } = operationVerb(verb);
  if ((needs === "signal") !== (signal !== null)) {
    throw new FleetError("invalid-argument", "verb signal, and no other, needs a signal");
  }
  if (needs === "groups" && groups.length === 0) throw new FleetError("invalid-argument", `verb ${verb} needs groups`);
  if (groups.length > 0 && needs !== "groups" && verb !== "update") {
    throw new FleetError("invalid-argument", `verb ${verb} takes no groups: they belong into the selector`);
  }
  if (plan.waitRunningMs > 0 && !canWaitRunning) {
    throw new FleetError("invalid-argument", `after ${verb} nothing can be waited for to be RUNNING`);
  }
}

/** Targets at a time: a count, or a share of all, rounded up. */
export function batchSize(batch: string | null, targets: number): number {
  if (batch === null) return Math.max(1, targets);
  const value = Number.parseInt(batch, 10);
  return Math.max(1, batch.endsWith("%") ? Math.ceil((targets * value) / 100) : value);
}

/** Instance by instance, so that a batch touches few of them; within one as lists show them. */
function processesOf(fleet: Fleet, selector: string): Name[] {
  const byInstance = new Map<string, Process[]>();
  for (const { instance, process } of selected(fleet, select(selector))) {
    const list = byInstance.get(instance.name);
    if (list === undefined) byInstance.set(instance.name, [process]);
    else list.push(process);
  }
  if (byInstance.size === 0) throw new FleetError("not-found", `no process matches ${selector}`);
  return [...byInstance]
    .sort(([a], [b]) => compareNames(a, b))
    .flatMap(([instance, processes]) => processes.sort(asListed).map(({ group, name }) => ({ instance, group, name })));
}

function instancesOf(fleet: Fleet, selector: string): Name[] {
  const names = [...selectedInstances(fleet, selectInstances(selector))].map(({ name }) => name).sort(compareNames);
  if (names.length === 0) throw new FleetError("not-found", `no instance matches ${selector}`);
  return names.map((instance) => ({ instance, group: null, name: null }));
}

/** For reading; the agent acts by the priorities that it knows. */
function asListed(a: Process, b: Process): number {
  return compareNames(a.group, b.group) || a.index - b.index || compareNames(a.name, b.name);
}

function newTarget(name: Name, batch: number): OperationTarget {
  const nothing = { sentTo: null, startedAtMs: null, watched: null, code: null, message: "", finishedAtMs: null };
  return { ...name, batch, result: "pending", ...nothing };
}
