// One order to many targets: what has been done, what not, and what cannot be said. Sending and keeping are left to run/operations.ts.
//
//   pending ──sent──▶ sent ──answered──▶ succeeded | failed
//      │               └──deadline──▶ unknown          never "done" without an answer that says so
//      └──never sent──▶ failed
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";

export type Verb = "start" | "stop" | "restart" | "signal";
export type TargetResult = "pending" | "sent" | "succeeded" | "failed" | "unknown";

export interface OperationTarget {
  readonly instance: string;
  readonly group: string;
  readonly name: string;
  readonly result: TargetResult;
  /** Boot of the agent that its order left for; null while it never left. */
  readonly sentTo: string | null;
  /** supervisord's fault number, 80 for success; null where there is none. */
  readonly code: number | null;
  readonly message: string;
  readonly finishedAtMs: number | null;
}

export interface Operation {
  readonly id: string;
  readonly verb: Verb;
  readonly selector: string;
  readonly signal: string | null;
  readonly user: string;
  readonly createdAtMs: number;
  /** When every target must have its result; wall clock, so that it holds over a restart of the controller. */
  readonly deadlineAtMs: number;
  readonly finishedAtMs: number | null;
  readonly targets: readonly OperationTarget[];
}

/** An agent's answer for one process. */
export interface Answer {
  readonly group: string;
  readonly name: string;
  readonly code: number;
  readonly message: string;
}

export type OperationInput =
  /** The order is about to leave for an instance. Kept before it leaves: after a crash "sent" must never read "pending". */
  | { readonly type: "sent"; readonly instance: string; readonly bootId: string }
  | { readonly type: "answered"; readonly instance: string; readonly answers: readonly Answer[] }
  /** It surely never reached the instance. */
  | { readonly type: "not-sent"; readonly instance: string; readonly reason: string }
  /** It may or may not have been done. */
  | { readonly type: "unknown"; readonly instance: string; readonly reason: string };

export type OperationState = "running" | "succeeded" | "failed";

export function operationState(operation: Operation): OperationState {
  if (operation.finishedAtMs === null) return "running";
  return operation.targets.every((target) => target.result === "succeeded") ? "succeeded" : "failed";
}

/** Whether a target's result is final. */
export function isDone(target: OperationTarget): boolean {
  return target.result === "succeeded" || target.result === "failed" || target.result === "unknown";
}

/** The next value; the same one when the input says nothing new. A final result stays. */
export function operationTransition(operation: Operation, input: OperationInput, nowAtMs: number): Operation {
  const answers =
    input.type === "answered"
      ? new Map(input.answers.map((answer) => [`${answer.group}:${answer.name}`, answer]))
      : null;
  let changed = false;
  const targets = operation.targets.map((target) => {
    if (target.instance !== input.instance || isDone(target)) return target;
    const next = targetTransition(target, input, answers?.get(`${target.group}:${target.name}`), nowAtMs);
    changed ||= next !== target;
    return next;
  });
  if (!changed) return operation;
  return { ...operation, targets, finishedAtMs: targets.every(isDone) ? nowAtMs : null };
}

function targetTransition(
  target: OperationTarget,
  input: OperationInput,
  answer: Answer | undefined,
  nowAtMs: number,
): OperationTarget {
  switch (input.type) {
    case "sent":
      return target.result === "sent" ? target : { ...target, result: "sent", sentTo: input.bootId };
    case "not-sent":
      // What left once may have arrived, whatever became of later attempts.
      return finish(target, target.result === "sent" ? "unknown" : "failed", null, input.reason, nowAtMs);
    case "unknown":
      return finish(target, "unknown", null, input.reason, nowAtMs);
    case "answered":
      if (answer === undefined) return finish(target, "unknown", null, "the answer does not mention it", nowAtMs);
      return finish(
        target,
        answer.code === FAULTS.SUCCESS ? "succeeded" : "failed",
        answer.code,
        answer.message,
        nowAtMs,
      );
  }
}

function finish(
  target: OperationTarget,
  result: TargetResult,
  code: number | null,
  message: string,
  finishedAtMs: number,
): OperationTarget {
  return { ...target, result, code, message, finishedAtMs };
}

/** Order ids name their operation and their instance, so that a report can be traced to who caused it. */
export function orderIdOf(operationId: string, agentId: string): string {
  return `${operationId}/${agentId}`;
}

/** The operation of an order that was given to this agent, or null when the id is not one of ours for it. */
export function operationOf(orderId: string, agentId: string): string | null {
  const slash = orderId.indexOf("/");
  return slash > 0 && orderId.slice(slash + 1) === agentId ? orderId.slice(0, slash) : null;
}
