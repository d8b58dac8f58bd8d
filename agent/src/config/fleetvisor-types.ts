// The types of options that only the `[fleetvisor]` section has.
import { type DataType, invalid, portNumber } from "./datatypes.js";
import { repr, words } from "./python-text.js";
import type { ControllerAddress } from "./resolved.js";

/** Port of a controller's agent link where none is given. */
export const DEFAULT_CONTROLLER_PORT = 9701;

/** `host`, `host:port` or `[v6]:port`, separated by commas or blanks. */
export const CONTROLLERS: DataType<readonly ControllerAddress[]> = {
  name: "list of host:port",
  parse: (text) => words(text.replaceAll(",", " ")).map(controllerAddress),
};

function controllerAddress(text: string): ControllerAddress {
  const [, bracketed, plain, port] = /^(?:\[([0-9A-Fa-f:.%]+)\]|([^\s:/[\]]+))(?::([^:]*))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined) throw invalid(`not a controller address (host:port): ${repr(text)}`);
  return { host, port: port === undefined ? DEFAULT_CONTROLLER_PORT : portNumber(port) };
}

const PLAIN = /^[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/;
const ALLOWED = "use letters, digits, dot, dash and underscore";

/** A name that selectors and targets can hold. */
export const INSTANCE_NAME: DataType<string> = {
  name: "name",
  parse(text) {
    if (!PLAIN.test(text)) throw invalid(`not a valid instance name: ${repr(text)} (${ALLOWED})`);
    return text;
  },
};

/** `key=value` between commas or blanks; the last of equal keys wins. */
export const LABELS: DataType<ReadonlyMap<string, string>> = {
  name: "list of key=value",
  parse: (text) => new Map(words(text.replaceAll(",", " ")).map(label)),
};

function label(text: string): [string, string] {
  const equals = text.indexOf("=");
  const key = text.slice(0, equals);
  const value = text.slice(equals + 1);
  if (equals < 0 || !PLAIN.test(key) || (value !== "" && !PLAIN.test(value))) {
    throw invalid(`not a valid label: ${repr(text)} (write key=value; ${ALLOWED})`);
  }
  return [key, value];
}
