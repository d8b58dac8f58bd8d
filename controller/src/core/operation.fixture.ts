// Operations for tests: targets by short names, everything else as of one that was just planned.
import type { Operation, OperationPlan, OperationTarget } from "./operation.js";

export const AT_ONCE: OperationPlan = {
  batch: null,
  pauseMs: 0,
  waitRunningMs: 0,
  maxFailures: null,
  timeoutMs: 60_000,
};

/** A target that nothing happened to yet. */
export function aTarget(change: Partial<OperationTarget> = {}): OperationTarget {
  return {
    instance: "web1",
    group: "g",
    name: "a",
    batch: 0,
    result: "pending",
    sentTo: null,
    startedAtMs: null,
    watched: null,
    code: null,
    message: "",
    finishedAtMs: null,
    ...change,
  };
}

/** A restart of `instance/name` each, of group g, at time 0. */
export function anOperation(targets: readonly string[], change: Partial<Operation> = {}): Operation {
  return {
    id: "op1",
    verb: "restart",
    selector: "all",
    signal: null,
    groups: [],
    user: "admin",
    createdAtMs: 0,
    plan: AT_ONCE,
    wanted: "run",
    batch: 0,
    deadlineAtMs: 60_000,
    holdUntilMs: null,
    finishedAtMs: null,
    targets: targets.map((text) => {
      const [instance = "", name = ""] = text.split("/");
      return aTarget({ instance, name });
    }),
    ...change,
  };
}
