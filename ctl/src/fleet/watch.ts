// `--watch`: draws something anew every some seconds until Ctrl-C, over a controller that goes and comes back.
import { setTimeout as sleep } from "node:timers/promises";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Exit } from "../exit.js";
import { cutTo } from "../render/layout.js";
import { formatClock } from "../render/words.js";
import { Screen } from "../screen.js";
import { isPassing } from "./retry.js";
import { DEFAULT_SECONDS } from "./watch-option.js";
import type { World } from "./world.js";

/** What may be drawn: cells of a line, and lines. */
export interface Frame {
  readonly columns: number;
  readonly rows: number;
}

/** Throws `invalid-argument` without a terminal, and what the first drawing fails with. Ctrl-C is its good end once something is shown. */
export async function watch(
  world: World,
  seconds: number | true,
  draw: (frame: Frame, signal: AbortSignal) => Promise<readonly string[]>,
): Promise<Exit> {
  if (!world.io.stdoutIsTerminal || world.output("table", "json", "ndjson", "name") !== "table") {
    throw new FleetError("invalid-argument", "--watch draws a table on a terminal; scripts follow `fvctl events -f`");
  }
  const everyMs = (seconds === true ? DEFAULT_SECONDS : seconds) * 1000;
  return world.io.untilInterrupted(async (signal): Promise<Exit> => {
    let wake = new AbortController();
    const screen = new Screen(process.stdout, () => wake.abort());
    let isFirst = true;
    try {
      while (!signal.aborted) {
        const lines = await draw({ columns: screen.columns, rows: screen.rows - 2 }, signal).catch(
          (thrown: unknown) => {
            if (signal.aborted) return [];
            const error = FleetError.from(thrown);
            if (isFirst || !isPassing(error)) throw error;
            return [world.colors.red(cutTo(error.message, screen.columns))];
          },
        );
        if (signal.aborted) break;
        isFirst = false;
        screen.open();
        const title = `every ${everyMs / 1000} s, ${formatClock(Date.now())}; Ctrl-C ends it`;
        screen.draw([world.colors.dim(cutTo(title, screen.columns)), "", ...lines]);
        wake = new AbortController();
        await sleep(everyMs, null, { signal: AbortSignal.any([signal, wake.signal]) }).catch(() => null);
      }
    } finally {
      screen.close();
    }
    return isFirst ? "interrupted" : "ok";
  });
}
