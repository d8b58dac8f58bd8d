// The sentences of the activity log about processes, the ones that operators and their scripts search for.
import { signalName } from "../config/signals.js";
import type { ExitStatus, Note } from "../core/process.js";
import type { ProcessSpec } from "./spec.js";

/** `spawned:` line, written when the fork is done. */
export function describeSpawn(name: string, pid: number): string {
  return `spawned: '${name}' with pid ${pid}`;
}

/** `exit status 1` or `terminated by SIGKILL (core dumped)` (supervisor 4.x options.py, decode_wait_status). */
export function describeStatus(status: ExitStatus): string {
  if (status.signal === null) return `exit status ${status.code}`;
  return `terminated by ${signalName(status.signal)}${status.coreDumped ? " (core dumped)" : ""}`;
}

/** Level and text of a note (supervisor 4.x process.py, finish and transition). */
export function describeNote(spec: ProcessSpec, note: Note): { level: "info" | "warn"; text: string } {
  const { name, rules } = spec;
  switch (note.type) {
    case "stayed-up":
      return {
        level: "info",
        text: `success: ${name} entered RUNNING state, process has stayed up for > than ${rules.startMs / 1000} seconds (startsecs)`,
      };
    case "gave-up":
      return { level: "info", text: `gave up: ${name} entered FATAL state, too many start retries too quickly` };
    case "spawn-error":
      return { level: "info", text: `spawnerr: ${note.reason}` };
    case "exited":
      return {
        level: note.expected ? "info" : "warn",
        text: `exited: ${name} (${describeStatus(note.status)}; ${note.expected ? "expected" : "not expected"})`,
      };
    case "stopped": {
      const expected = note.status.signal === null && rules.exitCodes.includes(note.status.code);
      return { level: expected ? "info" : "warn", text: `stopped: ${name} (${describeStatus(note.status)})` };
    }
    case "already-running":
      return { level: "warn", text: `process '${name}' already running` };
    case "killing":
      return { level: "warn", text: `killing '${name}' (${note.pid}) with SIGKILL` };
  }
}
