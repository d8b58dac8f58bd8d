// Rows for the tests of the core: a process and a supervisor with nothing special about them.
import type { Process, Supervisor } from "./rows.js";

export const SUPERVISOR: Supervisor = {
  identifier: "supervisor",
  pid: 1,
  mood: "RUNNING",
  startedAtMs: 1,
  supervisorVersion: "4.2.5",
  configFile: "/etc/supervisor/supervisord.conf",
};

/** A running process `g:a`, except for what is given. */
export function aProcess(change: Partial<Process> = {}): Process {
  return {
    group: "g",
    name: "a",
    state: "RUNNING",
    pid: null,
    sinceMs: 1,
    startedAtMs: null,
    stoppedAtMs: null,
    exit: null,
    spawnError: null,
    description: "",
    tries: 0,
    command: "/bin/true",
    priority: 999,
    hasStdoutLog: true,
    hasStderrLog: true,
    autostart: true,
    autorestart: "unexpected",
    index: 0,
    ...change,
  };
}
