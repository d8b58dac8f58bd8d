// Buttons that narrow a table to some states.
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { t } from "../i18n/i18n.js";
import type { StateChip } from "../model/processes.js";
import { STATE_LOOKS } from "../model/states.js";
import { Chip, Chips } from "./chip.js";
import { StateGlyphIcon, tintOf } from "./state-badge.js";

interface StateChipsProps {
  readonly chips: readonly StateChip[];
  readonly onToggle: (state: ProcessState) => void;
  readonly disabled: boolean;
}

export function StateChips({ chips, onToggle, disabled }: StateChipsProps) {
  return (
    <Chips legend={t("onlyStates")} {...(disabled ? { disabled: t("stateNamed") } : {})}>
      {chips.map(({ state, on, count }) => {
        const { word, colour } = STATE_LOOKS[state];
        return (
          <Chip
            key={state}
            icon={
              <span style={on || count === 0 ? {} : { color: tintOf(colour) }}>
                <StateGlyphIcon state={state} size={13} />
              </span>
            }
            {...{ word, colour, count, on }}
            onToggle={() => onToggle(state)}
          />
        );
      })}
    </Chips>
  );
}
