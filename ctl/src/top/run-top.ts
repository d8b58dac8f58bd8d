// Runs `fvctl top`: asks, draws, hears keys, until somebody leaves. The terminal is then as it was.
import { emitKeypressEvents } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { isPassing } from "../fleet/retry.js";
import type { Colors } from "../render/colors.js";
import { Screen } from "../screen.js";
import { type Key, newTop, pressed, rowsWanted, type TopSort, type TopState, within } from "./top-state.js";
import { buildTop, NO_DATA, rowsOfPage, type TopData } from "./top-view.js";

export interface TopOptions {
  /** The first rows of the order and filter, so many. */
  readonly fetchData: (state: TopState, rows: number, signal: AbortSignal) => Promise<TopData>;
  readonly filter: string;
  readonly sort: TopSort;
  readonly everyMs: number;
  readonly colors: Colors;
  readonly signal: AbortSignal;
}

/** Resolves when it is left, with whether anything was shown. Throws FleetError for what the first answer fails with. */
export async function runTop(options: TopOptions): Promise<boolean> {
  const { fetchData, filter, sort, everyMs, colors, signal } = options;
  const { stdin, stdout } = process;
  const left = new AbortController();
  const over = AbortSignal.any([signal, left.signal]);
  let state = newTop(filter, sort);
  let data = NO_DATA;
  let wake = new AbortController();
  const screen = new Screen(stdout, () => draw());
  const draw = () => screen.draw(buildTop(data, state, { columns: screen.columns, rows: screen.rows, colors }));

  const onKey = (text: string | undefined, key: Omit<Key, "text">) => {
    const page = rowsOfPage(screen.rows);
    // While paused nothing more is asked for.
    const count = state.isPaused ? data.processes.length : data.total;
    const next = pressed(state, { ...key, text }, page, count);
    if (next === null) {
      left.abort();
      return;
    }
    const isOther = next.filter !== state.filter || next.sort !== state.sort || (state.isPaused && !next.isPaused);
    const lacks = Math.min(data.total, next.offset + page) > data.processes.length;
    state = next;
    draw();
    if (isOther || lacks) wake.abort();
  };

  let asked: TopState | null = null;
  const ask = async () => {
    const asking = state;
    try {
      const page = rowsOfPage(screen.rows);
      data = await fetchData(asking, rowsWanted(asking, page), over);
      asked = asking;
      state = within(state, page, data.total);
    } catch (thrown) {
      if (over.aborted) return;
      const error = FleetError.from(thrown);
      if (asked === null) throw error;
      // A filter that is wrong is said and taken back; what may pass by itself is waited for.
      if (!isPassing(error) && asking.filter !== asked.filter) state = { ...state, filter: asked.filter };
      else if (!isPassing(error)) throw error;
      data = { ...data, trouble: error.message };
    }
  };

  await ask();
  if (over.aborted) return false;
  emitKeypressEvents(stdin);
  stdin.setRawMode(true);
  stdin.on("keypress", onKey);
  stdin.resume();
  screen.open();
  try {
    while (!over.aborted) {
      draw();
      wake = new AbortController();
      await sleep(everyMs, null, { signal: AbortSignal.any([over, wake.signal]) }).catch(() => null);
      if (!over.aborted && !state.isPaused) await ask();
    }
  } finally {
    screen.close();
    stdin.off("keypress", onKey);
    stdin.setRawMode(false);
    stdin.pause();
  }
  return true;
}
