// The parameters of a call as supervisord takes them: what counts as a name, a whole number, true, a signal.
import { Fault } from "@fleetvisor/proto/vocabulary/faults";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { parseInteger } from "../config/integer.js";
import { repr } from "../config/python-text.js";
import { signalNumber } from "../config/signals.js";

/** A value that may be missing: the table of methods counts parameters before any is looked at. */
type Parameter = XmlRpcValue | undefined;

/** The value as Python's `str` shows it, which supervisord's faults and events quote. */
export function pythonText(value: Parameter): string {
  return typeof value === "string" ? value : pythonRepr(value);
}

function pythonRepr(value: Parameter): string {
  switch (typeof value) {
    case "string":
      return repr(value);
    case "boolean":
      return value ? "True" : "False";
    case "number":
      return String(value);
    case "undefined":
      return "None";
    default:
      return Array.isArray(value)
        ? `[${value.map(pythonRepr).join(", ")}]`
        : `{${Object.entries(value)
            .map(([name, item]) => `${repr(name)}: ${pythonRepr(item)}`)
            .join(", ")}}`;
  }
}

/** A process name. Fault INCORRECT_PARAMETERS for what is no text (supervisord stumbles over it: HTTP 500). */
export function text(value: Parameter): string {
  if (typeof value !== "string") throw new Fault("INCORRECT_PARAMETERS");
  return value;
}

/** A group name. What is no text names nothing (BAD_NAME), or cannot be looked up (INCORRECT_PARAMETERS), as in Python. */
export function groupName(value: Parameter): string {
  if (typeof value === "object") throw new Fault("INCORRECT_PARAMETERS");
  if (typeof value !== "string") throw new Fault("BAD_NAME", pythonText(value));
  return value;
}

/** Python's `int(value)`. Fault INCORRECT_PARAMETERS where that fails or a number is beyond any file. */
export function integer(value: Parameter): number {
  const number =
    typeof value === "string" ? parseInteger(value) : typeof value === "object" ? null : Math.trunc(Number(value));
  if (number === null || !Number.isSafeInteger(number)) throw new Fault("INCORRECT_PARAMETERS");
  return number;
}

/** Python's truth, as the wait flag is used; left out it is true. */
export function truth(value: Parameter): boolean {
  if (value === undefined) return true;
  return typeof value === "object" ? Object.keys(value).length > 0 : Boolean(value);
}

/** A signal's number. Faults BAD_SIGNAL, INCORRECT_PARAMETERS. */
export function signalOf(value: Parameter): number {
  if (typeof value === "object") throw new Fault("INCORRECT_PARAMETERS");
  try {
    return signalNumber(typeof value === "string" ? value : String(integer(value)));
  } catch {
    throw new Fault("BAD_SIGNAL", pythonText(value));
  }
}
