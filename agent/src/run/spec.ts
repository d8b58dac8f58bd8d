// What the run layer needs to know of a configuration, in its own units; `config/` fills it in, once.
import type { ProcessRules } from "../core/process.js";
import type { PoolRules } from "../events/event-pool.js";
import type { RotationRules } from "./ports.js";

/** Where one channel goes: nowhere, to a path, or to a file of the daemon's making (AUTO). */
export interface ChannelSpec {
  readonly logfile: string | "AUTO" | null;
  readonly rotation: RotationRules;
  /** Each line also goes to syslog. */
  readonly syslog: boolean;
  /** Output is told as PROCESS_LOG events. */
  readonly eventsEnabled: boolean;
  /** Most bytes of one capture between marks; 0 for no capture mode. */
  readonly captureMaxBytes: number;
}

export interface ProcessSpec {
  readonly name: string;
  readonly priority: number;
  readonly rules: ProcessRules;
  readonly autostart: boolean;
  readonly command: string;
  readonly directory: string | null;
  readonly umask: number | null;
  readonly account: { readonly uid: number; readonly gid: number } | null;
  /** What the child's environment has beyond the daemon's own, without the SUPERVISOR_ names. */
  readonly environment: Readonly<Record<string, string>>;
  /** SUPERVISOR_SERVER_URL of the child; null for none. */
  readonly serverUrl: string | null;
  readonly redirectStderr: boolean;
  readonly stdout: ChannelSpec;
  readonly stderr: ChannelSpec;
}

/**
 * What has an effect of a listener's options: its standard output is its side of the protocol, and nothing else is read into it. That the
 * others are accepted, and make a group a changed one, is supervisord's way (process.py, EventListenerConfig).
 */
export function listenerSpec(spec: ProcessSpec): ProcessSpec {
  return { ...spec, stdout: { ...spec.stdout, syslog: false, eventsEnabled: false, captureMaxBytes: 0 } };
}

export interface GroupSpec {
  readonly name: string;
  readonly priority: number;
  /** In build order: boot starts them so. */
  readonly processes: readonly ProcessSpec[];
  /** A pool of event listeners; null for ordinary programs. */
  readonly listener: PoolRules | null;
  /** The socket that its processes share as standard input; null for a pipe each. */
  readonly socket: SocketSpec | null;
}

/** The socket of an fcgi-program: TCP with `host` and `port`, or UNIX with `path`. */
export interface SocketSpec {
  /** `tcp://host:port` or `unix:///path`. */
  readonly url: string;
  readonly address: { readonly host: string; readonly port: number } | { readonly path: string };
  /** Null for the most that the system allows. */
  readonly backlog: number | null;
  /** Of a UNIX socket; null leaves it as it is made. */
  readonly mode: number | null;
  readonly owner: { readonly uid: number; readonly gid: number } | null;
}
