// What a selector means for history: which events it takes, and which targets can be looked up instead of searched for.
import type { HistoryClause, TargetName } from "../store/store.js";
import { exactProcesses, type Labels, type Selection, selectionOf } from "./selection.js";
import type { Selector } from "./selector.js";

/** One clause a selector. `labelsOf` is asked for instances as they are now: history does not keep the labels of then. */
export function historyClauses(selection: Selection, labelsOf: (instance: string) => Labels): HistoryClause[] {
  return selection.selectors.map((selector) => {
    const alone = selectionOf([selector]);
    return {
      exact: exactTargets(selector, alone),
      instances: alone.instances,
      processes: exactProcesses(selector),
      states: selector.states,
      covers({ instance, group, name }) {
        const within = alone.within(instance, labelsOf(instance));
        if (within === null) return false;
        return group === null || name === null ? within.itself : within.covers(group, name);
      },
    };
  });
}

function exactTargets(selector: Selector, { instances }: Selection): TargetName[] | null {
  const processes = exactProcesses(selector);
  // Labels are conditions on top, which only a search can hold against an instance.
  if (processes === null || instances === null || selector.labels.length > 0) return null;
  return [...instances].flatMap((instance) => processes.map(({ group, name }) => ({ instance, group, name })));
}
