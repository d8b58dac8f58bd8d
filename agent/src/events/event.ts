// Events as listeners read them: type, payload and envelope (supervisor 4.2.5 events.py and process.py, _eventEnvelope).
import { EVENT_PARENTS, type EventType, stateEvent } from "@fleetvisor/proto/vocabulary/events";
import { textOf } from "../core/bytes-text.js";
import type { StateEvent } from "../core/process.js";

/** Something that happened. The payload is text: what is no UTF-8 was put into words. */
export interface Event {
  readonly type: EventType;
  readonly payload: string;
}

interface Named {
  readonly name: string;
  readonly group: string;
}

/** A type and its ancestors, the type itself first. */
export function lineage(type: EventType): EventType[] {
  const types: EventType[] = [];
  for (let at: EventType | null = type; at !== null; at = EVENT_PARENTS[at]) types.push(at);
  return types;
}

const about = ({ name, group }: Named) => `processname:${name} groupname:${group}`;

/** What each state adds to the payload, in order. */
const STATE_EXTRAS: Readonly<Record<StateEvent["to"], (event: StateEvent) => string>> = {
  STARTING: ({ tries }) => ` tries:${tries}`,
  RUNNING: ({ pid }) => ` pid:${pid}`,
  BACKOFF: ({ tries }) => ` tries:${tries}`,
  STOPPING: ({ pid }) => ` pid:${pid}`,
  EXITED: ({ expected, pid }) => ` expected:${expected ? 1 : 0} pid:${pid}`,
  STOPPED: ({ pid }) => ` pid:${pid}`,
  FATAL: () => "",
  UNKNOWN: () => "",
};

export function processStateEvent(process: Named, event: StateEvent): Event {
  return {
    type: stateEvent(event.to),
    payload: `${about(process)} from_state:${event.from}${STATE_EXTRAS[event.to](event)}`,
  };
}

export type Channel = "stdout" | "stderr";

const LOG_TYPES = { stdout: "PROCESS_LOG_STDOUT", stderr: "PROCESS_LOG_STDERR" } as const;
const COMMUNICATION_TYPES = { stdout: "PROCESS_COMMUNICATION_STDOUT", stderr: "PROCESS_COMMUNICATION_STDERR" } as const;

export const logType = (channel: Channel): EventType => LOG_TYPES[channel];
export const communicationType = (channel: Channel): EventType => COMMUNICATION_TYPES[channel];

export function processLogEvent(process: Named, pid: number, channel: Channel, data: Buffer): Event {
  return { type: logType(channel), payload: `${about(process)} pid:${pid} channel:${channel}\n${textOf(data)}` };
}

export function processCommunicationEvent(process: Named, pid: number, channel: Channel, data: Buffer): Event {
  return { type: communicationType(channel), payload: `${about(process)} pid:${pid}\n${textOf(data)}` };
}

export function remoteCommunicationEvent(type: string, data: string): Event {
  return { type: "REMOTE_COMMUNICATION", payload: `type:${type}\n${data}` };
}

export function groupEvent(change: "ADDED" | "REMOVED", group: string): Event {
  return { type: `PROCESS_GROUP_${change}`, payload: `groupname:${group}\n` };
}

/** Seconds of each tick. */
export const TICKS = { TICK_5: 5, TICK_60: 60, TICK_3600: 3600 } as const;

export type TickType = keyof typeof TICKS;

export function tickEvent(type: TickType, whenSeconds: number): Event {
  return { type, payload: `when:${whenSeconds}` };
}

/** Where an event stands: in all of the daemon's, and in those of one pool. */
export interface Serials {
  readonly serial: number;
  readonly poolSerial: number;
}

/** The bytes for a listener. `len` counts characters, as supervisord does, which are bytes while the text is ASCII. */
export function envelope(event: Event, identifier: string, pool: string, { serial, poolSerial }: Serials): Buffer {
  const { payload, type } = event;
  const header =
    `ver:3.0 server:${identifier} serial:${serial} pool:${pool} poolserial:${poolSerial} ` +
    `eventname:${type} len:${characters(payload)}\n`;
  return Buffer.from(header + payload);
}

function characters(text: string): number {
  let count = text.length;
  // A character outside the basic plane is two code units and one character.
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit >= 0xd800 && unit < 0xdc00) count -= 1;
  }
  return count;
}
