// The shapes that commands read out of XML-RPC answers; an answer of another shape is a failure, not a guess.
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { PythonException } from "./errors.js";

/** What `status` and `pid` need of `getProcessInfo` (supervisor-compat.md 5.7). */
export interface ProcessInfo {
  readonly group: string;
  readonly name: string;
  readonly stateName: string;
  readonly description: string;
  readonly pid: number;
}

/** One entry of a group or all-processes answer; `status` is 80 or a fault number (5.5). */
export interface ActionResult {
  readonly group: string;
  readonly name: string;
  readonly status: number;
  readonly description: string;
}

/** What `avail` needs of `getAllConfigInfo`. */
export interface ConfigInfo {
  readonly group: string;
  readonly name: string;
  readonly inUse: boolean;
  readonly autostart: boolean;
  readonly priority: string;
}

type Struct = Readonly<Record<string, XmlRpcValue>>;

function unexpected(what: string): never {
  throw new PythonException("TypeError", `unexpected answer: no ${what}`);
}

function struct(value: XmlRpcValue): Struct {
  return typeof value === "object" && !Array.isArray(value) ? value : unexpected("struct");
}

function member(value: Struct, key: string): XmlRpcValue {
  return value[key] ?? unexpected(key);
}

export function toList(value: XmlRpcValue): readonly XmlRpcValue[] {
  return Array.isArray(value) ? value : unexpected("array");
}

export function toText(value: XmlRpcValue): string {
  return String(value);
}

export function toProcessInfo(value: XmlRpcValue): ProcessInfo {
  const info = struct(value);
  return {
    group: toText(member(info, "group")),
    name: toText(member(info, "name")),
    stateName: toText(member(info, "statename")),
    description: toText(member(info, "description")),
    pid: Number(member(info, "pid")),
  };
}

export function toActionResult(value: XmlRpcValue): ActionResult {
  const result = struct(value);
  return {
    group: toText(member(result, "group")),
    name: toText(member(result, "name")),
    status: Number(member(result, "status")),
    description: toText(member(result, "description")),
  };
}

export function toConfigInfo(value: XmlRpcValue): ConfigInfo {
  const info = struct(value);
  return {
    group: toText(member(info, "group")),
    name: toText(member(info, "name")),
    inUse: member(info, "inuse") === true,
    autostart: member(info, "autostart") === true,
    priority: `${toText(member(info, "group_prio"))}:${toText(member(info, "process_prio"))}`,
  };
}

/** Group names that a reread found: `[[added, changed, removed]]` on the wire. */
export function toConfigChanges(value: XmlRpcValue): { added: string[]; changed: string[]; removed: string[] } {
  const [added, changed, removed] = toList(toList(value)[0] ?? unexpected("changes"));
  const names = (list: XmlRpcValue | undefined) => toList(list ?? unexpected("group names")).map(toText);
  return { added: names(added), changed: names(changed), removed: names(removed) };
}
