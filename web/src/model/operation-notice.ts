// What a notice about an operation shows: how far it is, and what did not succeed.
import type { Operation } from "@fleetvisor/proto/api/v1";
import type { TargetResult } from "@fleetvisor/proto/vocabulary/operations";
import { t } from "../i18n/i18n.js";
import { formatCount } from "../lib/format.js";
import { unknownWords } from "./actions.js";
import { progressOf } from "./operations.js";

export interface OperationView {
  readonly title: string;
  readonly tone: "busy" | "good" | "bad";
  readonly finished: number;
  readonly total: number;
  /** Targets that did not succeed, with the server's own words. */
  readonly failures: readonly { readonly target: string; readonly message: string }[];
}

/** What a notice about an operation shows. */
export function buildOperation(operation: Operation): OperationView {
  const { targets, verb } = operation;
  const { counts, done, total } = progressOf(operation);
  const isFailure = (result: TargetResult) => ["failed", "unknown", "skipped"].includes(result);
  const failures = counts.reduce((sum, { result, count }) => (isFailure(result) ? sum + count : sum), 0);
  const failed = targets.filter(({ result }) => isFailure(result));
  const [first] = targets;
  const many = t(first?.group === null ? "instance" : "process", { count: total });
  const what = total === 1 ? (first?.target ?? "") : many;
  const isRunning = ["running", "paused", "aborting"].includes(operation.state);
  const title =
    isRunning || failures === 0
      ? progressWords(operation, isRunning ? "doing" : "done", what)
      : total === 1
        ? t(`operations:verbs.${verb}.failed`, { what })
        : t(`operations:verbs.${verb}.failedSome`, { failed: formatCount(failures), what });
  return {
    title,
    tone: isRunning ? "busy" : failures === 0 ? "good" : "bad",
    finished: done,
    total,
    failures: failed.map(({ target, result, message }) => ({
      target,
      message: result === "unknown" ? unknownWords(message) : message || t("operations:outcome.failed"),
    })),
  };
}

function progressWords({ verb, signal }: Operation, how: "doing" | "done", what: string): string {
  return verb === "signal"
    ? t(`operations:signal.${how}`, { signal: signal ?? t("operations:signal.any"), what })
    : t(`operations:verbs.${verb}.${how}`, { what });
}
