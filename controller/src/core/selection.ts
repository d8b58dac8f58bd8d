// What parsed selectors select: quick answers for instances, targets and states, and the few lookups exact names allow.
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { processKey } from "./rows.js";
import { type LabelTerm, parseInstanceSelectors, parseSelectors, type Selector } from "./selector.js";

export type Labels = Readonly<Record<string, string>>;

export interface Selectable {
  readonly group: string;
  readonly name: string;
  readonly state: ProcessState;
}

/** What is selected within one instance. */
export interface InstanceSelection {
  /** Every process, whatever its state: no need to ask for each. */
  readonly everything: boolean;
  matches(process: Selectable): boolean;
  /** As `matches` without the state: whether it is or could come to be selected. */
  covers(group: string, name: string): boolean;
  /** What happens to the instance itself is selected too: some selector takes all its processes. */
  readonly itself: boolean;
}

export interface Selection {
  /** Null when nothing of the instance is selected. */
  within(instance: string, labels: Labels): InstanceSelection | null;
  /** The only instances that can match, or null when patterns or labels decide. */
  readonly instances: ReadonlySet<string> | null;
  readonly selectors: readonly Selector[];
}

/** Reads and prepares a selector; errors as of parseSelectors. `undefined` selects everything. */
export function select(text: string | undefined): Selection {
  return selectionOf(parseSelectors(text ?? "all"));
}

/** The same of a selector for whole instances. */
export function selectInstances(text: string): Selection {
  return selectionOf(parseInstanceSelectors(text));
}

/**
 * Prepares a union of selectors. Those that name one instance are found by its name, so that a list of a thousand exact
 * targets costs one look an instance and not a thousand.
 */
export function selectionOf(selectors: readonly Selector[]): Selection {
  const byName = new Map<string, Selector[]>();
  const general: Selector[] = [];
  for (const selector of selectors) {
    const names = selector.instances.map((glob) => glob.literal);
    if (names.length === 0 || names.includes(null)) {
      general.push(selector);
      continue;
    }
    for (const name of names) {
      if (name === null) continue;
      const list = byName.get(name);
      if (list === undefined) byName.set(name, [selector]);
      else list.push(selector);
    }
  }
  return {
    selectors,
    instances: general.length === 0 ? new Set(byName.keys()) : null,
    within(instance, labels) {
      const chosen = [...(byName.get(instance) ?? []), ...general].filter((selector) =>
        takesInstance(selector, instance, labels),
      );
      return chosen.length === 0 ? null : new Within(chosen);
    },
  };
}

function takesInstance(selector: Selector, name: string, labels: Labels): boolean {
  if (selector.instances.length > 0 && !selector.instances.some((glob) => glob.matches(name))) return false;
  return labelsHold(selector.labels, labels);
}

function labelsHold(terms: readonly LabelTerm[], labels: Labels): boolean {
  const holds = (term: LabelTerm) => {
    const value = Object.hasOwn(labels, term.key) ? labels[term.key] : undefined;
    return value !== undefined && term.value.matches(value);
  };
  return terms.every((term) => {
    if (term.negated) return !holds(term);
    return terms.some((other) => !other.negated && other.key === term.key && holds(other));
  });
}

class Within implements InstanceSelection {
  readonly everything: boolean;
  readonly itself: boolean;
  /** Keys of processes named exactly, in any state. */
  readonly #exact = new Set<string>();
  readonly #others: Selector[] = [];

  constructor(selectors: readonly Selector[]) {
    for (const selector of selectors) {
      const exact = selector.states === null ? exactProcesses(selector) : null;
      if (exact === null) this.#others.push(selector);
      else for (const { group, name } of exact) this.#exact.add(processKey(group, name));
    }
    this.itself = selectors.some((selector) => selector.processes.length === 0);
    this.everything = selectors.some((selector) => selector.processes.length === 0 && selector.states === null);
  }

  matches(process: Selectable): boolean {
    if (this.everything || this.#exact.has(processKey(process.group, process.name))) return true;
    return this.#others.some(
      (selector) =>
        (selector.states === null || selector.states.has(process.state)) &&
        takesProcess(selector, process.group, process.name),
    );
  }

  covers(group: string, name: string): boolean {
    if (this.everything || this.#exact.has(processKey(group, name))) return true;
    return this.#others.some((selector) => takesProcess(selector, group, name));
  }
}

/** The processes a selector names when it holds nothing but names without patterns, else null. */
export function exactProcesses(selector: Selector): { readonly group: string; readonly name: string }[] | null {
  if (selector.processes.length === 0) return null;
  const exact: { readonly group: string; readonly name: string }[] = [];
  for (const { group, name } of selector.processes) {
    const groupText = group === null ? name.literal : group.literal;
    if (groupText === null || name.literal === null) return null;
    exact.push({ group: groupText, name: name.literal });
  }
  return exact;
}

/** Whether the process part, states aside, takes a process. */
export function takesProcess(selector: Selector, group: string, name: string): boolean {
  if (selector.processes.length === 0) return true;
  return selector.processes.some((pattern) =>
    pattern.group === null
      ? group === name && pattern.name.matches(name)
      : pattern.group.matches(group) && pattern.name.matches(name),
  );
}
