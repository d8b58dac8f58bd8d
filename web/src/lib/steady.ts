// Holds the order of rows, or all of them, while the pointer or the focus is among them, so that nothing jumps away from under a click.
import { type FocusEvent, useMemo, useRef, useState } from "react";
import { keepOrder } from "../model/steady.js";

interface Hold {
  readonly onPointerEnter: () => void;
  readonly onPointerLeave: () => void;
  readonly onFocus: () => void;
  readonly onBlur: (event: FocusEvent) => void;
}

interface Holding {
  readonly held: boolean;
  /** For the element around the rows. */
  readonly hold: Hold;
}

export interface Steady<T> extends Holding {
  readonly rows: readonly T[];
}

/** `keyOf` stays the same function. `question` says what the rows answer: those of another one come in their own order at once. */
export function useSteady<T>(rows: readonly T[], keyOf: (row: T) => string, question = ""): Steady<T> {
  const { held, hold } = useHolding();
  const shown = useRef<{ readonly question: string; readonly keys: readonly string[] }>({ question, keys: [] });
  const kept = useMemo(() => {
    const { question: before, keys } = shown.current;
    const next = held && before === question ? keepOrder(keys, rows, keyOf) : rows;
    shown.current = { question, keys: next.map(keyOf) };
    return next;
  }, [rows, keyOf, question, held]);
  return { rows: kept, held, hold };
}

/** The rows as they were when the pointer or the focus came among them: for rows that only ever push others down. */
export function useFrozen<T>(rows: readonly T[]): Steady<T> {
  const { held, hold } = useHolding();
  const shown = useRef(rows);
  if (!held) shown.current = rows;
  return { rows: shown.current, held, hold };
}

/** Whether the pointer or the focus is among the rows now. */
export function useHolding(): Holding {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  const hold = useMemo<Hold>(
    () => ({
      onPointerEnter: () => setPointed(true),
      onPointerLeave: () => setPointed(false),
      onFocus: () => setFocused(true),
      onBlur: ({ currentTarget, relatedTarget }) => {
        if (!currentTarget.contains(relatedTarget)) setFocused(false);
      },
    }),
    [],
  );
  return { held: pointed || focused, hold };
}
