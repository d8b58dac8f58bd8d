// Operations as the pages draw them: state and results in words and colours, progress, batches, and what a control would touch.
import type { Operation, OperationPlan, OperationTarget } from "@fleetvisor/proto/api/v1";
import {
  OPERATION_STATE_NAMES,
  OPERATION_STATES,
  type OperationControl,
  type OperationState,
  operationVerb,
  TARGET_RESULTS,
  type TargetResult,
} from "@fleetvisor/proto/vocabulary/operations";
import { formatCount, formatSpan, plural } from "../lib/format.js";
import { groupBy } from "../lib/group.js";
import { VERB_WORDS } from "./actions.js";
import { links } from "./links.js";

export interface ResultLook {
  readonly word: string;
  /** Name of a palette of the component kit. */
  readonly colour: string;
  /** Shape that tells the result without colour. */
  readonly glyph: "dots" | "send" | "eye" | "check" | "bang" | "question" | "skip";
}

/** Every result, in the order in which bars and chips show them: what went wrong first. */
export const RESULT_LOOKS: Readonly<Record<TargetResult, ResultLook>> = {
  failed: { word: "Failed", colour: "red", glyph: "bang" },
  unknown: { word: "Unknown", colour: "grape", glyph: "question" },
  succeeded: { word: "Done", colour: "green", glyph: "check" },
  waiting: { word: "Watched", colour: "cyan", glyph: "eye" },
  sent: { word: "Under way", colour: "blue", glyph: "send" },
  pending: { word: "To do", colour: "gray", glyph: "dots" },
  skipped: { word: "Skipped", colour: "yellow", glyph: "skip" },
};

export const RESULTS_WORST_FIRST = Object.keys(RESULT_LOOKS) as readonly TargetResult[];

export interface OperationLook {
  readonly word: string;
  readonly colour: string;
  readonly meaning: string;
}

const STATE_COLOURS: Readonly<Record<OperationState, readonly [word: string, colour: string]>> = {
  running: ["Running", "blue"],
  paused: ["Paused", "yellow"],
  aborting: ["Aborting", "orange"],
  succeeded: ["Succeeded", "green"],
  failed: ["Failed", "red"],
  aborted: ["Aborted", "gray"],
};

export function operationLook(state: OperationState): OperationLook {
  const [word, colour] = STATE_COLOURS[state];
  return { word, colour, meaning: OPERATION_STATES[state] };
}

export interface ResultCount {
  readonly result: TargetResult;
  readonly count: number;
}

/** Targets by result, results with none left out; from the counts where the targets were not asked for. */
export function resultCounts({ counts, targets }: Pick<Operation, "counts" | "targets">): readonly ResultCount[] {
  const known = counts ?? tally(targets);
  return RESULTS_WORST_FIRST.map((result) => ({ result, count: known[result] ?? 0 })).filter(({ count }) => count > 0);
}

function tally(targets: readonly OperationTarget[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { result } of targets) counts[result] = (counts[result] ?? 0) + 1;
  return counts;
}

const isFinal = (result: TargetResult) => TARGET_RESULTS[result].final;

const sum = (counts: readonly ResultCount[], of: (result: TargetResult) => boolean) =>
  counts.reduce((total, { result, count }) => (of(result) ? total + count : total), 0);

export interface Progress {
  readonly counts: readonly ResultCount[];
  readonly done: number;
  readonly total: number;
}

export function progressOf(operation: Pick<Operation, "counts" | "targets">): Progress {
  const counts = resultCounts(operation);
  return { counts, done: sum(counts, isFinal), total: sum(counts, () => true) };
}

/** `Restart 12 processes`, `Send HUP to web1/api:api`: what was asked for, whatever became of it. */
export function operationTitle(operation: Operation): string {
  const { verb, signal, groups = [], targets } = operation;
  const { total } = progressOf(operation);
  const [only] = targets;
  const many =
    operationVerb(verb).on === "instance"
      ? plural(total, "instance", "instances")
      : plural(total, "process", "processes");
  const what = total === 1 && only !== undefined ? only.target : many;
  if (verb === "signal") return `Send ${signal ?? "a signal"} to ${what}`;
  if (operationVerb(verb).needs === "groups") return `${VERB_WORDS[verb].name} ${groups.join(", ")} on ${what}`;
  return `${VERB_WORDS[verb].name} ${what}`;
}

export interface OperationRow {
  readonly id: string;
  readonly href: string;
  readonly title: string;
  readonly selector: string;
  readonly state: OperationState;
  readonly user: string;
  readonly createdAtMs: number;
  readonly finishedAtMs: number | null;
  readonly progress: Progress;
  /** How long it took; null while it goes on. */
  readonly tookMs: number | null;
}

export function isOver({ finishedAtMs }: Pick<Operation, "finishedAtMs">): boolean {
  return finishedAtMs !== null;
}

/** Rows of the list, newest first as they came, of these states (none: any). */
export function buildOperationRows(
  operations: readonly Operation[],
  states: readonly OperationState[],
): readonly OperationRow[] {
  return operations
    .filter(({ state }) => states.length === 0 || states.includes(state))
    .map((operation) => ({
      id: operation.id,
      href: links.operation(operation.id),
      title: operationTitle(operation),
      selector: operation.selector,
      state: operation.state,
      user: operation.user,
      createdAtMs: operation.createdAtMs,
      finishedAtMs: operation.finishedAtMs,
      progress: progressOf(operation),
      tookMs: operation.finishedAtMs === null ? null : operation.finishedAtMs - operation.createdAtMs,
    }));
}

/** The plan as sentences: how many at a time, what is waited for, when it stops by itself. */
export function planWords(plan: OperationPlan, batches: number): readonly string[] {
  const words = [
    plan.batch === null || batches < 2
      ? "all at once"
      : `${formatCount(batches)} batches of ${plan.batch.endsWith("%") ? plan.batch : plural(Number(plan.batch), "target", "targets")}`,
  ];
  if (plan.pauseMs > 0 && batches > 1) words.push(`${formatSpan(plan.pauseMs)} between batches`);
  if (plan.waitRunningMs > 0) words.push(`each must stay up for ${formatSpan(plan.waitRunningMs)}`);
  if (plan.maxFailures !== null) {
    words.push(
      plan.maxFailures === 0
        ? "ends at the first failure"
        : `ends after more than ${plural(plan.maxFailures, "failure", "failures")}`,
    );
  }
  return words;
}

export interface Control {
  readonly control: OperationControl;
  readonly word: string;
  /** What will be touched and what will not, for the question before it. */
  readonly effect: string;
}

/** What can be asked of the operation now, each with what it touches. */
export function controlsOf(operation: Operation): readonly Control[] {
  if (isOver(operation)) return [];
  const { counts } = progressOf(operation);
  const waiting = sum(counts, (result) => result === "pending");
  const underWay = sum(counts, (result) => result === "sent" || result === "waiting");
  const ofInstances = operationVerb(operation.verb).on === "instance";
  const many = (count: number) =>
    ofInstances ? plural(count, "instance", "instances") : plural(count, "process", "processes");
  const rest = many(waiting);
  const current = underWay === 0 ? "Nothing is under way." : `${many(underWay)} under way will be finished.`;
  const pause: Control = {
    control: "pause",
    word: "Pause",
    effect: `${current} ${waiting === 0 ? "No other is waiting." : `${rest} will wait until somebody resumes.`}`,
  };
  const resume: Control = {
    control: "resume",
    word: "Resume",
    effect: waiting === 0 ? "No target is waiting." : `The next of ${rest} will be done.`,
  };
  const abort: Control = {
    control: "abort",
    word: "Abort",
    effect: `${current} ${waiting === 0 ? "No other is waiting" : `${rest} will be skipped`}; what is done stays done.`,
  };
  if (operation.state === "aborting") return [];
  return [operation.state === "paused" ? resume : pause, abort];
}

export interface BatchView {
  readonly number: number;
  readonly size: number;
  readonly counts: readonly ResultCount[];
  readonly place: "done" | "now" | "later";
}

/** The batches in order; empty when there is only one. */
export function buildBatches(operation: Operation): readonly BatchView[] {
  const { targets, batches = 1, batch: current = 1 } = operation;
  if (batches < 2) return [];
  const byBatch = groupBy(targets, ({ batch = 1 }) => batch);
  return [...byBatch]
    .sort(([a], [b]) => a - b)
    .map(([number, own]) => ({
      number,
      size: own.length,
      counts: resultCounts({ targets: own }),
      place: own.every(({ result }) => isFinal(result)) ? "done" : number === current ? "now" : "later",
    }));
}

export interface TargetRow {
  readonly target: string;
  readonly href: string;
  readonly result: TargetResult;
  readonly batch: number;
  readonly message: string;
  readonly tookMs: number | null;
  readonly finishedAtMs: number | null;
}

/** Rows of targets with these results (none: any), in the order of their batches. */
export function buildTargetRows(operation: Operation, results: readonly TargetResult[]): readonly TargetRow[] {
  return operation.targets
    .filter(({ result }) => results.length === 0 || results.includes(result))
    .map(({ target, instance, group, name, result, message, batch = 1, startedAtMs = null, finishedAtMs }) => ({
      target,
      href: group === null || name === null ? links.instance(instance) : links.process({ instance, group, name }),
      result,
      batch,
      message:
        result === "unknown"
          ? `outcome unknown: ${message || "the answer never came"}`
          : message === "OK"
            ? ""
            : message,
      tookMs: startedAtMs === null || finishedAtMs === null ? null : finishedAtMs - startedAtMs,
      finishedAtMs,
    }));
}

/** Results named in a URL, in the order of the chips. */
export function parseResults(text: string | null): readonly TargetResult[] {
  return RESULTS_WORST_FIRST.filter((result) => (text ?? "").split(",").includes(result));
}

/** States named in a URL, in the order of the chips. */
export function parseOperationStates(text: string | null): readonly OperationState[] {
  return OPERATION_STATE_NAMES.filter((state) => (text ?? "").split(",").includes(state));
}
