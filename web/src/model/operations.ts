// Operations as the pages draw them: state and results in words and colours, progress, batches, and what a control would touch.
import type { Operation, OperationPlan, OperationTarget } from "@fleetvisor/proto/api/v1";
import {
  type OperationControl,
  type OperationState,
  operationVerb,
  TARGET_RESULTS,
  type TargetResult,
} from "@fleetvisor/proto/vocabulary/operations";
import { t } from "../i18n/i18n.js";
import { formatCount, formatSpan } from "../lib/format.js";
import { groupBy } from "../lib/group.js";
import { askWords, unknownWords } from "./actions.js";
import { links } from "./links.js";

export interface ResultLook {
  readonly word: string;
  /** Name of a palette of the component kit. */
  readonly colour: string;
  /** Shape that tells the result without colour. */
  readonly glyph: "dots" | "send" | "eye" | "check" | "bang" | "question" | "skip";
}

/** Words are read when they are asked for, since the language may change. */
const resultLook = (result: TargetResult, colour: string, glyph: ResultLook["glyph"]): ResultLook => ({
  get word() {
    return t(`operations:results.${result}.word`);
  },
  colour,
  glyph,
});

/** Every result, in the order in which bars and chips show them: what went wrong first. */
export const RESULT_LOOKS: Readonly<Record<TargetResult, ResultLook>> = {
  failed: resultLook("failed", "red", "bang"),
  unknown: resultLook("unknown", "grape", "question"),
  succeeded: resultLook("succeeded", "green", "check"),
  waiting: resultLook("waiting", "cyan", "eye"),
  sent: resultLook("sent", "blue", "send"),
  pending: resultLook("pending", "gray", "dots"),
  skipped: resultLook("skipped", "yellow", "skip"),
};

export const RESULTS_WORST_FIRST = Object.keys(RESULT_LOOKS) as readonly TargetResult[];

export interface OperationLook {
  readonly word: string;
  readonly colour: string;
  readonly meaning: string;
}

const STATE_COLOURS: Readonly<Record<OperationState, string>> = {
  running: "blue",
  paused: "yellow",
  aborting: "orange",
  succeeded: "green",
  failed: "red",
  aborted: "gray",
};

export function operationLook(state: OperationState): OperationLook {
  return {
    word: t(`operations:states.${state}.word`),
    colour: STATE_COLOURS[state],
    meaning: t(`operations:states.${state}.meaning`),
  };
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
  const what = total === 1 && only !== undefined ? only.target : manyOf(verb, total);
  if (verb === "add" || verb === "remove") return t(`operations:groupsOn.${verb}`, { groups: groups.join(", "), what });
  return askWords(verb, signal, what);
}

/** `12 processes`, or instances where the verb is for those. */
function manyOf(verb: Operation["verb"], count: number): string {
  return t(operationVerb(verb).on === "instance" ? "instance" : "process", { count });
}

/** `2 failed, 10 done`. */
export function resultWords(counts: readonly ResultCount[]): string {
  return counts
    .map(({ result, count }) => t(`operations:results.${result}.some`, { n: formatCount(count) }))
    .join(", ");
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

function isOver({ finishedAtMs }: Pick<Operation, "finishedAtMs">): boolean {
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
  const size = (batch: string) => (batch.endsWith("%") ? batch : t("operations:target", { count: Number(batch) }));
  const words = [
    plan.batch === null || batches < 2
      ? t("operations:plan.allAtOnce")
      : t("operations:plan.batches", { count: batches, size: size(plan.batch) }),
  ];
  if (plan.pauseMs > 0 && batches > 1) words.push(t("operations:plan.pause", { span: formatSpan(plan.pauseMs) }));
  if (plan.waitRunningMs > 0) words.push(t("operations:plan.stayUp", { span: formatSpan(plan.waitRunningMs) }));
  if (plan.maxFailures !== null) {
    words.push(
      plan.maxFailures === 0
        ? t("operations:plan.firstFailure")
        : t("operations:plan.failures", { count: plan.maxFailures }),
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
  const rest = manyOf(operation.verb, waiting);
  const current =
    underWay === 0
      ? t("operations:control.nothingUnderWay")
      : t("operations:control.underWay", { what: manyOf(operation.verb, underWay) });
  const pause: Control = {
    control: "pause",
    word: t("operations:control.pause.word"),
    effect: `${current} ${waiting === 0 ? t("operations:control.noneWaits") : t("operations:control.restWaits", { what: rest })}`,
  };
  const resume: Control = {
    control: "resume",
    word: t("operations:control.resume.word"),
    effect: waiting === 0 ? t("operations:control.noneToResume") : t("operations:control.nextOfRest", { what: rest }),
  };
  const abort: Control = {
    control: "abort",
    word: t("operations:control.abort.word"),
    effect: `${current} ${waiting === 0 ? t("operations:control.noneToSkip") : t("operations:control.restSkipped", { what: rest })}`,
  };
  if (operation.state === "aborting") return [];
  return [operation.state === "paused" ? resume : pause, abort];
}

export interface BatchView {
  readonly number: number;
  /** The last of several batches that are told as one; else the same number. */
  readonly through: number;
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
      through: number,
      size: own.length,
      counts: resultCounts({ targets: own }),
      place: own.every(({ result }) => isFinal(result)) ? "done" : number === current ? "now" : "later",
    }));
}

/**
 * At most so many boxes for any number of batches: as many at a time as that takes are told as one. Where one of them is under way so is
 * the box; it is done when all of them are.
 */
export function foldBatches(batches: readonly BatchView[], most: number): readonly BatchView[] {
  if (batches.length <= most) return batches;
  const together = Math.ceil(batches.length / most);
  const folded: BatchView[] = [];
  for (let from = 0; from < batches.length; from += together) {
    const own = batches.slice(from, from + together);
    const [first] = own;
    const last = own.at(-1);
    if (first === undefined || last === undefined) break;
    const places = new Set(own.map(({ place }) => place));
    folded.push({
      number: first.number,
      through: last.through,
      size: own.reduce((sum, { size }) => sum + size, 0),
      counts: joinCounts(own.map(({ counts }) => counts)),
      place: places.size === 1 ? first.place : "now",
    });
  }
  return folded;
}

function joinCounts(all: readonly (readonly ResultCount[])[]): readonly ResultCount[] {
  return RESULTS_WORST_FIRST.map((result) => ({
    result,
    count: all.flat().reduce((sum, each) => (each.result === result ? sum + each.count : sum), 0),
  })).filter(({ count }) => count > 0);
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

/** What needs somebody to look; the rest keeps its place while its results come. */
const lookedAtFirst = (result: TargetResult) => (result === "failed" ? 0 : result === "unknown" ? 1 : 2);

/** Rows of targets with these results (none: any): what went wrong first, else in the order of their batches. */
export function buildTargetRows(operation: Operation, results: readonly TargetResult[]): readonly TargetRow[] {
  return operation.targets
    .filter(({ result }) => results.length === 0 || results.includes(result))
    .sort((a, b) => lookedAtFirst(a.result) - lookedAtFirst(b.result))
    .map(({ target, instance, group, name, result, message, batch = 1, startedAtMs = null, finishedAtMs }) => ({
      target,
      href: group === null || name === null ? links.instance(instance) : links.process({ instance, group, name }),
      result,
      batch,
      message: result === "unknown" ? unknownWords(message) : message === "OK" ? "" : message,
      tookMs: startedAtMs === null || finishedAtMs === null ? null : finishedAtMs - startedAtMs,
      finishedAtMs,
    }));
}

/** Results named in a URL, in the order of the chips. */
export function parseResults(text: string | null): readonly TargetResult[] {
  return RESULTS_WORST_FIRST.filter((result) => (text ?? "").split(",").includes(result));
}
