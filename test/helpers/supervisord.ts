// A supervisord in a test: the real one or fvagent, behind one interface, each with an own folder and generated config.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { eventually } from "./eventually.js";
import { FVAGENT } from "./paths.js";
import { freePort } from "./ports.js";
import { childrenOf, commandOf } from "./proc.js";
import { type Ended, type Finished, type Running, runProcess, startProcess } from "./processes.js";
import type { Scope } from "./scope.js";
import { tempDir } from "./temp-dir.js";
import { callRpc, type Endpoint } from "./xmlrpc.js";

export type DaemonKind = "supervisord" | "fvagent";

export interface DaemonOptions {
  readonly kind: DaemonKind;
  /** Sections after the generated ones, usually `[program:x]`. `{dir}` becomes the daemon's folder. */
  readonly sections?: string;
  /** Further lines of [supervisord]. */
  readonly supervisord?: string;
  /** Credentials of the inet server; without them it is not started. */
  readonly inet?: { readonly username: string; readonly password: string };
  readonly env?: Readonly<Record<string, string>>;
  /** Use this folder instead of a new one, for a daemon that comes back to its own. */
  readonly dir?: string;
}

export interface Daemon {
  readonly kind: DaemonKind;
  readonly dir: string;
  readonly configFile: string;
  readonly unix: Endpoint;
  /** The inet server, when asked for. */
  readonly inet: Endpoint | null;
  readonly process: Running;
  readonly pid: number;
  /** Calls a `supervisor.*` method over the unix socket. */
  rpc(method: string, ...params: XmlRpcValue[]): Promise<XmlRpcValue>;
  /** `getProcessInfo` of a process. */
  info(name: string): Promise<Readonly<Record<string, XmlRpcValue>>>;
  /** Runs the real supervisorctl with this daemon's config. */
  ctl(...args: string[]): Promise<Finished>;
  /** The main log so far. */
  log(): string;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** The config of a daemon that keeps every file it makes in `dir`. */
export function daemonConfig(dir: string, port: number | null, options: DaemonOptions): string {
  const inet =
    port === null || options.inet === undefined
      ? ""
      : `[inet_http_server]
port = 127.0.0.1:${port}
username = ${options.inet.username}
password = ${options.inet.password}
`;
  return `[supervisord]
logfile = ${dir}/main.log
pidfile = ${dir}/main.pid
childlogdir = ${dir}
identifier = test
user = root
${options.supervisord ?? ""}

[unix_http_server]
file = ${dir}/sv.sock

${inet}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface

[supervisorctl]
serverurl = unix://${dir}/sv.sock

${(options.sections ?? "").replaceAll("{dir}", dir)}
`.replace(process.getuid?.() === 0 ? /$^/ : /^user = root\n/m, "");
}

/** The command of a kind, as it is installed. */
export function daemonCommand(kind: DaemonKind): string {
  return kind === "supervisord" ? "supervisord" : FVAGENT;
}

/** Starts a daemon and waits until it answers and is in mood RUNNING. It is ended, with its children, after the test. */
export async function startDaemon(t: Scope, options: DaemonOptions): Promise<Daemon> {
  const dir = options.dir ?? tempDir(t);
  const port = options.inet === undefined ? null : await freePort();
  const configFile = join(dir, "supervisord.conf");
  writeFileSync(configFile, daemonConfig(dir, port, options));
  const running = await startProcess(t, daemonCommand(options.kind), ["-n", "-c", configFile], {
    cwd: dir,
    ...(options.env === undefined ? {} : { env: options.env }),
  });
  const unix: Endpoint = { socketPath: join(dir, "sv.sock") };
  const daemon: Daemon = {
    kind: options.kind,
    dir,
    configFile,
    unix,
    inet: port === null ? null : { port, ...options.inet },
    process: running,
    pid: running.pid,
    rpc: (method, ...params) => callRpc(unix, `supervisor.${method}`, ...params),
    async info(name) {
      const value = await callRpc(unix, "supervisor.getProcessInfo", name);
      if (typeof value !== "object" || Array.isArray(value)) throw new Error(`no process info for ${name}`);
      return value;
    },
    ctl: (...args) => runProcess("supervisorctl", ["-c", configFile, ...args], { cwd: dir }),
    log: () => readFileSync(join(dir, "main.log"), "utf8"),
    stop: (signal) => running.stop(signal),
  };
  await eventually(
    async () => {
      if (running.child.exitCode !== null) return true;
      const state = await daemon.rpc("getState");
      return typeof state === "object" && !Array.isArray(state) && state.statename === "RUNNING";
    },
    { what: `${options.kind} answers`, context: running.output },
  );
  if (running.child.exitCode !== null) {
    throw new Error(`${options.kind} ended with status ${running.child.exitCode}:\n${running.output()}`);
  }
  // A signal that comes between fork and exec is lost in a child of supervisord, which is still Python then.
  const own = commandOf(running.pid);
  await eventually(() => childrenOf(running.pid).every((child) => commandOf(child) !== own), {
    what: "every child is the program it is to be",
    context: running.output,
  });
  return daemon;
}
