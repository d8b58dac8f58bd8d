// Stays with an operation until it is over: shows how it gets on, prints what became of it, and says how to go on where it is left.
import type { Operation } from "@fleetvisor/proto/api/v1";
import type { Exit } from "../exit.js";
import { toJson } from "../render/output.js";
import { isRolling, progressCounts, RESULT_HEAD, resultExit, resultRows, resultSummary } from "../render/results.js";
import { type Following, isOver } from "./operation.js";
import { progressView } from "./show-progress.js";
import type { World } from "./world.js";

/**
 * Follows what `start` begins or finds. `start` failing is passed on, but for an interruption: Ctrl-C ends the watching and never the
 * operation, and `unanswered` is said where it is not known whether there is one.
 */
export function watchOperation(
  world: World,
  start: (following: Following) => Promise<Operation>,
  unanswered: string,
): Promise<Exit> {
  return world.io.untilInterrupted(async (signal) => {
    const progress = await progressView(world.io);
    let operation: Operation;
    try {
      operation = await start({
        isWatched: world.io.stderrIsTerminal,
        signal,
        onProgress: (now) => progress.show(now),
        onBroken: async (error) => {
          await progress.clear();
          await world.note(`${error.message}; still trying to learn the outcome`);
        },
      });
    } catch (thrown) {
      await progress.clear();
      if (!signal.aborted) throw thrown;
      await world.note(unanswered);
      return "interrupted";
    }
    // What came last of one that is done step by step.
    if (isRolling(operation)) await progress.show(operation);
    await progress.clear();
    return tellOperation(world, operation, signal.aborted);
  });
}

/** What became of it, and how to go on where it is left. */
export async function tellOperation(world: World, operation: Operation, isInterrupted: boolean): Promise<Exit> {
  await printOperation(world, operation);
  if (operation.moreTargets !== undefined) {
    const { total } = progressCounts(operation);
    await world.note(
      `these are the first ${operation.targets.length} of ${total} targets: the others could not be asked for`,
    );
  }
  return conclude(world, operation, isInterrupted);
}

async function conclude(world: World, operation: Operation, isInterrupted: boolean): Promise<Exit> {
  const { id, verb, reason, recorded } = operation;
  const exit = resultExit(operation);
  if (recorded === false)
    await world.note(`the controller cannot write now: a crash would make it forget operation ${id}`);
  if (!isOver(operation)) {
    const why = isInterrupted ? "goes on without fvctl" : "is not over in the time given";
    await world.note(`operation ${id} ${why}: ${resultSummary(operation)}`);
    await world.note(`fvctl operations watch ${id} shows it, fvctl operations abort ${id} ends it`);
    return isInterrupted ? "interrupted" : exit;
  }
  if (exit !== "ok") await world.note(`${verb}: ${resultSummary(operation)}`);
  if (reason != null)
    await world.note(`operation ${id} ended before its last target: ${reason.replace(/^not begun: /, "")}`);
  return exit;
}

/** As `-o` says: a row a target, or the whole operation. */
export async function printOperation(world: World, operation: Operation): Promise<void> {
  const output = world.output("table", "json", "ndjson", "name");
  if (output === "json") {
    await world.io.out(toJson(operation));
    return;
  }
  const { failureReasons, withReasons } = await import("./failure-reasons.js");
  const reasons = output === "table" ? await failureReasons(world, operation) : new Map();
  await world.print(output, operation.targets, {
    nameOf: ({ target }) => target,
    head: RESULT_HEAD,
    rows: (targets) =>
      withReasons(resultRows({ ...operation, targets: [...targets] }, world.colors), targets, reasons, world.colors),
  });
}
