// Which key somebody means, whatever the keyboard writes: on a layout of other letters the place of the key counts.

export interface Pressed {
  readonly key: string;
  readonly code: string;
}

/** Latin letters and signs as they are typed; a letter of another script as the Latin one of its place, `/` and `?` likewise. */
export function meantKey({ key, code }: Pressed): string {
  if (/^[A-Za-z]$/.test(key)) return key;
  if (/^\p{L}$/u.test(key)) return /^Key([A-Z])$/.exec(code)?.[1]?.toLowerCase() ?? key;
  // Cyrillic layouts have a full stop and a comma where others have the slash.
  if (code === "Slash" && key === ".") return "/";
  if (code === "Slash" && key === ",") return "?";
  return key;
}
