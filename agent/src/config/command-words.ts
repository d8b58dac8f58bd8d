// Splits a `command=` into words by the rules of Python's `shlex.split`: POSIX quoting, and nothing else of a shell.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

const BLANK = /[ \t\r\n]/;

/**
 * Words between blanks; `'…'` is literal, in `"…"` a backslash escapes `"` and itself, elsewhere any one character.
 * An empty result means an empty command. Fails with `invalid-argument`: `No closing quotation`, `No escaped character`.
 */
export function splitCommand(text: string): string[] {
  const found: string[] = [];
  /** Null between words; '' inside one that has only empty quotes so far. */
  let word: string | null = null;
  let quote: "'" | '"' | null = null;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    if (character === "\\" && quote !== "'") {
      at++;
      if (at === text.length) throw new FleetError("invalid-argument", "No escaped character");
      const next = text.charAt(at);
      // Between double quotes a backslash before anything else stays.
      word = (word ?? "") + (quote === '"' && next !== '"' && next !== "\\" ? character + next : next);
    } else if (quote !== null) {
      if (character === quote) quote = null;
      else word = (word ?? "") + character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (BLANK.test(character)) {
      if (word !== null) found.push(word);
      word = null;
    } else {
      word = (word ?? "") + character;
    }
  }
  if (quote !== null) throw new FleetError("invalid-argument", "No closing quotation");
  if (word !== null) found.push(word);
  return found;
}
