// The shape of a configuration that was read, checked and resolved: plain values only. Field names are supervisord's
// own option names; every unit is supervisord's (seconds, bytes), which `run/` converts once.

/** Severity of the activity log, as supervisord numbers it (supervisor 4.x loggers.py, LevelsByValue). */
export const LOG_LEVELS = { blather: 3, trace: 5, debug: 10, info: 20, warn: 30, error: 40, critical: 50 } as const;

export type LogLevelName = keyof typeof LOG_LEVELS;

/** Everything that one configuration says. `groups` are in supervisord's order: priority, then name. */
export interface ResolvedConfig {
  /** Path of the main file, as it was given or found; may be relative to the directory of the start. */
  readonly configfile: string;
  /** Absolute directory of the main file: `%(here)s`. */
  readonly here: string;
  /** Every file that was read, the main one first. */
  readonly files: readonly SourceFile[];
  readonly supervisord: SupervisordConfig;
  /** inet servers first, then unix ones, each in file order. */
  readonly http_servers: readonly HttpServerConfig[];
  readonly rpcinterfaces: readonly RpcInterfaceConfig[];
  readonly groups: readonly GroupConfig[];
  /** Parse messages for the activity log, to be written in this order: criticals, warnings, infos. */
  readonly criticals: readonly string[];
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** The `[fleetvisor]` section; null when there is none, then the agent is a supervisord and nothing more. */
  readonly fleetvisor: FleetvisorConfig | null;
}

export interface SourceFile {
  /** As given or matched. */
  readonly path: string;
  /** A password is written in it, in clear text or as an unsalted hash. */
  readonly holdsPassword: boolean;
}

/** The `[supervisord]` section with the command line laid over it. */
export interface SupervisordConfig {
  /** As written; null when unset. */
  readonly user: string | null;
  readonly uid: number | null;
  readonly gid: number | null;
  /** Applied only when daemonizing. */
  readonly umask: number;
  /** Changed to only when daemonizing. */
  readonly directory: string | null;
  /** Absolute, or exactly `syslog`. */
  readonly logfile: string;
  /** Bytes; 0 is never rotate. */
  readonly logfile_maxbytes: number;
  readonly logfile_backups: number;
  /** One of the numbers of `LOG_LEVELS`. */
  readonly loglevel: number;
  readonly loglevel_name: LogLevelName;
  /** Absolute. */
  readonly pidfile: string;
  readonly identifier: string;
  /** As written, `~` expanded; not made absolute. */
  readonly childlogdir: string;
  readonly minfds: number;
  readonly minprocs: number;
  readonly nodaemon: boolean;
  readonly silent: boolean;
  readonly nocleanup: boolean;
  readonly strip_ansi: boolean;
  /** For children only. */
  readonly environment: Environment;
  /** Default of SUPERVISOR_SERVER_URL in children; null without a server. */
  readonly serverurl: string | null;
}

export type Environment = Readonly<Record<string, string>>;

interface HttpServerBase {
  /** Section name as written. */
  readonly section: string;
  /** What follows the first `:` of the section name, or null. */
  readonly name: string | null;
  /** Both null or both set; the password is clear text or `{SHA}` and hexadecimal SHA-1. */
  readonly username: string | null;
  readonly password: string | null;
}

export interface InetHttpServerConfig extends HttpServerBase {
  readonly family: "inet";
  /** Empty for all interfaces. */
  readonly host: string;
  readonly port: number;
}

export interface UnixHttpServerConfig extends HttpServerBase {
  readonly family: "unix";
  /** Absolute path of the socket. */
  readonly file: string;
  readonly chmod: number;
  /** uid and gid, -1 for unchanged. */
  readonly chown: Owner;
  /** The same as written, null where nothing was. */
  readonly chown_names: OwnerNames;
}

export type HttpServerConfig = InetHttpServerConfig | UnixHttpServerConfig;

export type Owner = readonly [uid: number, gid: number];
export type OwnerNames = readonly [user: string | null, group: string | null];

export interface RpcInterfaceConfig {
  readonly name: string;
  /** `module:callable`. */
  readonly factory: string;
  /** Every other option of the section, as text. */
  readonly options: Readonly<Record<string, string>>;
}

interface GroupBase {
  readonly name: string;
  /** Of the group; each process has its own. */
  readonly priority: number;
  /** An earlier group has this name: supervisord silently drops this one. */
  readonly shadowed: boolean;
  /** In the order in which they are built. */
  readonly programs: readonly ProcessConfig[];
}

/** A `[program:x]` by itself, or a `[group:x]`. */
export interface ProgramGroupConfig extends GroupBase {
  readonly kind: "program" | "group";
}

export interface EventListenerConfig extends GroupBase {
  readonly kind: "eventlistener";
  /** How many events wait for a ready listener before the oldest is dropped. */
  readonly buffer_size: number;
  /** Names of event types, sorted. */
  readonly events: readonly string[];
  /** `module:callable`. */
  readonly result_handler: string;
}

export interface FcgiProgramConfig extends GroupBase {
  readonly kind: "fcgi-program";
  readonly socket: FcgiSocketConfig;
}

export type GroupConfig = ProgramGroupConfig | EventListenerConfig | FcgiProgramConfig;

/** Either `path` or `host` and `port` is set. `url` is what a reread compares. */
export interface FcgiSocketConfig {
  readonly url: string;
  /** Null for the most that the system allows. */
  readonly backlog: number | null;
  readonly host: string | null;
  readonly port: number | null;
  readonly path: string | null;
  readonly mode: number | null;
  readonly owner: Owner | null;
  readonly owner_names: OwnerNames | null;
}

/** `AUTO`: a file that supervisord names in `childlogdir`; null or empty: no file; else a path as written, `~` expanded. */
export type LogFile = string | null;

/** One process. Options as in configuration.rst, `[program:x]`. */
export interface ProcessConfig {
  /** Section name as written. */
  readonly section: string;
  /** A later process of the group has this name and replaces this one. */
  readonly shadowed: boolean;
  readonly name: string;
  readonly command: string;
  /** As written: neither `~` nor existence was looked at; null is unchanged. */
  readonly directory: string | null;
  /** Null inherits. */
  readonly umask: number | null;
  readonly priority: number;
  readonly autostart: boolean;
  readonly autorestart: boolean | "unexpected";
  /** Seconds. */
  readonly startsecs: number;
  readonly startretries: number;
  readonly exitcodes: readonly number[];
  readonly stopsignal: number;
  /** With `SIG`, as `SIGTERM`. */
  readonly stopsignal_name: string;
  /** Seconds. */
  readonly stopwaitsecs: number;
  readonly stopasgroup: boolean;
  readonly killasgroup: boolean;
  /** As written; null when unset. */
  readonly user: string | null;
  readonly uid: number | null;
  readonly redirect_stderr: boolean;
  readonly stdout_logfile: LogFile;
  /** Bytes; 0 is never rotate. */
  readonly stdout_logfile_maxbytes: number;
  readonly stdout_logfile_backups: number;
  /** Bytes; 0 is no capture. */
  readonly stdout_capture_maxbytes: number;
  readonly stdout_events_enabled: boolean;
  readonly stdout_syslog: boolean;
  readonly stderr_logfile: LogFile;
  readonly stderr_logfile_maxbytes: number;
  readonly stderr_logfile_backups: number;
  readonly stderr_capture_maxbytes: number;
  readonly stderr_events_enabled: boolean;
  readonly stderr_syslog: boolean;
  /** That of `[supervisord]` with the program's own laid over it. */
  readonly environment: Environment;
  /** Null for AUTO: `SupervisordConfig.serverurl`. */
  readonly serverurl: string | null;
}

/** The `[fleetvisor]` section, which supervisord ignores. */
export interface FleetvisorConfig {
  /** Tried in order; empty means no controller. */
  readonly controllers: readonly ControllerAddress[];
  /** Name of this instance in the fleet; the host name when unset. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Absolute; null leaves the choice to the agent. */
  readonly state_dir: string | null;
  /** Absolute; null when unset. */
  readonly join_token_file: string | null;
  /** Whether the inet HTTP servers answer /metrics. */
  readonly metrics: boolean;
}

export interface ControllerAddress {
  readonly host: string;
  readonly port: number;
}

/** Something about one place of a configuration. */
export interface Notice {
  /** The file and the 1-based line of the option, or of its section; null where neither exists. */
  readonly file: string | null;
  readonly line: number | null;
  readonly section: string | null;
  readonly option: string | null;
  /** What there is to say, without the place. */
  readonly reason: string;
}

/** One thing that is wrong with a configuration. */
export interface ConfigError extends Notice {
  /** What supervisord prints after `Error: ` when this is the only thing wrong; can have several lines. */
  readonly message: string;
}

/**
 * `error` is exactly what supervisord prints after `Error: `; `errors` starts with it and goes on to what else is wrong.
 * `notices` are what supervisord says nothing about.
 */
export type LoadResult =
  | { readonly ok: true; readonly config: ResolvedConfig; readonly notices: readonly Notice[] }
  | {
      readonly ok: false;
      readonly error: string;
      readonly errors: readonly ConfigError[];
      readonly notices: readonly Notice[];
    };
