// The types of options that are a matter of text alone: what each accepts and supervisord's words when it does not
// (supervisor 4.2.5 datatypes.py). Types that look at the machine are in `world-types.ts`.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { parseEnvironment } from "./environment.js";
import { integer, parseInteger, parseOctal } from "./integer.js";
import { repr, strip } from "./python-text.js";
import { LOG_LEVELS, type LogLevelName } from "./resolved.js";
import { signalNumber } from "./signals.js";
import type { World } from "./world.js";

/** A type of option: its name in help texts, and how a text becomes a value or an `invalid-argument`. */
export interface DataType<T> {
  readonly name: string;
  parse(text: string, world: World): T;
}

/** Shorthand for a failed parse. */
export function invalid(message: string): FleetError {
  return new FleetError("invalid-argument", message);
}

/** The same type with another error text. */
export function reworded<T>(type: DataType<T>, reword: (text: string) => string): DataType<T> {
  return {
    name: type.name,
    parse(text, world) {
      try {
        return type.parse(text, world);
      } catch {
        throw invalid(reword(text));
      }
    },
  };
}

export const TEXT: DataType<string> = { name: "text", parse: (text) => text };

export const INTEGER: DataType<number> = { name: "integer", parse: integer };

/** The bounds are inclusive. */
export function checkRange(value: number, least: number, most: number): number {
  if (value < least) throw invalid(`${value} is below lower bound (${least})`);
  if (value > most) throw invalid(`${value} is above upper bound (${most})`);
  return value;
}

const TRUE = ["yes", "true", "on", "1"];
const FALSE = ["no", "false", "off", "0"];

export const BOOLEAN: DataType<boolean> = {
  name: "boolean",
  parse(text) {
    const lower = text.toLowerCase();
    if (TRUE.includes(lower)) return true;
    if (FALSE.includes(lower)) return false;
    throw invalid(`not a valid boolean value: ${repr(text)}`);
  },
};

export const AUTORESTART: DataType<boolean | "unexpected"> = {
  name: "boolean or unexpected",
  parse(text) {
    const lower = text.toLowerCase();
    if (lower === "unexpected") return lower;
    if (TRUE.includes(lower)) return true;
    if (FALSE.includes(lower)) return false;
    throw invalid(`invalid 'autorestart' value ${repr(lower)}`);
  },
};

const SIZE_UNITS: Readonly<Record<string, number>> = { kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 };

/** Bytes; `KB`, `MB` and `GB` are powers of 1024. */
export const BYTE_SIZE: DataType<number> = {
  name: "byte size",
  parse(text) {
    const lower = text.toLowerCase();
    const unit = SIZE_UNITS[lower.slice(-2)];
    return unit === undefined ? integer(lower) : integer(lower.slice(0, -2)) * unit;
  },
};

export const OCTAL: DataType<number> = {
  name: "octal number",
  parse(text) {
    const value = parseOctal(text);
    if (value === null) throw invalid(`${text} can not be converted to an octal type`);
    return value;
  },
};

export const SIGNAL: DataType<number> = { name: "signal", parse: signalNumber };

export const EXIT_CODES: DataType<readonly number[]> = {
  name: "list of exit codes",
  parse(text) {
    if (text === "") return [];
    return text.split(",").map((part) => {
      const code = parseInteger(part);
      if (code === null || code < 0 || code > 255) throw invalid(`not a valid list of exit codes: ${repr(text)}`);
      return code;
    });
  },
};

/** Between commas, stripped; a trailing comma yields an empty item. */
export const LIST: DataType<readonly string[]> = {
  name: "list",
  parse: (text) => (text === "" ? [] : text.split(",").map(strip)),
};

export const ENVIRONMENT: DataType<ReadonlyMap<string, string>> = { name: "environment", parse: parseEnvironment };

/** Stripped. Space, colon and slash would break namespecs and the lines of the listener protocol. */
export const NAME: DataType<string> = {
  name: "name",
  parse(text) {
    const name = strip(text);
    for (const character of " :/") {
      if (name.includes(character)) {
        throw invalid(`Invalid name: ${repr(text)} because of character: ${repr(character)}`);
      }
    }
    return name;
  },
};

export const LOG_LEVEL: DataType<LogLevelName> = {
  name: "log level",
  parse(text) {
    const lower = text.toLowerCase();
    if (Object.hasOwn(LOG_LEVELS, lower)) return lower as LogLevelName;
    throw invalid(`bad logging level name ${repr(text)}`);
  },
};

/** Host and port; an empty host or `*` is every interface, and is returned empty. */
export const INET_ADDRESS: DataType<{ readonly host: string; readonly port: number }> = {
  name: "host:port",
  parse(text) {
    const colon = text.lastIndexOf(":");
    if (colon < 0) {
      try {
        return { host: "", port: portNumber(text) };
      } catch {
        throw invalid(`not a valid port number: ${repr(text)} `);
      }
    }
    const port = text.slice(colon + 1);
    if (port === "") throw invalid("no port number specified in ''");
    const host = text.slice(0, colon).toLowerCase();
    return { port: portNumber(port), host: host === "*" ? "" : host };
  },
};

export function portNumber(text: string): number {
  return checkRange(integer(text), 1, 65535);
}

/** Null for AUTO. */
export const SERVER_URL: DataType<string | null> = {
  name: "url or AUTO",
  parse: (text) => (strip(text).toUpperCase() === "AUTO" ? null : text),
};
