// `%(name)s` in config values as Python's formatting does it (supervisor-compat.md 1.4). Pure.
import { repr } from "./python.js";

export type Expanded = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly error: string };

const PLACE = /%(?:%|\(([^)]*)\)(-?)(\d*)([sr])|.?)/gs;

/** Replaces names in `value`; `label` is what an error calls the option (`supervisorctl.serverurl`). */
export function expandValue(value: string, names: ReadonlyMap<string, string>, label: string): Expanded {
  let error: string | null = null;
  const text = value.replace(PLACE, (place: string, name?: string, left?: string, width?: string, kind?: string) => {
    if (place === "%%") return "%";
    if (name === undefined) {
      error ??= `Format string ${repr(value)} for ${repr(label)} is badly formatted: unexpected ${repr(place)}`;
      return "";
    }
    const known = names.get(name);
    if (known === undefined) {
      const available = [...names.keys()].sort().join(", ");
      error ??= `Format string ${repr(value)} for ${repr(label)} contains names (${repr(name)}) which cannot be expanded. Available names: ${available}`;
      return "";
    }
    const shown = kind === "r" ? repr(known) : known;
    return left === "-" ? shown.padEnd(Number(width)) : shown.padStart(Number(width));
  });
  return error === null ? { ok: true, text } : { ok: false, error };
}
