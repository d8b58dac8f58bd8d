// Selectors that the page itself writes: targets, instances, states on top of what a person typed. The grammar is the
// controller's (core/selector.ts there), and so are reading and matching.
import type { Process } from "@fleetvisor/proto/api/v1";
import type { ProcessState } from "@fleetvisor/proto/vocabulary/states";

export type Named = Pick<Process, "instance" | "group" | "name">;

/** Every process of one instance. */
export function instanceSelector(instance: string): string {
  return `${literal(instance)}/*`;
}

/** One process. */
export function processSelector({ instance, group, name }: Named): string {
  return `${literal(instance)}/${literal(group)}:${literal(name)}`;
}

/** Every process of a group on one instance. */
export function groupSelector(instance: string, group: string): string {
  return `${literal(instance)}/${literal(group)}:*`;
}

/** Several processes, instance by instance, as short as the grammar allows. */
export function processesSelector(processes: readonly Named[]): string {
  const byInstance = new Map<string, string[]>();
  for (const { instance, group, name } of processes) {
    const items = byInstance.get(instance) ?? [];
    items.push(`${literal(group)}:${literal(name)}`);
    byInstance.set(instance, items);
  }
  return [...byInstance].map(([instance, items]) => `${literal(instance)}/${items.join(",")}`).join(" ");
}

/** What `selector` selects (empty: everything), but only in these states (none: in any). */
export function withStates(selector: string, states: readonly ProcessState[]): string {
  const words = wordsOf(selector);
  if (states.length === 0) return words.join(" ");
  const terms = states.map((state) => `state=${state}`).join(",");
  return words.length === 0 ? terms : words.map((word) => `${word},${terms}`).join(" ");
}

/**
 * The same words read as instances: a name alone means a process, and who types the name of a host finds nothing. Null
 * when some word says more than a name.
 */
export function asInstances(selector: string): string | null {
  const words = wordsOf(selector);
  const names = words.filter((word) => !/[/=:]/.test(word.replace(/\\[\s\S]/g, "")));
  return words.length === 0 || names.length < words.length ? null : words.map((word) => `${word}/*`).join(" ");
}

/** A name in which every character stands for itself. */
export function literal(name: string): string {
  return name.replace(/[\\*?[\],:=/!\s]/g, "\\$&");
}

/** The selectors of a union: parted by white space that no backslash precedes. */
export function wordsOf(selector: string): string[] {
  return selector.match(/(?:\\[\s\S]|[^\\\s]|\\$)+/g) ?? [];
}
