// One order to many targets, as a value: how it goes about them, what became of each, and what follows from that for the whole.
// How it gets from one value to the next is operation-run.ts.
import {
  type OperationState,
  type OperationVerbName,
  operationVerb,
  TARGET_RESULTS,
  type TargetResult,
} from "@fleetvisor/proto/vocabulary/operations";

export type { OperationState, TargetResult } from "@fleetvisor/proto/vocabulary/operations";
export type Verb = OperationVerbName;

/** What is known of a target that must show more than its agent's OK to count as done. */
export interface Watched {
  /** Whether the agent said OK. */
  readonly answered: boolean;
  /** The child seen RUNNING since; null before. */
  readonly pid: number | null;
  readonly runningSinceMs: number | null;
  /** When the row that was there as the order left entered its state, by the host's clock: as long as it is there nothing is known. */
  readonly rowSinceMs: number;
}

export interface OperationTarget {
  readonly instance: string;
  /** Null, as `name`, where the verb is for whole instances. */
  readonly group: string | null;
  readonly name: string | null;
  /** From 0; targets lie in the order of their batches. */
  readonly batch: number;
  readonly result: TargetResult;
  /** Boot of the agent that its order left for, as long as that may still say what became of it; null while it never left. */
  readonly sentTo: string | null;
  readonly startedAtMs: number | null;
  readonly watched: Watched | null;
  /** supervisord's fault number, 80 for success; null where there is none. */
  readonly code: number | null;
  readonly message: string;
  readonly finishedAtMs: number | null;
}

/** How an operation goes about its targets. */
export interface OperationPlan {
  /** Targets at a time: `5`, `10%`; null for all at once. */
  readonly batch: string | null;
  /** Between the end of a batch and the beginning of the next. */
  readonly pauseMs: number;
  /** How long a process must have been RUNNING to count as done; 0 for not at all. */
  readonly waitRunningMs: number;
  /** So many may fail, or be unknown, and the next batch still begins; null for any number. */
  readonly maxFailures: number | null;
  /** For the orders of one batch. */
  readonly timeoutMs: number;
}

/** Times are wall clock, so that they hold over a restart of the controller. */
export interface Operation {
  readonly id: string;
  readonly verb: Verb;
  readonly selector: string;
  readonly signal: string | null;
  /** With add, remove and update. */
  readonly groups: readonly string[];
  readonly user: string;
  readonly createdAtMs: number;
  readonly plan: OperationPlan;
  /** What people want of it. */
  readonly wanted: "run" | "pause" | "abort";
  /** The batch that is under way, or whose end the next one waits on. */
  readonly batch: number;
  /** When the orders of that batch must be answered. */
  readonly deadlineAtMs: number;
  /** End of the pause after that batch; null while it is under way. */
  readonly holdUntilMs: number | null;
  readonly finishedAtMs: number | null;
  readonly targets: readonly OperationTarget[];
}

/** An operation without its targets, and what follows from them: all that a list of operations tells. */
export interface OperationSummary extends Omit<Operation, "targets"> {
  readonly counts: Counts;
  /** How many batches there are. */
  readonly batches: number;
  /** Why targets were never ordered; null when none was left out. */
  readonly skipReason: string | null;
}

/** Where an operation stands among all of them. */
export type OperationPlace = Pick<Operation, "createdAtMs" | "id">;

/** Newest first. */
export function byAge(a: OperationPlace, b: OperationPlace): number {
  return b.createdAtMs - a.createdAtMs || (a.id < b.id ? 1 : a.id > b.id ? -1 : 0);
}

/** Takes as long as there are targets. */
export function summarize<O extends Pick<Operation, "targets">>({
  targets,
  ...rest
}: O): Omit<O, "targets"> & Pick<OperationSummary, "counts" | "batches" | "skipReason"> {
  return {
    ...rest,
    counts: countResults(targets),
    batches: (targets.at(-1)?.batch ?? 0) + 1,
    skipReason: targets.find(({ result }) => result === "skipped")?.message ?? null,
  };
}

/** What becomes of the whole follows from what became of its targets. */
export function operationState({
  finishedAtMs,
  wanted,
  counts,
}: Pick<OperationSummary, "finishedAtMs" | "wanted" | "counts">): OperationState {
  if (finishedAtMs === null) return wanted === "run" ? "running" : wanted === "pause" ? "paused" : "aborting";
  if (Object.entries(counts).every(([result, count]) => result === "succeeded" || count === 0)) return "succeeded";
  return wanted === "abort" && counts.skipped > 0 ? "aborted" : "failed";
}

/** Whether a target's result is final. */
export function isDone({ result }: OperationTarget): boolean {
  return TARGET_RESULTS[result].final;
}

/** Whether an unknown target may still be settled, by the start of the agent that its order left for. */
export function isOpenQuestion({ result, sentTo }: OperationTarget): boolean {
  return result === "unknown" && sentTo !== null;
}

/** Whether the target counts against the failure limit. What cannot be said to be well does; what was so already does not. */
export function isFailure(verb: Verb, { result, code }: OperationTarget): boolean {
  if (result === "unknown") return true;
  return result === "failed" && (code === null || code !== operationVerb(verb).harmless);
}

export type Counts = Readonly<Record<TargetResult, number>>;

export function countResults(targets: readonly OperationTarget[]): Counts {
  const counts = Object.fromEntries(Object.keys(TARGET_RESULTS).map((result) => [result, 0])) as Record<
    TargetResult,
    number
  >;
  for (const { result } of targets) counts[result] += 1;
  return counts;
}

/** Order ids name their operation, batch and instance, so that a report can be traced to who caused it. */
export function orderIdOf(operationId: string, agentId: string, batch = 0): string {
  return `${operationId}${batch === 0 ? "" : `.${batch}`}/${agentId}`;
}

/** The operation of an order that was given to this agent, or null when the id is not one of ours for it. */
export function operationOf(orderId: string, agentId: string): string | null {
  const slash = orderId.indexOf("/");
  if (slash <= 0 || orderId.slice(slash + 1) !== agentId) return null;
  return orderId.slice(0, slash).replace(/(?<=.)\.\d+$/, "");
}
