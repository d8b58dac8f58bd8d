// A button that narrows a list to one kind of row: shape, word and how many there are.
import type { ReactNode } from "react";
import { formatCount } from "../lib/format.js";
import classes from "./chip.module.css";

interface ChipProps {
  readonly icon: ReactNode;
  readonly word: string;
  /** Null when it is not known. */
  readonly count: number | null;
  readonly on: boolean;
  /** Kit colour while it is on. */
  readonly colour: string;
  readonly onToggle: () => void;
}

export function Chip({ icon, word, count, on, colour, onToggle }: ChipProps) {
  return (
    <button
      type="button"
      className={classes.chip}
      aria-pressed={on}
      data-none={count === 0 || undefined}
      onClick={onToggle}
      style={
        on
          ? {
              background: `var(--mantine-color-${colour}-light)`,
              color: `var(--mantine-color-${colour}-light-color)`,
              borderColor: "currentColor",
            }
          : {}
      }
    >
      {icon}
      {word}
      {count !== null && <span className="num">{formatCount(count)}</span>}
    </button>
  );
}

/** Chips of one question, read out as a group. */
export function Chips(props: { readonly legend: string; readonly disabled?: string; readonly children: ReactNode }) {
  const { legend, disabled, children } = props;
  return (
    <fieldset className={classes.chips} disabled={disabled !== undefined} title={disabled ?? ""}>
      <legend className="sr-only">{legend}</legend>
      {children}
    </fieldset>
  );
}
