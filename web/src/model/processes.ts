// What the process table asks for and acts on: the selector that search box and state chips mean together.
import type { Process } from "@fleetvisor/proto/api/v1";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { allows, type Verb } from "./actions.js";
import type { ProcessView } from "./links.js";
import { processesSelector, withStates } from "./selector.js";
import { countOf, STATES_WORST_FIRST } from "./states.js";

type Asked = Pick<ProcessView, "selector" | "states">;

/**
 * Whether the typed selector has a state of its own. Terms of one key are alternatives, so chips on top of it would widen
 * what they should narrow: then the chips rest.
 */
export function namesState(selector: string): boolean {
  return /(^|[\s,/])state\s*!?=/i.test(selector);
}

/** The selector of the rows shown; empty for everything. */
export function shownSelector({ selector, states }: Asked): string {
  return namesState(selector) ? selector.trim() : withStates(selector, states);
}

/** The selector for acting on every row shown: those that the verb can do nothing for are left out where that can be said. */
export function actSelector(view: Asked, verb: Verb): string {
  const shown = shownSelector(view);
  if (namesState(view.selector)) return shown;
  const among = view.states.length === 0 ? STATES_WORST_FIRST : view.states;
  const fit = among.filter((state) => allows(verb, state));
  if (fit.length === among.length) return shown === "" ? "all" : shown;
  return withStates(view.selector, fit.length === 0 ? among : fit);
}

/** The longest selector that the controller takes for an operation (api/v1.ts, OperationRequest). */
export const SELECTOR_LIMIT = 65_536;

/** The picked rows that the verb can do something for, as a selector; null when there are none. */
export function pickedSelector(picked: readonly Process[], verb: Verb): string | null {
  const fit = picked.filter((process) => allows(verb, process.state));
  return fit.length === 0 ? null : processesSelector(fit);
}

export interface StateChip {
  readonly state: ProcessState;
  readonly on: boolean;
  /** Null when it is not known for the selector at hand. */
  readonly count: number | null;
}

/** Chips worst first. The fleet's counts are shown only while nothing else narrows the table. */
export function buildChips(view: Asked, fleetCounts: Readonly<Record<string, number>> | null): readonly StateChip[] {
  return STATES_WORST_FIRST.map((state) => ({
    state,
    on: view.states.includes(state),
    count: fleetCounts === null || view.selector.trim() !== "" ? null : countOf(fleetCounts, state),
  }));
}

/** The states after a chip was pressed, in the order of the chips. */
export function toggleState(states: readonly ProcessState[], state: ProcessState): readonly ProcessState[] {
  return STATES_WORST_FIRST.filter((each) => (each === state ? !states.includes(each) : states.includes(each)));
}
