// What `fvctl top` shows and how keys change that. Pure.

import type { ProcessQuery } from "@fleetvisor/proto/api/v1";

export type TopSort = NonNullable<ProcessQuery["sort"]>;

/** The controller's orders with the key that chooses each. */
export const TOP_SORTS: Readonly<Record<TopSort, { readonly key: string; readonly meaning: string }>> = {
  state: { key: "s", meaning: "the worst first" },
  target: { key: "t", meaning: "by target" },
  since: { key: "a", meaning: "by age, the youngest state first" },
  cpu: { key: "c", meaning: "by CPU, the most first" },
  memory: { key: "m", meaning: "by memory, the most first" },
};

export const TOP_SORT_NAMES = Object.keys(TOP_SORTS) as readonly TopSort[];

/** Rows that can be scrolled through, the most that the controller answers at once. */
const MOST_ROWS = 1_000;

export interface TopState {
  readonly sort: TopSort;
  /** Selectors; everything when there is none. */
  readonly filter: string;
  /** The filter as it is typed; null when nobody types. */
  readonly typed: string | null;
  /** Rows scrolled away above. */
  readonly offset: number;
  readonly isPaused: boolean;
  readonly isHelp: boolean;
}

/** A key as node's readline tells it. */
export interface Key {
  readonly name?: string | undefined;
  readonly ctrl?: boolean | undefined;
  readonly meta?: boolean | undefined;
  /** The character, if it is one. */
  readonly text?: string | undefined;
}

export function newTop(filter: string, sort: TopSort): TopState {
  return { sort, filter, typed: null, offset: 0, isPaused: false, isHelp: false };
}

/** Rows to ask for: those of the screen, and the next page so that scrolling finds something. */
export function rowsWanted({ offset }: TopState, page: number): number {
  return Math.min(MOST_ROWS, offset + 2 * page);
}

/** Not scrolled further than there is something. `page` is how many rows the screen holds, `count` how many there are. */
export function within(state: TopState, page: number, count: number): TopState {
  const offset = Math.min(state.offset, Math.max(0, Math.min(count, MOST_ROWS) - page));
  return offset === state.offset ? state : { ...state, offset };
}

/** The next state, or null to leave. */
export function pressed(state: TopState, key: Key, page: number, count: number): TopState | null {
  if (key.ctrl === true && key.name === "c") return null;
  if (state.typed !== null) return typing(state, state.typed, key);
  const scrolled = (offset: number) => within({ ...state, offset: Math.max(0, offset) }, page, count);
  switch (key.name) {
    case "up":
    case "k":
      return scrolled(state.offset - 1);
    case "down":
    case "j":
      return scrolled(state.offset + 1);
    case "pageup":
      return scrolled(state.offset - page);
    case "pagedown":
      return scrolled(state.offset + page);
    case "home":
      return scrolled(0);
    case "end":
      return scrolled(MOST_ROWS);
    case "escape":
      return state.isHelp ? { ...state, isHelp: false } : { ...state, filter: "", offset: 0 };
    case "space":
      return { ...state, isPaused: !state.isPaused };
    case "q":
      return null;
  }
  if (key.text === "/") return { ...state, typed: state.filter, isHelp: false };
  if (key.text === "?" || key.text === "h") return { ...state, isHelp: !state.isHelp };
  const sort = TOP_SORT_NAMES.find((name) => TOP_SORTS[name].key === key.text);
  return sort === undefined ? state : { ...state, sort, offset: 0 };
}

function typing(state: TopState, typed: string, { name, text, ctrl, meta }: Key): TopState {
  if (name === "return" || name === "enter") return { ...state, filter: typed.trim(), typed: null, offset: 0 };
  if (name === "escape") return { ...state, typed: null };
  if (name === "backspace") return { ...state, typed: [...typed].slice(0, -1).join("") };
  if (ctrl === true && name === "u") return { ...state, typed: "" };
  const isText = text !== undefined && ctrl !== true && meta !== true && !/[\u0000-\u001f\u007f]/.test(text);
  return isText ? { ...state, typed: typed + text } : state;
}
