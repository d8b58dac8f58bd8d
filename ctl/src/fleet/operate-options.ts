// The options that every changing verb has, and what they ask of the controller. Parsing is pure.
import type { OperationRequest } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { type Command, Option } from "commander";
import { parseSpan } from "../render/words.js";

/** As commander has them. */
export interface OperateOptions {
  readonly dryRun?: boolean;
  readonly yes?: boolean;
  readonly batch?: string;
  readonly pause?: number;
  readonly maxFailures?: number;
  /** Milliseconds of `--wait running:...`; false for `--no-wait`; true where the verb has only that. */
  readonly wait?: number | boolean;
  readonly timeout: number;
}

export type PlanRequest = Pick<OperationRequest, "batch" | "pauseMs" | "waitRunningMs" | "maxFailures" | "timeoutMs">;

const DEFAULT_TIMEOUT_MS = 60_000;
const HOUR_MS = 3_600_000;

/** `canWaitRunning` adds `--wait running:SPAN`. */
export function withOperateOptions(command: Command, canWaitRunning: boolean): Command {
  command
    .option("--batch <size>", "so many targets at a time: 5, or a share like 10%", parseBatch)
    .option("--pause <span>", "between two batches: 5s, 1m30s", spanOf("--pause", 0, 24 * HOUR_MS))
    .option(
      "--max-failures <count>",
      "with more failed or unknown targets than that the rest is left alone (default with --batch: 0)",
      parseCount,
    );
  if (canWaitRunning) {
    command.option(
      "--wait <running:span>",
      "a target is done once it has been RUNNING for so long: running:10s",
      parseWait,
    );
  }
  return command
    .option("--no-wait", "do not wait for results; print the operation's id")
    .addOption(
      new Option(
        "--timeout <span>",
        "for each batch; a target without an answer by then is unknown: give more than its stopwaitsecs",
      )
        .argParser(spanOf("--timeout", 1_000, HOUR_MS))
        .default(DEFAULT_TIMEOUT_MS, "1m"),
    )
    .option("--dry-run", "show which targets it would be, in which batches, and do nothing")
    .option("-y, --yes", "do not ask, however many targets it is");
}

/** What the options ask for, as the API has it. Throws `invalid-argument` for a pause without batches. */
export function planRequest({ batch, pause, maxFailures, wait, timeout }: OperateOptions): PlanRequest {
  if (pause !== undefined && batch === undefined) {
    throw new FleetError("invalid-argument", "--pause is between batches: say --batch too");
  }
  return {
    timeoutMs: timeout,
    ...(batch === undefined ? {} : { batch }),
    ...(pause === undefined ? {} : { pauseMs: pause }),
    ...(maxFailures === undefined ? {} : { maxFailures }),
    ...(typeof wait === "number" ? { waitRunningMs: wait } : {}),
  };
}

export function parseBatch(text: string): string {
  if (/^([1-9]\d{0,5}|([1-9]\d?|100)%)$/.test(text)) return text;
  throw new FleetError("invalid-argument", `--batch ${text}: a count like 5, or a share from 1% to 100%`);
}

function parseCount(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new FleetError("invalid-argument", `--max-failures ${text} is no count`);
}

/** `running:10s` in milliseconds. */
export function parseWait(text: string): number {
  const [, span] = /^running:(.+)$/.exec(text) ?? [];
  if (span === undefined) {
    throw new FleetError(
      "invalid-argument",
      `--wait ${text}: say running:10s to wait until it has been RUNNING for 10 s`,
    );
  }
  return spanOf("--wait running:", 1_000, HOUR_MS)(span);
}

function spanOf(option: string, leastMs: number, mostMs: number): (text: string) => number {
  return (text) => {
    const ms = parseSpan(text, option);
    if (ms >= leastMs && ms <= mostMs) return ms;
    throw new FleetError("invalid-argument", `${option} ${text}: from ${leastMs / 1000}s to ${mostMs / HOUR_MS}h`);
  };
}
