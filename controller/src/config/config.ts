// Reads the controller's settings: the [controller] section of a file, with flags laid over it.
import { readFileSync } from "node:fs";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { parse } from "ini";
import { type ConfigKey, type ControllerConfig, flagOf, formatAddress, KEY_NAMES, KEYS } from "./keys.js";
import { isLoopback } from "./loopback.js";

/** A value with the place it came from: `--flag`, or `FILE:LINE`. */
interface Given {
  readonly text: string;
  readonly where: string;
}

type Values = ReadonlyMap<ConfigKey, Given>;

/**
 * The settings of a file (null for none) and flags, which win. Throws FleetError `invalid-argument` whose message has a line for
 * every mistake, each with file and line or the flag.
 */
export function readConfig(file: string | null, flags: Readonly<Record<string, unknown>>): ControllerConfig {
  const mistakes: string[] = [];
  const values = new Map(file === null ? [] : readFileValues(file, mistakes));
  for (const key of KEY_NAMES) {
    const flag = flags[key];
    if (flag !== undefined) values.set(key, { text: String(flag), where: flagOf(key) });
  }
  const config = Object.fromEntries(KEY_NAMES.map((key) => [key, readKey(key, values, mistakes)]));
  if (mistakes.length === 0) checkTogether(config as unknown as ControllerConfig, values, mistakes);
  if (mistakes.length > 0) throw new FleetError("invalid-argument", mistakes.join("\n"));
  return config as unknown as ControllerConfig;
}

function readFileValues(file: string, mistakes: string[]): Values {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    throw new FleetError("invalid-argument", `${file}: cannot be read: ${FleetError.from(error).message}`);
  }
  const lines = text.split(/\r?\n/);
  const lineOf = (matches: (line: string) => boolean) =>
    `${file}:${lines.findIndex((line) => matches(line.trim())) + 1}`;
  const values = new Map<ConfigKey, Given>();
  for (const [section, keys] of Object.entries(parse(plainSections(text)) as Record<string, unknown>)) {
    const where = lineOf((line) => line.startsWith(`[${section}]`));
    if (section.startsWith("supervisor:")) {
      mistakes.push(`${where}: [${section}]: this version cannot attach a supervisord yet`);
    } else if (typeof keys !== "object") {
      const at = lineOf((line) => line.split("=", 1)[0]?.trim() === section);
      mistakes.push(`${at}: ${section} stands before any section: settings belong below [controller]`);
    } else if (section !== "controller" || typeof keys !== "object" || keys === null) {
      mistakes.push(`${where}: there is no [${section}], only [controller]`);
    } else {
      for (const [key, value] of Object.entries(keys)) {
        const at = lineOf((line) => line.split("=", 1)[0]?.trim() === key);
        if (Object.hasOwn(KEYS, key)) values.set(key as ConfigKey, { text: String(value), where: at });
        else mistakes.push(`${at}: there is no key ${key}; there are ${KEY_NAMES.join(" ")}`);
      }
    }
  }
  return values;
}

/** A dot in a section's name is only a dot here; the reader would take it for a section inside another. */
function plainSections(text: string): string {
  return text.replace(/^\s*\[[^\]\n]*\]/gm, (header) => header.replaceAll(".", "\\."));
}

function readKey(key: ConfigKey, values: Values, mistakes: string[]): unknown {
  const given = values.get(key);
  const text = given?.text ?? KEYS[key].fallback;
  if (text === null) return null;
  try {
    return KEYS[key].read(text);
  } catch (error) {
    mistakes.push(`${given?.where ?? flagOf(key)}: ${key}: ${FleetError.from(error).message}`);
    return null;
  }
}

function checkTogether(config: ControllerConfig, values: Values, mistakes: string[]): void {
  const where = (key: ConfigKey) => values.get(key)?.where ?? flagOf(key);
  const { http_tls_cert: cert, http_tls_key: key, http_listen: http } = config;
  if ((cert === null) !== (key === null)) {
    mistakes.push(
      `${where(cert === null ? "http_tls_key" : "http_tls_cert")}: http_tls_cert and http_tls_key go together`,
    );
  }
  if (cert === null && !config.insecure_http && !isLoopback(http.host)) {
    mistakes.push(
      `${where("http_listen")}: ${formatAddress(http)} would carry passwords in clear text to other hosts: ` +
        "set http_tls_cert and http_tls_key, or insecure_http behind a TLS proxy",
    );
  }
}
