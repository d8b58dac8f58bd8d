// From a resolved configuration, in supervisord's names and units, to what the run layer works with.
import { isEventType } from "@fleetvisor/proto/vocabulary/events";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import type { PoolRules } from "../events/event-pool.js";
import type { GroupSpec, ProcessSpec, SocketSpec } from "../run/spec.js";
import type { HttpServerRules } from "../xmlrpc/server.js";
import type {
  EventListenerConfig,
  FcgiSocketConfig,
  HttpServerConfig,
  ProcessConfig,
  ResolvedConfig,
} from "./resolved.js";

/** Primary group of a user id, for children that run as another user. */
export type PrimaryGroup = (uid: number) => number;

/** The groups in supervisord's order; a shadowed one is not activated. */
export function groupSpecs(config: ResolvedConfig, primaryGroup: PrimaryGroup): GroupSpec[] {
  return config.groups
    .filter((group) => !group.shadowed)
    .map((group) => ({
      name: group.name,
      priority: group.priority,
      processes: group.programs
        .filter((program) => !program.shadowed)
        .map((program) => processSpec(program, config, primaryGroup)),
      listener: group.kind === "eventlistener" ? poolRules(group) : null,
      socket: group.kind === "fcgi-program" ? socketSpec(group.socket) : null,
    }));
}

function poolRules(pool: EventListenerConfig): PoolRules {
  return { bufferSize: pool.buffer_size, events: pool.events.filter(isEventType), resultHandler: pool.result_handler };
}

function socketSpec(socket: FcgiSocketConfig): SocketSpec {
  const { url, backlog, mode, owner } = socket;
  return {
    url,
    address: socket.path === null ? { host: socket.host ?? "", port: socket.port ?? 0 } : { path: socket.path },
    backlog,
    mode,
    owner: owner === null ? null : { uid: owner[0], gid: owner[1] },
  };
}

function processSpec(program: ProcessConfig, config: ResolvedConfig, primaryGroup: PrimaryGroup): ProcessSpec {
  return {
    name: program.name,
    priority: program.priority,
    rules: {
      autorestart: program.autorestart,
      startMs: program.startsecs * 1000,
      startRetries: program.startretries,
      exitCodes: program.exitcodes,
      stopSignal: program.stopsignal,
      stopWaitMs: program.stopwaitsecs * 1000,
      stopAsGroup: program.stopasgroup,
      killAsGroup: program.killasgroup,
    },
    autostart: program.autostart,
    command: program.command,
    directory: program.directory,
    umask: program.umask,
    account: program.uid === null ? null : { uid: program.uid, gid: primaryGroup(program.uid) },
    environment: program.environment,
    serverUrl: program.serverurl ?? config.supervisord.serverurl,
    redirectStderr: program.redirect_stderr,
    stdout: {
      // An empty name is no log, as NONE is.
      logfile: program.stdout_logfile || null,
      rotation: { maxBytes: program.stdout_logfile_maxbytes, backups: program.stdout_logfile_backups },
      syslog: program.stdout_syslog,
      eventsEnabled: program.stdout_events_enabled,
      captureMaxBytes: program.stdout_capture_maxbytes,
    },
    stderr: {
      logfile: program.stderr_logfile || null,
      rotation: { maxBytes: program.stderr_logfile_maxbytes, backups: program.stderr_logfile_backups },
      syslog: program.stderr_syslog,
      eventsEnabled: program.stderr_events_enabled,
      captureMaxBytes: program.stderr_capture_maxbytes,
    },
  };
}

/** One HTTP server of the daemon. */
export function serverRules(server: HttpServerConfig): HttpServerRules {
  const { section, username, password } = server;
  return {
    section,
    username,
    password,
    listen:
      server.family === "inet"
        ? { host: server.host, port: server.port }
        : { path: server.file, mode: server.chmod, owner: { uid: server.chown[0], gid: server.chown[1] } },
  };
}

/** Entries of `getAllConfigInfo`, one a process, sorted by process name (supervisor 4.x rpcinterface.py). */
export function configInfo(config: ResolvedConfig): { [key: string]: XmlRpcValue }[] {
  const entries = config.groups.flatMap((group) =>
    group.programs.map((program) => ({
      name: program.name,
      group: group.name,
      command: program.command,
      autostart: program.autostart,
      startsecs: program.startsecs,
      startretries: program.startretries,
      stopsignal: program.stopsignal,
      stopwaitsecs: program.stopwaitsecs,
      exitcodes: [...program.exitcodes],
      killasgroup: program.killasgroup,
      redirect_stderr: program.redirect_stderr,
      group_prio: group.priority,
      process_prio: program.priority,
      directory: program.directory ?? "none",
      serverurl: program.serverurl ?? "none",
      uid: program.uid ?? "none",
      stdout_logfile: logfileText(program.stdout_logfile),
      stdout_logfile_backups: program.stdout_logfile_backups,
      stdout_logfile_maxbytes: program.stdout_logfile_maxbytes,
      stdout_capture_maxbytes: program.stdout_capture_maxbytes,
      stdout_events_enabled: program.stdout_events_enabled,
      stdout_syslog: program.stdout_syslog,
      stderr_logfile: logfileText(program.stderr_logfile),
      stderr_logfile_backups: program.stderr_logfile_backups,
      stderr_logfile_maxbytes: program.stderr_logfile_maxbytes,
      stderr_capture_maxbytes: program.stderr_capture_maxbytes,
      stderr_events_enabled: program.stderr_events_enabled,
      stderr_syslog: program.stderr_syslog,
    })),
  );
  return entries.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
}

const logfileText = (logfile: string | null): string =>
  logfile === null ? "none" : logfile === "AUTO" ? "auto" : logfile;
