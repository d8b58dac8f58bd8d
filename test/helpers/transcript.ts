// What a command-line tool said, with everything that differs from run to run replaced by its name.
import type { Finished } from "./processes.js";

/** Folder, port and whatever else is known to differ, each with the word it becomes. */
export type Replacements = readonly (readonly [text: string, word: string])[];

/** Neighbouring lines of processes that were stopped together come in the order in which they happened to die. */
function sortStopped(text: string): string {
  return text.replace(/(^\S+: stopped\n){2,}/gm, (lines) => `${lines.trimEnd().split("\n").sort().join("\n")}\n`);
}

/** Pids, uptimes, dates, times and orders of dying become words; the rest stays to the letter. */
export function normalise(text: string, replacements: Replacements = []): string {
  const known = replacements.reduce((result, [from, to]) => result.replaceAll(from, to), text);
  return sortStopped(known)
    .replace(/\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}/g, "TIMESTAMP")
    .replace(/[A-Z][a-z]{2} \d\d \d\d:\d\d [AP]M/g, "DATE")
    .replace(/uptime (\d+ days?, )?\d+:\d\d:\d\d/g, "uptime UPTIME")
    .replace(/\bpid \d+/g, "pid PID")
    .replace(/^\d+$/gm, "PID");
}

/** One step of a session: the command line, its exit status and both channels, normalised. */
export function transcriptOf(args: readonly string[], finished: Finished, replacements: Replacements = []): string {
  const { code, stdout, stderr } = finished;
  const errors = stderr === "" ? "" : `--- stderr\n${normalise(stderr, replacements)}`;
  return `$ supervisorctl ${args.join(" ")}\n${normalise(stdout, replacements)}${errors}--- status ${code}`;
}
