// What the supervisor asks of the world: clock, children, log files, the activity log. Tests bring fakes.
import type { ExitStatus } from "../core/process.js";

export interface Clock {
  /** Monotonic milliseconds; decides. */
  nowMs(): number;
  /** Wall clock, milliseconds since the epoch; is only shown. */
  wallMs(): number;
  /** Calls back once at or after `atMs` (monotonic), never before returning. The result cancels. */
  at(atMs: number, callback: () => void): () => void;
}

/** What a child used up over its life, from wait4(2), with the children it waited for. */
export interface ResourceUsage {
  readonly cpuMs: number;
  /** 0 when it cannot be told. */
  readonly peakMemoryBytes: number;
}

export interface SpawnRequest {
  readonly group: string;
  /** Name of the process, for messages. */
  readonly name: string;
  /** Executable file; `argv[0]` is not looked up again. */
  readonly file: string;
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Directory to change to; null for the daemon's own. */
  readonly directory: string | null;
  readonly umask: number | null;
  /** Account to run as; null for the daemon's own. */
  readonly account: { readonly uid: number; readonly gid: number } | null;
  /** Becomes the child's standard input instead of a pipe (the socket of an fcgi-program); null for a pipe. */
  readonly stdin: number | null;
  /** Standard error goes into the standard output pipe. */
  readonly redirectStderr: boolean;
  /** Somebody answers to what it writes to standard output (an event listener): never let it wait. */
  readonly prompt: boolean;
  /** While it is true nothing more of that channel is read: the child waits, as it does for any slow reader. */
  readonly isStdoutHeld: () => boolean;
  readonly isStderrHeld: () => boolean;
  /** Bytes, at most some 20 ms after they were written. The buffer is reused: copy what is kept. */
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
  /** Once, after everything that was left in the pipes has been handed over. */
  readonly onExit: (status: ExitStatus, usage: ResourceUsage) => void;
}

export interface Child {
  readonly pid: number;
  /**
   * Queues bytes for the child's standard input. Throws FleetError `conflict` when there is no such pipe or the child has closed it,
   * `too-large` when the child does not read and too much waits already;
   * calls `onRefused` when that turns out later.
   */
  writeStdin(bytes: Buffer, onRefused?: () => void): void;
}

export interface Spawner {
  /** Begins to watch for exits; `onOrphan` hears of dead children that were not spawned here (PID 1, subreaper). */
  start(onOrphan: (pid: number, status: ExitStatus) => void): void;
  /** Forks and executes. Throws SpawnError with supervisord's words. */
  spawn(request: SpawnRequest): Child;
  /** Sends a signal; to the whole process group when asked. Throws the system's error (ESRCH when it is gone). */
  signal(pid: number, signal: number, wholeGroup: boolean): void;
  /** Stops watching for exits. Children are left alone. */
  stop(): void;
}

/** A child that could not be made; the text is what `spawnerr` shows. */
export class SpawnError extends Error {
  override name = "SpawnError";

  constructor(
    message: string,
    /** The command does not exist, as opposed to existing and being of no use. */
    readonly notFound = false,
  ) {
    super(message);
  }
}

/** When a log file ends and another begins. */
export interface RotationRules {
  /** Size that ends a file; 0 or negative for never. */
  readonly maxBytes: number;
  /** How many older files to keep as `.1` (newest) to `.N`; 0 empties the file in place. */
  readonly backups: number;
}

/** Where the captured bytes of one channel go. */
export interface LogSink {
  /** Path for people and readers; null when nothing is kept. */
  readonly path: string | null;
  /** Opens for appending; called at each start of the process. Throws the system's error. */
  open(): void;
  write(chunk: Buffer): void;
  /** More waits to be written than should: whoever can wait with more, should. */
  readonly isFull: boolean;
  /** Writes what waits, after a moment at most; false while the disk does not answer. */
  settle(): boolean;
  /** Closes and opens again by name, after somebody else rotated the file. */
  reopen(): void;
  /** Empties the log. */
  clear(): void;
  close(): void;
}

/** What log files are made of. None of it waits longer than a moment for a disk. */
export interface LogFiles {
  /** Nothing is opened yet. `onProblem` hears of what cannot be written. */
  sink(path: string, rotation: RotationRules, onProblem: (message: string) => void): LogSink;
  /** Makes an empty file that nobody else can read, where there must be none. Throws the system's error. */
  create(path: string): void;
  /** Removes the AUTO logs that an earlier daemon of this identifier left. */
  removeStale(directory: string, identifier: string, onProblem: (message: string) => void): void;
}

/** The activity log of the daemon (supervisor 4.x loggers.py, Logger). */
export interface ActivityLog {
  /** Whether `debug` lines are written: what they cost to make can be spared otherwise. */
  readonly isDebug: boolean;
  critical(message: string): void;
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
  trace(message: string): void;
  blather(message: string): void;
}
