// Whole numbers as Python's `int` reads them: blanks around, a sign, `_` between digits; no fractions.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { repr, strip } from "./python-text.js";

const DECIMAL = /^([+-]?)([0-9]+(?:_[0-9]+)*)$/;
const OCTAL = /^([+-]?)(?:0[oO]_?)?([0-7]+(?:_[0-7]+)*)$/;

/** The number, or null where `int(text)` fails. Beyond 2^53 it is the nearest that JavaScript has. */
export function parseInteger(text: string): number | null {
  return parse(DECIMAL, 10, text);
}

/** As `parseInteger` in base 8; `0o` may come before the digits. */
export function parseOctal(text: string): number | null {
  return parse(OCTAL, 8, text);
}

function parse(form: RegExp, base: 8 | 10, text: string): number | null {
  const [, sign, digits] = form.exec(strip(text)) ?? [];
  if (digits === undefined) return null;
  const plain = digits.replaceAll("_", "");
  // Not Number.parseInt for decimals: that one rounds each step, Number() once.
  const value = base === 10 ? Number(plain) : Number.parseInt(plain, 8);
  if (!Number.isFinite(value)) return null;
  return sign === "-" && value !== 0 ? -value : value;
}

/** The number; fails with `invalid-argument` and Python's text. */
export function integer(text: string): number {
  const value = parseInteger(text);
  if (value === null) {
    throw new FleetError("invalid-argument", `invalid literal for int() with base 10: ${repr(text)}`);
  }
  return value;
}
