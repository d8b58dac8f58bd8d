// `fvagent -t`: says whether a configuration can be used, and everything that is wrong with it.
import type { RunCommand } from "./command-line.js";
import { formatJson } from "./json.js";
import { loadConfig } from "./load.js";
import { locateConfig } from "./locate.js";
import { permissionWarnings } from "./permissions.js";
import type { ConfigError, LoadResult, Notice } from "./resolved.js";
import type { World } from "./world.js";

export interface CheckOutput {
  out(text: string): void;
  err(text: string): void;
}

/**
 * Reads the configuration and starts nothing. Errors and warnings go to `err`, one a line; the verdict, or with `--json`
 * the configuration, to `out`. Returns the exit status: 0, or 2 when the configuration cannot be used.
 */
export function checkConfig(command: RunCommand, program: string, world: World, output: CheckOutput): 0 | 2 {
  const located =
    command.configfile === null ? locateConfig(program, world) : { ok: true as const, path: command.configfile };
  const result: LoadResult = located.ok
    ? loadConfig({ configfile: located.path, overrides: command.overrides }, world)
    : { ok: false, error: located.error, errors: [nowhere(located.error)], notices: [] };
  for (const line of complaints(result, world)) output.err(`${line}\n`);
  if (command.json) output.out(formatJson(result));
  else if (result.ok) output.out(`${verdict(result)}\n`);
  return result.ok ? 0 : 2;
}

const nowhere = (text: string): ConfigError => ({
  file: null,
  line: null,
  section: null,
  option: null,
  message: text,
  reason: text,
});

function complaints(result: LoadResult, world: World): string[] {
  const notices = result.notices.map((notice) => ({ ...notice, reason: `warning: ${notice.reason}` }));
  if (!result.ok) return inFileOrder([...result.errors, ...notices]).map(formatNotice);
  const { config } = result;
  const warnings = [...config.criticals, ...config.warnings, ...permissionWarnings(config, world)];
  return [...notices.map(formatNotice), ...warnings.map((text) => `${config.configfile}: warning: ${oneLine(text)}`)];
}

/** supervisord reads in an order of its own; who mends a file goes through it from above. Files in the order of their first mistake. */
function inFileOrder(notices: readonly Notice[]): Notice[] {
  const files = [...new Set(notices.map(({ file }) => file))];
  return [...notices].sort((a, b) => files.indexOf(a.file) - files.indexOf(b.file) || (a.line ?? 0) - (b.line ?? 0));
}

/** `FILE:LINE: [section] option: reason`, without the parts that are not known. */
export function formatNotice({ file, line, section, option, reason }: Notice): string {
  const place = file === null ? "" : line === null ? `${file}: ` : `${file}:${line}: `;
  const subject = section === null ? "" : option === null ? `[${section}]: ` : `[${section}] ${option}: `;
  return place + oneLine(subject + reason);
}

const oneLine = (text: string) => text.replaceAll("\n", "\\n").replaceAll("\t", "\\t");

function verdict({ config }: Extract<LoadResult, { ok: true }>): string {
  const groups = config.groups.filter(({ shadowed }) => !shadowed);
  const processes = groups.flatMap(({ programs }) => programs.filter(({ shadowed }) => !shadowed));
  const count = (number: number, one: string, many: string) => `${number} ${number === 1 ? one : many}`;
  const sizes = `${count(groups.length, "group", "groups")}, ${count(processes.length, "process", "processes")}`;
  return `${config.configfile}: configuration is valid (${sizes})`;
}
