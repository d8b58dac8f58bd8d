// The one table of Linux signals: names to numbers and back, as Python's `signal` module knows them
// (supervisor 4.x datatypes.py, signal_number; options.py, signame).
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { parseInteger } from "./integer.js";
import { repr, strip } from "./python-text.js";

/** Every name without `SIG`. Where two share a number, the last one is the name that is shown. */
const NUMBERS: ReadonlyMap<string, number> = new Map([
  ["HUP", 1],
  ["INT", 2],
  ["QUIT", 3],
  ["ILL", 4],
  ["TRAP", 5],
  ["IOT", 6],
  ["ABRT", 6],
  ["BUS", 7],
  ["FPE", 8],
  ["KILL", 9],
  ["USR1", 10],
  ["SEGV", 11],
  ["USR2", 12],
  ["PIPE", 13],
  ["ALRM", 14],
  ["TERM", 15],
  ["STKFLT", 16],
  ["CLD", 17],
  ["CHLD", 17],
  ["CONT", 18],
  ["STOP", 19],
  ["TSTP", 20],
  ["TTIN", 21],
  ["TTOU", 22],
  ["URG", 23],
  ["XCPU", 24],
  ["XFSZ", 25],
  ["VTALRM", 26],
  ["PROF", 27],
  ["WINCH", 28],
  ["IO", 29],
  ["POLL", 29],
  ["PWR", 30],
  ["SYS", 31],
  ["RTMIN", 34],
  ["RTMAX", 64],
]);

const NAMES: ReadonlyMap<number, string> = new Map([...NUMBERS].map(([name, number]) => [number, `SIG${name}`]));

/**
 * A signal by number or name, any case, `SIG` optional. 0, the test signal, is accepted.
 * Fails with `invalid-argument` and supervisord's text.
 */
export function signalNumber(text: string): number {
  let number = parseInteger(text);
  if (number === null) {
    const name = strip(text).toUpperCase();
    number = NUMBERS.get(name.startsWith("SIG") ? name.slice(3) : name) ?? null;
    if (number === null) throw new FleetError("invalid-argument", `value ${repr(text)} is not a valid signal name`);
  }
  if (number !== 0 && !NAMES.has(number)) {
    throw new FleetError("invalid-argument", `value ${repr(text)} is not a valid signal number`);
  }
  return number;
}

/** `SIGTERM`, or `signal 35` for a number without a name. */
export function signalName(number: number): string {
  return NAMES.get(number) ?? `signal ${number}`;
}
