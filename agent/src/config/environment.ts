// Reads `environment=KEY="value",KEY2=value2`: the tokens of Python's `shlex` in its non-POSIX mode, then keys and
// values taken four tokens at a time (supervisor 4.2.5 datatypes.py, dict_of_key_value_pairs).
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

const BLANK = /[ \t\r\n]/;
const WORD = /[A-Za-z0-9_/.+\-():]/;

/**
 * Key-value pairs; the last of equal keys wins. Between pairs any one token separates, since supervisord does not look
 * at it. Fails with `invalid-argument` and supervisord's text.
 */
export function parseEnvironment(text: string): Map<string, string> {
  const tokens = tokenize(text);
  const pairs = new Map<string, string>();
  for (let at = 0; at < tokens.length; at += 4) {
    const [key, equals, value] = tokens.slice(at, at + 3);
    if (key === undefined || value === undefined || equals !== "=") {
      throw new FleetError("invalid-argument", `Unexpected end of key/value pairs in value '${text}'`);
    }
    pairs.set(key, value.replace(/^['"]+/, "").replace(/['"]+$/, ""));
  }
  return pairs;
}

/**
 * Words, quoted texts with their quotes, and every other character by itself. A quote inside a word is part of it; a
 * closing quote ends a token; `#` outside quotes skips to the end of the line but, inside a word, does not end it.
 */
function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const characters = Array.from(text);
  let word = "";
  const flush = () => {
    if (word !== "") tokens.push(word);
    word = "";
  };
  for (let at = 0; at < characters.length; at++) {
    const character = characters[at] ?? "";
    if (BLANK.test(character)) {
      flush();
    } else if (character === "#") {
      const end = characters.indexOf("\n", at);
      at = end < 0 ? characters.length : end;
    } else if (WORD.test(character) || (isQuote(character) && word !== "")) {
      word += character;
    } else if (isQuote(character)) {
      const end = characters.indexOf(character, at + 1);
      if (end < 0) throw new FleetError("invalid-argument", "No closing quotation");
      tokens.push(characters.slice(at, end + 1).join(""));
      at = end;
    } else {
      flush();
      tokens.push(character);
    }
  }
  flush();
  return tokens;
}

const isQuote = (character: string) => character === "'" || character === '"';
