// Names of processes: parse and print `group:name`, `group:*` and `instance/group:name`.

/** A process, or with `name` null every process of the group. */
export interface Namespec {
  readonly group: string;
  readonly name: string | null;
}

/**
 * Reads a name as supervisord does: `n` is process n of group n, `g:p` is split at the first colon, `g:*` and `g:`
 * are the whole group (supervisor 4.x options.py, split_namespec). Any text is a name; it may name nothing.
 */
export function parseNamespec(text: string): Namespec {
  const colon = text.indexOf(":");
  if (colon < 0) return { group: text, name: text };
  const name = text.slice(colon + 1);
  return { group: text.slice(0, colon), name: name === "" || name === "*" ? null : name };
}

/** `name` when group and process are called the same, else `group:name` (options.py, make_namespec). */
export function formatNamespec(group: string, name: string): string {
  return group === name ? name : `${group}:${name}`;
}

/** `instance/group:name`, always in full, as fleet views show a target. */
export function formatTarget(instance: string, group: string, name: string): string {
  return `${instance}/${group}:${name}`;
}
