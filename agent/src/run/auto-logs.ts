// AUTO logs: how they are named, made empty, and removed by a later daemon.
import { randomInt } from "node:crypto";
import { closeSync, openSync, readdirSync, unlinkSync } from "node:fs";
import { join } from "node:path";

const RANDOM_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789_";

/** A new name as supervisord gives them, `NAME-CHANNEL---IDENTIFIER-RANDOM.log`. */
export function autoLogPath(directory: string, processName: string, channel: string, identifier: string): string {
  const random = Array.from({ length: 8 }, () => RANDOM_LETTERS[randomInt(RANDOM_LETTERS.length)]).join("");
  return join(directory, `${processName}-${channel}---${identifier}-${random}.log`);
}

/** Makes an empty file with mode 0600 where there is none. Throws the system's error. */
export function createEmptyLog(path: string): void {
  closeSync(openSync(path, "ax", 0o600));
}

/** Deletes the AUTO logs, with their backups, that an earlier daemon of this identifier left (supervisor 4.x options.py, clear_autochildlogdir). */
export function removeStaleAutoLogs(directory: string, identifier: string, onProblem: (message: string) => void): void {
  const escaped = identifier.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
  const pattern = new RegExp(`^.+?---${escaped}-\\S+\\.log\\.?\\d{0,4}`);
  let names: string[];
  try {
    names = readdirSync(directory);
  } catch {
    onProblem("Could not clear childlog dir");
    return;
  }
  for (const name of names.filter((candidate) => pattern.test(candidate))) {
    const path = join(directory, name);
    try {
      unlinkSync(path);
    } catch {
      onProblem(`Failed to clean up '${path}'`);
    }
  }
}
