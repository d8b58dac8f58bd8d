// How an operation is to go about its targets, as the question before it asks: typed fields to the request's plan, and back to words.
import type { OperationImpact, OperationRequest, OperationTarget } from "@fleetvisor/proto/api/v1";
import { t } from "../i18n/i18n.js";
import { formatCount } from "../lib/format.js";
import { groupBy } from "../lib/group.js";

/** As typed. Times are seconds. */
export interface Rollout {
  readonly inBatches: boolean;
  readonly batch: string;
  readonly pauseSeconds: string;
  readonly waitSeconds: string;
  readonly maxFailures: string;
}

export const ALL_AT_ONCE: Rollout = {
  inBatches: false,
  batch: "25%",
  pauseSeconds: "0",
  waitSeconds: "10",
  maxFailures: "0",
};

export type Plan = Pick<OperationRequest, "batch" | "pauseMs" | "waitRunningMs" | "maxFailures">;

/** What is wrong with a field, in words. */
export type RolloutProblems = Partial<Record<"batch" | "pauseSeconds" | "waitSeconds" | "maxFailures", string>>;

export type ReadRollout = { readonly plan: Plan } | { readonly problems: RolloutProblems };

/** The plan that the fields mean. `canWait`: the verb leaves processes that can be watched. */
export function readRollout(rollout: Rollout, canWait: boolean): ReadRollout {
  if (!rollout.inBatches) return { plan: {} };
  const problems: { -readonly [K in keyof RolloutProblems]: RolloutProblems[K] } = {};
  const batch = rollout.batch.trim();
  if (!/^([1-9]\d{0,5}|([1-9]\d?|100)%)$/.test(batch)) problems.batch = t("operations:rollout.badBatch");
  const pause = readNumber(rollout.pauseSeconds, 86_400);
  if (pause === null) problems.pauseSeconds = t("operations:rollout.badPause");
  const wait = canWait ? readNumber(rollout.waitSeconds, 3_600) : 0;
  if (wait === null) problems.waitSeconds = t("operations:rollout.badWait");
  const failures = readNumber(rollout.maxFailures, 1_000_000);
  if (failures === null || !Number.isInteger(failures)) problems.maxFailures = t("operations:rollout.badFailures");
  if (pause === null || wait === null || failures === null || Object.keys(problems).length > 0) return { problems };
  return {
    plan: {
      batch,
      pauseMs: Math.round(pause * 1_000),
      maxFailures: failures,
      ...(canWait ? { waitRunningMs: Math.round(wait * 1_000) } : {}),
    },
  };
}

function readNumber(text: string, most: number): number | null {
  const value = Number(text.trim() || "0");
  return Number.isFinite(value) && value >= 0 && value <= most ? value : null;
}

export interface BatchPreview {
  readonly number: number;
  readonly targets: readonly string[];
  /** Targets beyond those named. */
  readonly more: number;
}

/** The batches that the named targets, the first of all, are in; those of which none is named are left out. */
export function previewBatches(
  named: readonly Pick<OperationTarget, "target" | "batch">[],
  { targets, batches, batchSize }: Pick<OperationImpact, "targets" | "batches" | "batchSize">,
): readonly BatchPreview[] {
  return [...groupBy(named, ({ batch = 1 }) => batch)].map(([number, own]) => {
    const size = number < batches ? batchSize : targets - batchSize * (batches - 1);
    return { number, targets: own.map(({ target }) => target), more: size - own.length };
  });
}

/** `in 4 batches of up to 3`; empty for one batch. */
export function batchWords({
  targets,
  batches,
  batchSize,
}: Pick<OperationImpact, "targets" | "batches" | "batchSize">): string {
  if (batches < 2) return "";
  const even = targets === batches * batchSize;
  return t(even ? "operations:question.inBatches" : "operations:question.inBatchesUpTo", {
    count: batches,
    size: formatCount(batchSize),
  });
}
