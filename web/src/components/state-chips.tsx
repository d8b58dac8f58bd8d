// Buttons that narrow a table to some states.
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { formatCount } from "../lib/format.js";
import type { StateChip } from "../model/processes.js";
import { STATE_LOOKS } from "../model/states.js";
import { StateGlyphIcon } from "./state-badge.js";
import classes from "./state-chips.module.css";

interface StateChipsProps {
  readonly chips: readonly StateChip[];
  readonly onToggle: (state: ProcessState) => void;
  readonly disabled: boolean;
}

export function StateChips({ chips, onToggle, disabled }: StateChipsProps) {
  return (
    <fieldset
      className={classes.chips}
      disabled={disabled}
      title={disabled ? "The selector already names a state" : ""}
    >
      <legend className="sr-only">Only these states</legend>
      {chips.map(({ state, on, count }) => {
        const look = STATE_LOOKS[state];
        return (
          <button
            key={state}
            type="button"
            className={classes.chip}
            aria-pressed={on}
            data-none={count === 0 || undefined}
            onClick={() => onToggle(state)}
            style={
              on
                ? {
                    background: `var(--mantine-color-${look.colour}-light)`,
                    color: `var(--mantine-color-${look.colour}-light-color)`,
                    borderColor: "currentColor",
                  }
                : {}
            }
          >
            <StateGlyphIcon state={state} size={13} />
            {look.word}
            {count !== null && <span className="num">{formatCount(count)}</span>}
          </button>
        );
      })}
    </fieldset>
  );
}
