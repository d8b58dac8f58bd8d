// Every option of every section, once: type, default, unit and a line of documentation. The order inside a table is the
// order in which supervisord reads, so that the first error found is the one that it would print.
import {
  AUTORESTART,
  BOOLEAN,
  BYTE_SIZE,
  type DataType,
  EXIT_CODES,
  INET_ADDRESS,
  INTEGER,
  invalid,
  LIST,
  LOG_LEVEL,
  NAME,
  OCTAL,
  reworded,
  SERVER_URL,
  SIGNAL,
  TEXT,
} from "./datatypes.js";
import { CONTROLLERS, INSTANCE_NAME, LABELS } from "./fleetvisor-types.js";
import { DIRECTORY, LOG_FILE, OWNER, PATH, USER } from "./world-types.js";

/**
 * How often `%` is expanded, and under which name errors speak of the value: `once` as `section.option`, `twice` that way
 * and then again as `option`, `bare` once as `option`, `late` not before the value was looked at.
 */
export type Expansion = "once" | "twice" | "bare" | "late";

export interface Option<T> {
  readonly type: DataType<T>;
  /** Text that stands for a missing option; null where missing is a value of its own. */
  readonly default: string | null;
  readonly doc: string;
  readonly unit: string | null;
  readonly expand: Expansion;
}

interface Extra {
  readonly unit?: string;
  readonly expand?: Expansion;
}

/** An option with a default. */
function option<T>(type: DataType<T>, fallback: string, doc: string, extra: Extra = {}): Option<T> {
  return { type, default: fallback, doc, unit: extra.unit ?? null, expand: extra.expand ?? "once" };
}

/** An option that is null when it is missing. */
function optional<T>(type: DataType<T>, doc: string, extra: Extra = {}): Option<T | null> {
  return { type, default: null, doc, unit: extra.unit ?? null, expand: extra.expand ?? "once" };
}

const BYTES = { unit: "bytes" };
const SECONDS = { unit: "seconds" };

/** `[supervisord]` (supervisor 4.2.5 options.py, ServerOptions.read_config). */
export const SUPERVISORD = {
  minfds: option(INTEGER, "1024", "file descriptors that must be available"),
  minprocs: option(INTEGER, "200", "processes that must be available"),
  directory: optional(DIRECTORY, "changed to when daemonizing"),
  user: optional(TEXT, "switched to when started as root"),
  umask: option(OCTAL, "022", "applied when daemonizing"),
  logfile: option(PATH, "supervisord.log", "activity log, or syslog"),
  logfile_maxbytes: option(BYTE_SIZE, "50MB", "size at which the activity log is rotated, 0 for never", BYTES),
  logfile_backups: option(INTEGER, "10", "rotated activity logs that are kept"),
  loglevel: option(LOG_LEVEL, "info", "least severity that is logged"),
  pidfile: option(PATH, "supervisord.pid", "file that the process id is written to"),
  identifier: option(TEXT, "supervisor", "name of this supervisor for clients and listeners"),
  nodaemon: option(BOOLEAN, "false", "stay in the foreground"),
  silent: option(BOOLEAN, "false", "with nodaemon, no copy of the log on standard output"),
  childlogdir: optional(DIRECTORY, "directory of AUTO log files; the system's directory for temporary files"),
  nocleanup: option(BOOLEAN, "false", "keep AUTO log files of earlier runs"),
  strip_ansi: option(BOOLEAN, "false", "remove terminal escape sequences from child logs"),
  environment: option(TEXT, "", 'variables for all children, KEY="value",...', { expand: "twice" }),
};

/** `[include]`. */
export const INCLUDE = { files: optional(TEXT, "patterns of files to read as if they were part of this one") };

/** Program-like sections: what is read once for a section (options.py, _processes_from_section). */
export const PROGRAM = {
  priority: option(INTEGER, "999", "low ones start first and stop last"),
  autostart: option(BOOLEAN, "true", "start with the supervisor"),
  autorestart: option(
    AUTORESTART,
    "unexpected",
    "start again after an exit: always, never, or after an unexpected one",
  ),
  startsecs: option(INTEGER, "1", "alive for longer than this counts as started", SECONDS),
  startretries: option(INTEGER, "3", "further attempts after a failed start"),
  stopsignal: option(SIGNAL, "TERM", "signal that asks for a stop"),
  stopwaitsecs: option(INTEGER, "10", "from the stop signal to SIGKILL", SECONDS),
  stopasgroup: option(BOOLEAN, "false", "the stop signal goes to the whole process group"),
  killasgroup: optional(BOOLEAN, "SIGKILL goes to the whole process group; as stopasgroup when missing"),
  exitcodes: option(EXIT_CODES, "0", "exit codes that are expected"),
  redirect_stderr: option(BOOLEAN, "false", "standard error goes into the log of standard output"),
  numprocs: option(INTEGER, "1", "how many processes"),
  numprocs_start: option(INTEGER, "0", "process_num of the first one"),
  stdout_capture_maxbytes: option(BYTE_SIZE, "0", "most of one PROCESS_COMMUNICATION on standard output", BYTES),
  stdout_events_enabled: option(BOOLEAN, "false", "emit PROCESS_LOG_STDOUT events"),
  stderr_capture_maxbytes: option(BYTE_SIZE, "0", "most of one PROCESS_COMMUNICATION on standard error", BYTES),
  stderr_events_enabled: option(BOOLEAN, "false", "emit PROCESS_LOG_STDERR events"),
  serverurl: optional(SERVER_URL, "value of SUPERVISOR_SERVER_URL, or AUTO"),
  user: optional(USER, "account that the process runs as"),
  umask: optional(OCTAL, "file mode creation mask; the supervisor's when missing"),
  process_name: option(NAME, "%(program_name)s", "name of each process", { expand: "late" }),
};

/** What is read for each process, so that `process_num` and the process's own `environment` may be in it. */
export const PROCESS = {
  directory: optional(TEXT, "working directory"),
  stdout_logfile: option(LOG_FILE, "AUTO", "log of standard output", { expand: "twice" }),
  stdout_logfile_backups: option(INTEGER, "10", "rotated logs of standard output that are kept"),
  stdout_logfile_maxbytes: option(BYTE_SIZE, "50MB", "size at which that log is rotated, 0 for never", BYTES),
  stdout_syslog: option(BOOLEAN, "false", "send standard output to syslog"),
  stderr_logfile: option(LOG_FILE, "AUTO", "log of standard error", { expand: "twice" }),
  stderr_logfile_backups: option(INTEGER, "10", "rotated logs of standard error that are kept"),
  stderr_logfile_maxbytes: option(BYTE_SIZE, "50MB", "size at which that log is rotated, 0 for never", BYTES),
  stderr_syslog: option(BOOLEAN, "false", "send standard error to syslog"),
  command: optional(TEXT, "command line; required"),
};

/** Read for each process before the others. */
export const PROCESS_ENVIRONMENT = option(TEXT, "", 'variables of the process, KEY="value",...', { expand: "bare" });

/** `[group:x]`. */
export const GROUP = {
  programs: option(LIST, "", "programs and fcgi-programs that belong to the group"),
  priority: option(INTEGER, "999", "of the group"),
};

/** `[eventlistener:x]`, beside everything that a program has. */
export const EVENTLISTENER = {
  priority: option(INTEGER, "-1", "of the pool; each process has its own"),
  buffer_size: option(INTEGER, "10", "events that wait for a ready listener"),
  result_handler: option(TEXT, "supervisor.dispatchers:default_handler", "what judges the answers"),
  events: option(LIST, "", "event types that it wants; required"),
  redirect_stderr: option(BOOLEAN, "false", "refused: it would break the listener protocol"),
};

/** `[fcgi-program:x]`, beside everything that a program has. */
export const FCGI_PROGRAM = {
  priority: option(INTEGER, "999", "of the group; each process has its own"),
  user: optional(USER, "owner of the socket unless socket_owner says otherwise"),
  socket_backlog: optional(backlog(), "pending connections; the system's most when missing"),
  socket_owner: optional(
    reworded(OWNER, (text) => `Invalid socket_owner value ${text}`),
    "user:group of a unix socket",
  ),
  socket_mode: optional(
    reworded(OCTAL, (text) => `Invalid socket_mode value ${text}`),
    "mode of a unix socket; 0700",
  ),
  socket: optional(TEXT, "tcp://host:port or unix:///path; required"),
};

function backlog(): DataType<number> {
  return {
    name: "integer",
    parse(text, world) {
      const value = INTEGER.parse(text, world);
      if (value < 1 || value > 65535) throw invalid(`Invalid socket_backlog value ${value}`);
      return value;
    },
  };
}

/** Both kinds of HTTP server. */
export const HTTP_LOGIN = {
  username: optional(TEXT, "with password, HTTP Basic authentication is asked for"),
  password: optional(TEXT, "clear text, or {SHA} and a hexadecimal SHA-1"),
};

/** `[inet_http_server]`. */
export const INET_HTTP_SERVER = { port: optional(INET_ADDRESS, "host:port, :port or port; required") };

/** `[unix_http_server]`. */
export const UNIX_HTTP_SERVER = {
  file: optional(TEXT, "path of the socket; required"),
  chown: optional(
    reworded(OWNER, (text) => `Invalid sockchown value ${text}`),
    "user:group of the socket",
  ),
  chmod: optional(
    reworded(OCTAL, (text) => `Invalid chmod value ${text}`),
    "mode of the socket; 0700",
  ),
};

/** `[rpcinterface:x]`; every other option is handed to the factory. */
export const RPCINTERFACE = {
  "supervisor.rpcinterface_factory": optional(TEXT, "module:callable that makes the interface; required"),
};

/** `[fleetvisor]`, which supervisord ignores. */
export const FLEETVISOR = {
  controller: option(CONTROLLERS, "", "host:port of controllers, tried in order; port 9701 when left out"),
  name: optional(INSTANCE_NAME, "name of this instance in the fleet; the host name when missing"),
  labels: option(LABELS, "", "role=web,dc=ams: what selectors go by"),
  state_dir: optional(TEXT, "directory of the agent's own files, relative to the configuration file"),
  join_token_file: optional(TEXT, "file with the join token, relative to the configuration file"),
  metrics: option(BOOLEAN, "false", "answer /metrics on the inet HTTP servers, behind their password"),
};
