// What `fvctl top` shows and how keys change that. Pure.

/** Orders with the key that chooses each. Those that the controller does not know are made here. */
export const TOP_SORTS = {
  state: { key: "s", meaning: "the worst first", isOurs: false },
  target: { key: "t", meaning: "by target", isOurs: false },
  since: { key: "a", meaning: "by age, the youngest state first", isOurs: false },
  cpu: { key: "c", meaning: "by CPU, the most first", isOurs: true },
  memory: { key: "m", meaning: "by memory, the most first", isOurs: true },
} as const;

export type TopSort = keyof typeof TOP_SORTS;

export const TOP_SORT_NAMES = Object.keys(TOP_SORTS) as readonly TopSort[];

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

/** The next state, or null to leave. `page` is how many rows the screen holds, `count` how many there are. */
export function pressed(state: TopState, key: Key, page: number, count: number): TopState | null {
  if (key.ctrl === true && key.name === "c") return null;
  if (state.typed !== null) return typing(state, state.typed, key);
  const last = Math.max(0, count - page);
  const scrolled = (offset: number) => ({ ...state, offset: Math.min(last, Math.max(0, offset)) });
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
      return scrolled(last);
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
