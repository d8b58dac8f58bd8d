// What an XML-RPC call that changes the state of processes is kept as: an operation like any other, done in one order. Pure.
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { formatTarget } from "@fleetvisor/proto/vocabulary/namespec";
import type { XmlRpcResponse, XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { escapeGlob } from "../core/glob.js";
import type { Operation, OperationTarget, Verb } from "../core/operation.js";
import type { ProcessName } from "./decide.js";

const NOT_ANSWERED = "asked for through XML-RPC, and not answered";
/** Targets that the selector spells out. */
const SPELLED_OUT = 20;

export interface RecordRequest {
  readonly id: string;
  readonly verb: Verb;
  readonly signal: string | null;
  readonly groups: readonly string[];
  readonly user: string;
  readonly instance: string;
  /** Null for the instance as a whole. */
  readonly targets: readonly ProcessName[] | null;
  readonly atMs: number;
  readonly timeoutMs: number;
}

/**
 * As it is kept before the call leaves. It is over and unknown from the start, and becomes known with the answer: a controller that
 * ends in between has nothing to carry on with, for nobody waits for the answer any more.
 */
export function newRecord(request: RecordRequest): Operation {
  const { id, verb, signal, groups, user, instance, targets, atMs, timeoutMs } = request;
  const names = targets ?? [{ group: null, name: null }];
  return {
    id,
    verb,
    selector: selectorOf(instance, targets),
    signal,
    groups,
    user,
    createdAtMs: atMs,
    plan: { batch: null, pauseMs: 0, waitRunningMs: 0, maxFailures: null, timeoutMs },
    wanted: "run",
    batch: 0,
    deadlineAtMs: atMs + timeoutMs,
    holdUntilMs: null,
    finishedAtMs: atMs,
    targets: names.map(
      ({ group, name }): OperationTarget => ({
        instance,
        group,
        name,
        batch: 0,
        result: "unknown",
        // Nobody asks for what became of it: no order of this id was given.
        sentTo: null,
        startedAtMs: atMs,
        watched: null,
        code: null,
        message: NOT_ANSWERED,
        finishedAtMs: atMs,
      }),
    ),
  };
}

/** As it is shown while the answer is waited for. */
export function underWay(record: Operation): Operation {
  const targets = record.targets.map(
    (target): OperationTarget => ({ ...target, result: "sent", message: "", finishedAtMs: null }),
  );
  return { ...record, finishedAtMs: null, targets };
}

/** With what the answer says: one result for all, or an entry for each that something was done to. */
export function answered(record: Operation, answer: XmlRpcResponse, atMs: number): Operation {
  const entries = answer.ok && Array.isArray(answer.value) ? entriesOf(answer.value) : null;
  const targets = record.targets.map((target): OperationTarget => {
    if (!answer.ok) return finished(target, answer.code, answer.text, atMs);
    const entry = entries?.get(`${target.group}:${target.name}`);
    if (entry !== undefined) return finished(target, entry.code, entry.text, atMs);
    return finished(target, FAULTS.SUCCESS, entries === null ? "OK" : "it was so already", atMs);
  });
  return { ...record, targets, finishedAtMs: atMs };
}

/** Nobody will tell any more; `wasSent` is false when it surely never reached the agent. */
export function unanswered(record: Operation, reason: string, wasSent: boolean, atMs: number): Operation {
  const result = wasSent ? "unknown" : "failed";
  const targets = record.targets.map(
    (target): OperationTarget => ({ ...target, result, message: reason, finishedAtMs: atMs }),
  );
  return { ...record, targets, finishedAtMs: atMs };
}

function finished(target: OperationTarget, code: number, message: string, finishedAtMs: number): OperationTarget {
  return { ...target, result: code === FAULTS.SUCCESS ? "succeeded" : "failed", code, message, finishedAtMs };
}

/** Status entries by `group:name`. */
function entriesOf(values: readonly XmlRpcValue[]): Map<string, { readonly code: number; readonly text: string }> {
  const entries = new Map<string, { code: number; text: string }>();
  for (const value of values) {
    if (typeof value !== "object" || Array.isArray(value)) continue;
    entries.set(`${value.group}:${value.name}`, { code: Number(value.status), text: String(value.description) });
  }
  return entries;
}

function selectorOf(instance: string, targets: readonly ProcessName[] | null): string {
  if (targets === null) return escapeGlob(instance);
  if (targets.length > SPELLED_OUT) return `${targets.length} targets of ${instance}`;
  const spell = ({ group, name }: ProcessName) =>
    formatTarget(escapeGlob(instance), escapeGlob(group), escapeGlob(name));
  return targets.map(spell).join(" ");
}
