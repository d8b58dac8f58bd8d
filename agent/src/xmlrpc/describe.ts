// A process as supervisord's XML-RPC interface and `supervisorctl status` show it.

import { formatNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { PROCESS_STATES } from "@fleetvisor/proto/vocabulary/states";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import type { ManagedProcess } from "../run/managed-process.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;
const MAX_INT = 2 ** 31 - 1;

const two = (value: number): string => String(value).padStart(2, "0");

/** `Nov 21 03:59 AM`, local time (rpcinterface.py, `strftime('%b %d %I:%M %p')` in the C locale). */
export function formatStopDate(wallMs: number): string {
  const at = new Date(wallMs);
  const hour = at.getHours() % 12 || 12;
  return `${MONTHS[at.getMonth()]} ${two(at.getDate())} ${two(hour)}:${two(at.getMinutes())} ${at.getHours() < 12 ? "AM" : "PM"}`;
}

/** `H:MM:SS`, with `N day(s), ` before (Python's `str(timedelta)`); never negative. */
export function formatUptime(seconds: number): string {
  const whole = Math.max(0, seconds);
  const days = Math.floor(whole / 86_400);
  const time = `${Math.floor((whole % 86_400) / 3600)}:${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
  if (days === 0) return time;
  return `${days} day${days === 1 ? "" : "s"}, ${time}`;
}

/** Whole seconds since the epoch, within what an XML-RPC int holds. */
const seconds = (wallMs: number): number => Math.min(Math.floor(wallMs / 1000), MAX_INT);

/** The description without the uptime of a RUNNING process, which changes by itself. */
export function describe(process: ManagedProcess): string {
  const { state, pid, spawnError } = process.value;
  const { startedMs, stoppedMs } = process.times;
  switch (state) {
    case "RUNNING":
      return `pid ${pid}`;
    case "BACKOFF":
    case "FATAL":
      return spawnError || `unknown error (try "tail ${process.name}")`;
    case "STOPPED":
    case "EXITED":
      return startedMs === 0 ? "Not started" : formatStopDate(stoppedMs);
    default:
      return "";
  }
}

/** The struct of `getProcessInfo` (rpcinterface.py; values per state as seen from supervisord 4.2.5). */
export function processInfo(process: ManagedProcess, nowWallMs: number): { [key: string]: XmlRpcValue } {
  const { state, pid, exit, spawnError } = process.value;
  const start = seconds(process.times.startedMs);
  const now = seconds(nowWallMs);
  const stdout = process.stdout.path ?? "";
  const description = describe(process);
  return {
    name: process.name,
    group: process.group,
    start,
    stop: seconds(process.times.stoppedMs),
    now,
    state: PROCESS_STATES[state],
    statename: state,
    spawnerr: spawnError ?? "",
    exitstatus: exit?.code ?? 0,
    logfile: stdout,
    stdout_logfile: stdout,
    stderr_logfile: process.stderr.path ?? "",
    pid,
    description: state === "RUNNING" ? `${description}, uptime ${formatUptime(now - start)}` : description,
  };
}

/** What people call it: `name`, or `group:name`. */
export const displayName = (process: ManagedProcess): string => formatNamespec(process.group, process.name);
