// The digits of a whole number under the numeric conversions of Python's `%`; sign and width are the caller's.

export interface NumberForm {
  /** One of `diuoxXeEfFgG`. */
  readonly kind: string;
  readonly precision: number | null;
  /** The `#` flag. */
  readonly alternate: boolean;
}

export interface Digits {
  /** `0x` and the like. */
  readonly prefix: string;
  readonly digits: string;
}

/** `d i u o x X`; the precision is the least number of digits. */
export function formatInteger(value: number, form: NumberForm): Digits {
  const base = { o: 8, x: 16, X: 16 }[form.kind] ?? 10;
  const digits = Math.abs(value)
    .toString(base)
    .padStart(form.precision ?? 0, "0");
  const prefix = form.alternate && base !== 10 ? `0${form.kind}` : "";
  return { prefix, digits: form.kind === "X" ? digits.toUpperCase() : digits };
}

/** `e f g` and their capitals; the precision is 6 when none is given. */
export function formatFloat(value: number, form: NumberForm): Digits {
  const size = Math.abs(value);
  const precision = form.precision ?? 6;
  const kind = form.kind.toLowerCase();
  let digits: string;
  if (kind === "f") digits = fixed(size, precision, form.alternate);
  else if (kind === "e") digits = exponential(size, precision, form.alternate);
  else digits = general(size, Math.max(precision, 1), form.alternate);
  return { prefix: "", digits: form.kind === kind ? digits : digits.toUpperCase() };
}

function fixed(size: number, precision: number, alternate: boolean): string {
  // The value is whole, so every decimal is a zero.
  return `${size}${point(precision > 0 || alternate)}${"0".repeat(precision)}`;
}

function exponential(size: number, precision: number, alternate: boolean): string {
  const [mantissa = "", exponent = ""] = size.toExponential(Math.min(precision, 20)).split("e");
  const decimals = mantissa.slice(2).padEnd(precision, "0");
  return `${mantissa.charAt(0)}${point(precision > 0 || alternate)}${decimals}e+${exponent.slice(1).padStart(2, "0")}`;
}

function general(size: number, precision: number, alternate: boolean): string {
  const exponent = Number(size.toExponential(Math.min(precision - 1, 20)).split("e")[1]);
  if (exponent < precision) {
    const decimals = precision - 1 - exponent;
    return alternate ? fixed(size, decimals, true) : fixed(size, 0, false);
  }
  const text = exponential(size, precision - 1, alternate);
  return alternate ? text : text.replace(/\.?0*e/, "e");
}

const point = (wanted: boolean) => (wanted ? "." : "");
