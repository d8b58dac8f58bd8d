// Text as Python sees it: what counts as white space, how `repr` quotes, how names are ordered. supervisord's dialect
// and its error texts are made of these, and JavaScript's own trim, JSON and sort differ in each.

/** The characters for which Python's `str.isspace` holds. No BOM, unlike JavaScript's `\s`. */
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const LEADING = new RegExp(`^[${SPACE}]+`);
const ONE = new RegExp(`^[${SPACE}]$`);
const WORDS = new RegExp(`[^${SPACE}]+`, "g");

export function isSpace(character: string): boolean {
  return ONE.test(character);
}

/** Number of white-space characters at the start. */
export function indentOf(text: string): number {
  return LEADING.exec(text)?.[0].length ?? 0;
}

/** `str.strip()`. */
export function strip(text: string): string {
  return stripEnd(text.slice(indentOf(text)));
}

/** `str.rstrip()`; a loop, since a regular expression anchored at the end costs the square of a run of blanks. */
export function stripEnd(text: string): string {
  let end = text.length;
  while (end > 0 && isSpace(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

/** `str.split()`: the words between white space. */
export function words(text: string): string[] {
  return text.match(WORDS) ?? [];
}

/** What `repr` prints as it is: everything but controls, formats, unassigned and separators other than the space. */
const PRINTABLE = /^(?: |[^\p{C}\p{Z}])$/u;
const NAMED_ESCAPES: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t", "\\": "\\\\" };

/** `repr(text)`: single quotes, or double ones when the text holds single but no double quotes. */
export function repr(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  let out = quote;
  for (const character of text) {
    if (character === quote) out += `\\${quote}`;
    else out += NAMED_ESCAPES[character] ?? (PRINTABLE.test(character) ? character : escaped(character));
  }
  return out + quote;
}

function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const hex = code.toString(16);
  if (code <= 0xff) return `\\x${hex.padStart(2, "0")}`;
  return code <= 0xffff ? `\\u${hex.padStart(4, "0")}` : `\\U${hex.padStart(8, "0")}`;
}

/** `repr` of a list of texts. */
export function reprList(texts: readonly string[]): string {
  return `[${texts.map(repr).join(", ")}]`;
}

/** Order by code point, as Python sorts text; JavaScript's sort goes by UTF-16 unit. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const left = Array.from(a);
  const right = Array.from(b);
  for (let at = 0; at < left.length && at < right.length; at++) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}
