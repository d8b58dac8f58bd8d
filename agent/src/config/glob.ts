// Paths that match a pattern of `* ? [..]`, by the rules of Python's `glob.glob`: each part by itself, no `**`, no braces,
// names that begin with a dot only by patterns that do.
import { lstatSync, readdirSync, statSync } from "node:fs";
import { joinPath, parentOf } from "./paths.js";

const MAGIC = /[*?[]/;

/** In no particular order. What cannot be looked at does not match. */
export function glob(pattern: string): string[] {
  const directory = parentOf(pattern);
  const name = pattern.slice(pattern.lastIndexOf("/") + 1);
  if (!MAGIC.test(pattern)) {
    const isThere = name === "" ? isDirectory(directory) : exists(pattern);
    return isThere ? [pattern] : [];
  }
  const directories =
    MAGIC.test(directory) && directory !== pattern ? glob(directory).filter(isDirectory) : [directory];
  return directories.flatMap((each) =>
    matchesIn(each, name).map((found) => (each === "" ? found : joinPath(each, found))),
  );
}

function matchesIn(directory: string, name: string): string[] {
  if (MAGIC.test(name)) {
    const form = patternToRegExp(name);
    const hidden = name.startsWith(".");
    return namesIn(directory).filter((each) => (hidden || !each.startsWith(".")) && form.test(each));
  }
  const isThere = name === "" ? isDirectory(directory) : exists(joinPath(directory, name));
  return isThere ? [name] : [];
}

/** A file name pattern as Python's `fnmatch` has it; `[!a]` is "not a", an unclosed `[` is itself. */
export function patternToRegExp(pattern: string): RegExp {
  let form = "";
  for (let at = 0; at < pattern.length; at++) {
    const character = pattern.charAt(at);
    if (character === "*") form += ".*";
    else if (character === "?") form += ".";
    else if (character === "[") {
      const end = pattern.indexOf("]", at + (pattern.charAt(at + 1) === "!" ? 3 : 2));
      if (end < 0) form += "\\[";
      else {
        form += characterClass(pattern.slice(at + 1, end));
        at = end;
      }
    } else form += character.replace(/[\\^$.*+?()[\]{}|/]/, "\\$&");
  }
  return new RegExp(`^(?:${form})$`, "su");
}

/** The inside of `[..]`; a range that runs backwards matches nothing. */
function characterClass(inside: string): string {
  const negated = inside.startsWith("!");
  const members = Array.from(negated ? inside.slice(1) : inside);
  const parts: string[] = [];
  for (let at = 0; at < members.length; at++) {
    const low = members[at] ?? "";
    const high = members[at + 1] === "-" ? members[at + 2] : undefined;
    if (high === undefined) parts.push(literal(low));
    else {
      if (low <= high) parts.push(`${literal(low)}-${literal(high)}`);
      at += 2;
    }
  }
  if (parts.length === 0) return negated ? "." : "(?!)";
  return `[${negated ? "^" : ""}${parts.join("")}]`;
}

const literal = (character: string) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory === "" ? "." : directory);
  } catch {
    return [];
  }
}

function exists(path: string): boolean {
  try {
    lstatSync(path);
    return true;
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path === "" ? "." : path).isDirectory();
  } catch {
    return false;
  }
}
