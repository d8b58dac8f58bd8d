// A process as supervisord's XML-RPC interface and `supervisorctl status` show it.

import { formatNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { PROCESS_STATES } from "@fleetvisor/proto/vocabulary/states";
import { encodeMembers, WrittenStruct, type XmlRpcStruct } from "@fleetvisor/proto/xmlrpc/codec";
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
export function processInfo(process: ManagedProcess, nowWallMs: number): XmlRpcStruct {
  const now = seconds(nowWallMs);
  return { ...whoAndWhen(process), now, ...whatAndWhere(process), description: descriptionAt(process, now) };
}

function whoAndWhen({ name, group, times }: ManagedProcess): XmlRpcStruct {
  return { name, group, start: seconds(times.startedMs), stop: seconds(times.stoppedMs) };
}

function whatAndWhere({ value, stdout, stderr }: ManagedProcess): XmlRpcStruct {
  const { state, pid, exit, spawnError } = value;
  return {
    state: PROCESS_STATES[state],
    statename: state,
    spawnerr: spawnError ?? "",
    exitstatus: exit?.code ?? 0,
    logfile: stdout.path ?? "",
    stdout_logfile: stdout.path ?? "",
    stderr_logfile: stderr.path ?? "",
    pid,
  };
}

function descriptionAt(process: ManagedProcess, now: number): string {
  const description = describe(process);
  if (process.value.state !== "RUNNING") return description;
  return `${description}, uptime ${formatUptime(now - seconds(process.times.startedMs))}`;
}

/** What of a process was written last, on either side of the time, and what it was written from. */
interface Written {
  readonly value: ManagedProcess["value"];
  readonly startedMs: number;
  readonly stoppedMs: number;
  readonly before: string;
  readonly after: string;
}

const WRITTEN = new WeakMap<ManagedProcess, Written>();

/** The same struct as text: of a process that nothing has happened to since the last call only the times are written anew. */
export function writtenInfo(process: ManagedProcess, nowWallMs: number): WrittenStruct {
  const { value } = process;
  const { startedMs, stoppedMs } = process.times;
  let written = WRITTEN.get(process);
  if (written?.value !== value || written.startedMs !== startedMs || written.stoppedMs !== stoppedMs) {
    const [before, after] = [encodeMembers(whoAndWhen(process)), encodeMembers(whatAndWhere(process))];
    written = { value, startedMs, stoppedMs, before, after };
    WRITTEN.set(process, written);
  }
  const now = seconds(nowWallMs);
  const described = encodeMembers({ description: descriptionAt(process, now) });
  return new WrittenStruct(`${written.before}${encodeMembers({ now })}${written.after}${described}`);
}

/** What people call it: `name`, or `group:name`. */
export const displayName = (process: ManagedProcess): string => formatNamespec(process.group, process.name);
