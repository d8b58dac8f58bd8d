// Expands `%(name)s` in a value: which names there are, and supervisord's words when one is missing or the format is
// wrong (supervisor 4.2.5 options.py, expand). The formatting itself is `percent.ts`'s.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { formatPercent, type NameTable, type NameValue } from "./percent.js";
import { compareText, repr } from "./python-text.js";

export type NameMap = ReadonlyMap<string, NameValue>;

/** Names from several maps; a later map wins. The maps are looked at when a name is asked for, so they may grow. */
export class Names implements NameTable {
  private readonly layers: readonly NameMap[];

  constructor(...layers: NameMap[]) {
    this.layers = layers;
  }

  get(name: string): NameValue | undefined {
    for (let at = this.layers.length - 1; at >= 0; at--) {
      const value = this.layers[at]?.get(name);
      if (value !== undefined) return value;
    }
    return undefined;
  }

  entries(): Iterable<readonly [string, NameValue]> {
    return new Map(this.layers.flatMap((layer) => [...layer]));
  }
}

/** A value names something that is not there. */
export class UnknownName extends FleetError {
  constructor(
    message: string,
    readonly unknown: string,
  ) {
    super("invalid-argument", message);
  }
}

/** `text % names`. Fails with `invalid-argument`, as `UnknownName` for a missing name; `label` is how the text is called. */
export function expand(text: string, names: Names, label: string): string {
  if (!text.includes("%")) return text;
  const formatted = formatPercent(text, names);
  if (formatted.ok) return formatted.text;
  const what = `Format string ${repr(text)} for ${repr(label)}`;
  if ("unknown" in formatted) {
    const available = Array.from(names.entries(), ([name]) => name).sort(compareText);
    throw new UnknownName(
      `${what} contains names (${repr(formatted.unknown)}) which cannot be expanded. Available names: ${available.join(", ")}`,
      formatted.unknown,
    );
  }
  throw new FleetError("invalid-argument", `${what} is badly formatted: ${formatted.reason}`);
}
