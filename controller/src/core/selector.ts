// Reads selectors, the one grammar for targets in fvctl, the API, the web page and grants. What they select is selection.ts.
//
//   selectors = selector { white-space selector }             the union of all
//   selector  = [ instances "/" ] processes                   without "/": label terms choose instances, the rest processes
//   instances = item { "," item }     item = NAME | LABEL "=" VALUE | LABEL "!=" VALUE
//   processes = item { "," item }     item = GROUP ":" NAME | GROUP ":" | NAME | "all" | "*" | "state" ( "=" | "!=" ) STATE
//
// Names, values and states are patterns (glob.ts): `*`, `?`, `[a-z]`, `[!a-z]`; a backslash before a character takes its meaning
// away, also for `,` `:` `=` `/` and white space. In a list
//   - names are alternatives: `web-*,db-*` is either;
//   - terms are conditions on top: `web-*,dc!=ams`; `=` terms of one key are alternatives: `role=web,role=db`; `!=` terms all hold;
//   - an instance without a label has no value that equals anything, so `dc!=ams` takes it and `dc=*` does not.
// Where whole instances are asked for (update, reload, ...) a selector without `/` is about instances: `web-1`, `web-*,dc!=ams`, `all`.
//
// `NAME` alone is process NAME of group NAME, as in supervisorctl; `GROUP:*` and `GROUP:` are the whole group; states are read in any case.
//   web-*/api:*            role=web,dc!=ams/worker:*            state=FATAL            role=web            web1/all db1/pg
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { PROCESS_STATE_NAMES, type ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { type Glob, GlobError, parseGlob } from "./glob.js";

export interface LabelTerm {
  readonly key: string;
  readonly negated: boolean;
  readonly value: Glob;
}

export interface ProcessName {
  /** Null in the short form: group and name are the same. */
  readonly group: Glob | null;
  readonly name: Glob;
}

/** One selector. Empty `instances` or `processes` means every one. */
export interface Selector {
  readonly instances: readonly Glob[];
  readonly labels: readonly LabelTerm[];
  readonly processes: readonly ProcessName[];
  /** States that match; null when no state was asked for. */
  readonly states: ReadonlySet<ProcessState> | null;
}

/** Longest text that is read. */
export const SELECTOR_LIMIT = 65_536;

/**
 * Reads selectors. Throws `invalid-argument` naming the position, counted from 1, and what is wrong there.
 */
export function parseSelectors(text: string): readonly Selector[] {
  return readSelectors(text, "either");
}

/** The same where whole instances are asked for. Throws also for selectors that take a part of an instance. */
export function parseInstanceSelectors(text: string): readonly Selector[] {
  const selectors = readSelectors(text, "whole");
  if (selectors.some(({ processes, states }) => processes.length > 0 || states !== null)) {
    throw new FleetError(
      "invalid-argument",
      `this is done to whole instances: say web-1, role=web or all, not ${text}`,
    );
  }
  return selectors;
}

/** `bare` says what an item is in a selector without `/`. */
function readSelectors(text: string, bare: "either" | "whole"): readonly Selector[] {
  if (text.length > SELECTOR_LIMIT) throw new FleetError("too-large", `a selector of ${text.length} characters`);
  const words = split({ text, start: 0 }, /\s/);
  const selectors = words.filter((word) => word.text !== "").map((word) => parseSelector(word, bare));
  if (selectors.length === 0) throw new FleetError("invalid-argument", "the selector is empty: `all` means everything");
  return selectors;
}

/** A piece of the text with the place it came from. */
interface Piece {
  readonly text: string;
  readonly start: number;
}

interface Term {
  readonly key: string;
  readonly negated: boolean;
  readonly value: Piece;
}

function wrong(at: Piece, message: string, offset = 0): FleetError {
  return new FleetError("invalid-argument", `selector, position ${at.start + offset + 1}: ${message}`);
}

function parseSelector(word: Piece, bare: "either" | "whole"): Selector {
  const parts = split(word, /\//);
  const [first, second, third] = parts;
  if (first === undefined) throw wrong(word, "nothing here");
  if (third !== undefined) throw wrong(third, "a second `/`", -1);
  const parsed = new Parsed();
  if (second === undefined) {
    for (const item of split(first, /,/)) parsed.item(item, bare);
  } else {
    for (const item of split(first, /,/)) parsed.item(item, "instances");
    for (const item of split(second, /,/)) parsed.item(item, "processes");
  }
  return parsed.finish();
}

class Parsed {
  readonly #instances: Glob[] = [];
  readonly #labels: LabelTerm[] = [];
  readonly #processes: ProcessName[] = [];
  readonly #wanted: Glob[] = [];
  readonly #unwanted: Glob[] = [];
  #all = false;

  item(item: Piece, place: "instances" | "processes" | "either" | "whole"): void {
    if (item.text === "")
      throw wrong(item, place === "instances" || place === "whole" ? "an instance is missing" : "a process is missing");
    const term = parseTerm(item);
    if (term === null) {
      if (place === "whole" && item.text === "all") this.#instances.push(parseGlob("*"));
      else if (place === "instances" || place === "whole") this.#instances.push(glob(item));
      else this.#process(item);
    } else if (term.key === "state") {
      if (place === "instances" || place === "whole") throw wrong(item, "state belongs to processes, after the `/`");
      this.#state(term);
    } else if (place === "processes") {
      throw wrong(item, `a process has no ${term.key}, only state; labels belong before the \`/\``);
    } else {
      this.#labels.push({ key: term.key, negated: term.negated, value: glob(term.value) });
    }
  }

  finish(): Selector {
    const stated = this.#wanted.length + this.#unwanted.length > 0;
    const states = PROCESS_STATE_NAMES.filter(
      (state) =>
        (this.#wanted.length === 0 || this.#wanted.some((wanted) => wanted.matches(state))) &&
        !this.#unwanted.some((unwanted) => unwanted.matches(state)),
    );
    return {
      instances: this.#instances,
      labels: this.#labels,
      processes: this.#all ? [] : this.#processes,
      states: stated ? new Set(states) : null,
    };
  }

  #process(item: Piece): void {
    if (item.text === "all" || item.text === "*") {
      this.#all = true;
      return;
    }
    const [group, ...rest] = split(item, /:/);
    const [name, extra] = rest;
    if (group === undefined || name === undefined) {
      this.#processes.push({ group: null, name: glob(item) });
      return;
    }
    if (extra !== undefined) throw wrong(extra, "a second `:`", -1);
    if (group.text === "") throw wrong(group, "a group is missing before the `:`");
    this.#processes.push({ group: glob(group), name: name.text === "" ? parseGlob("*") : glob(name) });
  }

  #state(term: Term): void {
    const value = glob({ ...term.value, text: term.value.text.toUpperCase() });
    if (!PROCESS_STATE_NAMES.some((state) => value.matches(state))) {
      throw wrong(term.value, `no process state is ${term.value.text}; there are ${PROCESS_STATE_NAMES.join(" ")}`);
    }
    (term.negated ? this.#unwanted : this.#wanted).push(value);
  }
}

function parseTerm(item: Piece): Term | null {
  const [key, value] = split(item, /=/, 2);
  if (key === undefined || value === undefined) return null;
  const negated = key.text.endsWith("!");
  const name = negated ? key.text.slice(0, -1) : key.text;
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(name)) throw wrong(key, `no label can be called \`${name}\``);
  return { key: name, negated, value };
}

function glob(piece: Piece): Glob {
  try {
    return parseGlob(piece.text);
  } catch (error) {
    if (error instanceof GlobError) throw wrong(piece, error.message, error.offset);
    throw error;
  }
}

/** Cuts at every separator that no backslash precedes, into at most `limit` pieces. */
function split(piece: Piece, separator: RegExp, limit = Number.POSITIVE_INFINITY): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = 0; at < piece.text.length; at++) {
    const char = piece.text.charAt(at);
    if (char === "\\") {
      at++;
    } else if (separator.test(char) && pieces.length + 1 < limit) {
      pieces.push({ text: piece.text.slice(from, at), start: piece.start + from });
      from = at + 1;
    }
  }
  pieces.push({ text: piece.text.slice(from), start: piece.start + from });
  return pieces;
}
