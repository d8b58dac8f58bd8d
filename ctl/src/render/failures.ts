// Why targets of an operation failed, as history tells it: how the start ended, and the last words of the program. Pure.
import type { HistoryEvent, Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { formatTarget } from "@fleetvisor/proto/vocabulary/namespec";
import type { Colors } from "./colors.js";
import { describeFailure } from "./ending.js";
import { cutTo } from "./layout.js";
import type { Row } from "./table.js";

/** Targets whose reasons are told; the others are for `fvctl history`. */
const MOST_TARGETS = 5;
const MOST_LINES = 5;
const LINE_CELLS = 200;

const STARTING_VERBS: ReadonlySet<string> = new Set(["start", "restart"]);
/** Faults that say it all themselves. */
const CLEAR_FAULTS: ReadonlySet<number | null> = new Set<number | null>([
  FAULTS.BAD_NAME,
  FAULTS.NO_FILE,
  FAULTS.NOT_EXECUTABLE,
  FAULTS.ALREADY_STARTED,
  FAULTS.SHUTDOWN_STATE,
]);

/** Failed targets of which history knows more than the fault says, the first few. */
export function unexplained({ verb, targets }: Operation): readonly OperationTarget[] {
  if (!STARTING_VERBS.has(verb)) return [];
  return targets
    .filter(({ result, code, name }) => result === "failed" && name !== null && !CLEAR_FAULTS.has(code))
    .slice(0, MOST_TARGETS);
}

/** By target: lines of why it failed. `events` are newest first; those of other operations say nothing. */
export function reasonsOf(
  operation: Operation,
  events: readonly HistoryEvent[],
): ReadonlyMap<string, readonly string[]> {
  const reasons = new Map<string, readonly string[]>();
  for (const event of events) {
    const { operationId, instance, group, name, exitCode, exitSignal, uptimeMs } = event;
    if (operationId !== operation.id || group === null || name === null) continue;
    const target = formatTarget(instance, group, name);
    const isEnd = exitCode !== null || exitSignal !== null || uptimeMs !== null;
    if (!isEnd || reasons.has(target)) continue;
    const why = describeFailure(event);
    reasons.set(target, [...(why === null ? [] : [why]), ...lastLines(event)]);
  }
  return reasons;
}

/** Of stderr, or where that is silent of stdout. */
function lastLines({ stderrTail, stdoutTail }: HistoryEvent): string[] {
  const text = (stderrTail ?? "").trim() === "" ? (stdoutTail ?? "") : (stderrTail ?? "");
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  return lines.slice(-MOST_LINES).map((line) => `| ${cutTo(line, LINE_CELLS)}`);
}

/** The rows of the targets, each followed by its reasons. */
export function withReasons(
  rows: readonly Row[],
  targets: readonly OperationTarget[],
  reasons: ReadonlyMap<string, readonly string[]>,
  colors: Colors,
): readonly Row[] {
  return rows.flatMap((row, at) => {
    const lines = reasons.get(targets[at]?.target ?? "") ?? [];
    return [row, ...lines.map((text) => ["", "", { text, paint: colors.dim }])];
  });
}
