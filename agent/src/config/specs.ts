// From a resolved configuration, in supervisord's names and units, to what the run layer works with.
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import type { ChannelSpec, GroupSpec, ProcessSpec } from "../run/spec.js";
import type { HttpServerRules } from "../xmlrpc/server.js";
import type { GroupConfig, HttpServerConfig, ProcessConfig, ResolvedConfig } from "./resolved.js";

/** Primary group of a user id, for children that run as another user. */
export type PrimaryGroup = (uid: number) => number;

/** The groups that this agent runs, in supervisord's order; a shadowed one is not activated. */
export function groupSpecs(config: ResolvedConfig, primaryGroup: PrimaryGroup): GroupSpec[] {
  return config.groups
    .filter((group) => !group.shadowed && isRun(group))
    .map((group) => ({
      name: group.name,
      priority: group.priority,
      processes: group.programs
        .filter((program) => !program.shadowed)
        .map((program) => processSpec(program, config, primaryGroup)),
    }));
}

/** Groups that are configured but not run, each with the reason in the operator's words. */
export function groupsLeftOut(config: ResolvedConfig): string[] {
  return config.groups
    .filter((group) => !group.shadowed && !isRun(group))
    .map((group) =>
      group.kind === "eventlistener"
        ? `event listener pool '${group.name}' is not started: this version delivers no events to listeners yet`
        : `FastCGI program '${group.name}' is not started: this version makes no FastCGI sockets yet`,
    );
}

/** Options that are read but have no effect in this version, each named once. */
export function optionsWithoutEffect(config: ResolvedConfig): string[] {
  const programs = config.groups.flatMap((group) => (isRun(group) ? group.programs : []));
  const uses: readonly [string, (program: ProcessConfig) => boolean][] = [
    ["stdout_capture_maxbytes", (program) => program.stdout_capture_maxbytes > 0],
    ["stderr_capture_maxbytes", (program) => program.stderr_capture_maxbytes > 0],
    ["stdout_syslog", (program) => program.stdout_syslog],
    ["stderr_syslog", (program) => program.stderr_syslog],
  ];
  return uses.flatMap(([option, uses]) => {
    const sections = new Set(programs.filter(uses).map((program) => program.section));
    return sections.size === 0 ? [] : [`${option} has no effect in this version ([${[...sections].join("], [")}])`];
  });
}

const isRun = (group: GroupConfig): boolean => group.kind === "program" || group.kind === "group";

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
    stdout: channel(program.stdout_logfile, program.stdout_logfile_maxbytes, program.stdout_logfile_backups),
    stderr: channel(program.stderr_logfile, program.stderr_logfile_maxbytes, program.stderr_logfile_backups),
  };
}

/** AUTO is the only word that is no path; the type of a path makes no difference here. */
const channel = (logfile: string | null, maxBytes: number, backups: number): ChannelSpec => ({
  logfile,
  rotation: { maxBytes, backups },
});

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
