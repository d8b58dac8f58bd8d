// Real children: fork and exec with pipes, output as it comes, exits by SIGCHLD. Nothing else here may use child_process,
// since one wait4 loop reaps every child of the daemon.
import { closeSync, statSync } from "node:fs";
import { Socket } from "node:net";
import { errnoOf, FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ExitStatus } from "../core/process.js";
import { Libc, type Reaped, SystemError } from "./libc.js";
import { type OutputPipe, OutputPipes } from "./output-pipes.js";
import { type Child, SpawnError, type Spawner, type SpawnRequest } from "./ports.js";

/** What setInterval can hold: 24 days. */
const LONGEST_TIMER_MS = 0x7fffffff;

/** How much waits for a child that does not read before more is refused. */
const MAX_UNREAD_BYTES = 16 * 1024 * 1024;

/** The writing end of a child's standard input; costs one descriptor until somebody writes. */
class InputPipe {
  #fd: number | null;
  #socket: Socket | null = null;

  constructor(fd: number) {
    this.#fd = fd;
  }

  write(bytes: Buffer, onRefused: () => void): void {
    if (this.#socket === null && this.#fd !== null) {
      this.#socket = new Socket({ fd: this.#fd, readable: false, writable: true });
      this.#socket.on("error", () => this.#socket?.destroy());
      this.#fd = null;
    }
    if (this.#socket === null || this.#socket.destroyed) throw new FleetError("conflict", "standard input is closed");
    if (this.#socket.writableLength > MAX_UNREAD_BYTES) {
      throw new FleetError("too-large", "standard input is not read, and too much waits for it already");
    }
    this.#socket.write(bytes, (error) => {
      if (error) onRefused();
    });
  }

  close(): void {
    this.#socket?.destroy();
    if (this.#fd !== null) closeSync(this.#fd);
    this.#fd = null;
  }
}

interface Running {
  readonly request: SpawnRequest;
  /** Null when a descriptor of the caller's is its standard input. */
  readonly stdin: InputPipe | null;
  readonly outputs: readonly OutputPipe[];
}

/** How wait(2) encodes an end. */
function decodeStatus(status: number): ExitStatus {
  const signal = status & 0x7f;
  return signal === 0
    ? { code: (status >> 8) & 0xff, signal: null, coreDumped: false }
    : { code: -1, signal, coreDumped: (status & 0x80) !== 0 };
}

export interface SpawnerOptions {
  /** Soft limit of open files that children get; null for the daemon's own. */
  readonly childOpenFiles: number | null;
}

export class PosixSpawner implements Spawner {
  readonly #libc = new Libc();
  readonly #outputs = new OutputPipes(this.#libc);
  readonly #running = new Map<number, Running>();
  readonly #options: SpawnerOptions;
  #onOrphan: (pid: number, status: ExitStatus) => void = () => {};

  /** The most memory that this process itself was seen to have held. */
  #peakBytes = 0;
  #keepRunning: NodeJS.Timeout | undefined;

  constructor(options: SpawnerOptions) {
    this.#options = options;
  }

  start(onOrphan: (pid: number, status: ExitStatus) => void): void {
    this.#onOrphan = onOrphan;
    process.on("SIGCHLD", this.#reapAll);
    // A signal handler does not keep a Node process running: without this it would end with its last open pipe or socket.
    this.#keepRunning = setInterval(() => {}, LONGEST_TIMER_MS);
  }

  stop(): void {
    process.off("SIGCHLD", this.#reapAll);
    clearInterval(this.#keepRunning);
  }

  spawn(request: SpawnRequest): Child {
    const fds: number[] = [];
    try {
      const stdin = request.stdin === null ? this.#pipe(fds) : null;
      const stdout = this.#pipe(fds);
      const stderr = request.redirectStderr ? null : this.#pipe(fds);
      const pid = this.#fork(request, stdin?.read ?? request.stdin ?? 0, stdout.write, stderr?.write ?? stdout.write);
      for (const fd of [stdin?.read, stdout.write, stderr?.write]) if (fd !== undefined) closeSync(fd);
      const input = stdin === null ? null : new InputPipe(stdin.write);
      const outputs = [
        this.#outputs.open(stdout.read, request.onStdout, { prompt: request.prompt, isHeld: request.isStdoutHeld }),
      ];
      if (stderr !== null) {
        const options = { prompt: false, isHeld: request.isStderrHeld };
        outputs.push(this.#outputs.open(stderr.read, request.onStderr, options));
      }
      this.#running.set(pid, { request, stdin: input, outputs });
      return {
        pid,
        writeStdin(bytes, onRefused = () => {}) {
          if (input === null) throw new FleetError("conflict", "standard input is a socket");
          input.write(bytes, onRefused);
        },
      };
    } catch (error) {
      for (const fd of fds) closeSync(fd);
      throw this.#spawnError(request, error);
    }
  }

  signal(pid: number, signal: number, wholeGroup: boolean): void {
    process.kill(wholeGroup ? -pid : pid, signal);
  }

  /** A line for the system's log; the C library is loaded here. */
  syslog(line: string): void {
    this.#libc.syslog(line);
  }

  #pipe(fds: number[]): { read: number; write: number } {
    const pipe = this.#libc.pipe();
    fds.push(pipe.read, pipe.write);
    return pipe;
  }

  #spawnError(request: SpawnRequest, error: unknown): unknown {
    switch (errnoOf(error)) {
      case "EMFILE":
      case "ENFILE":
        return new SpawnError(`too many open files to spawn '${request.name}'`);
      case "EAGAIN":
        return new SpawnError(`Too many processes in process table to spawn '${request.name}'`);
      case null:
        return error;
      default:
        return new SpawnError(`unknown error during fork for '${request.name}': ${errnoOf(error)}`);
    }
  }

  /**
   * Executes the program or, where that fails after a fork would have worked, a shell that says so on standard error and
   * exits 127, which is what operators see of supervisord (process.py, _spawn_as_child).
   */
  #fork(request: SpawnRequest, stdin: number, stdout: number, stderr: number): number {
    const raw = { stdin, stdout, stderr, env: Object.entries(request.env).map(([name, value]) => `${name}=${value}`) };
    const say = (...lines: string[]) =>
      this.#limited(request, () =>
        this.#libc.spawn({
          ...raw,
          file: "/bin/sh",
          argv: [
            "sh",
            "-c",
            `printf '%s\\n' "$@" >&2; exit 127`,
            "sh",
            ...lines,
            "supervisor: child process was not spawned",
          ],
          directory: null,
        }),
      );
    let { file, argv } = request;
    if (request.account !== null && request.account.uid !== process.getuid?.()) {
      const { uid, gid } = request.account;
      if (process.getuid?.() !== 0) {
        return say(`supervisor: couldn't setuid to ${uid}: Can't drop privilege as nonroot user`);
      }
      // Keeps the account's supplementary groups, which a plain setuid would lose.
      argv = ["setpriv", `--reuid=${uid}`, `--regid=${gid}`, "--init-groups", "--", file, ...argv.slice(1)];
      file = "/usr/bin/setpriv";
    }
    try {
      return this.#limited(request, () => this.#libc.spawn({ ...raw, file, argv, directory: request.directory }));
    } catch (error) {
      const errno = errnoOf(error);
      if (!(error instanceof SystemError) || errno === "EAGAIN" || errno === "ENOMEM") throw error;
      const chdirErrno = request.directory === null ? null : directoryProblem(request.directory);
      return say(
        chdirErrno === null
          ? `supervisor: couldn't exec ${request.argv[0]}: ${errno}`
          : `supervisor: couldn't chdir to ${request.directory}: ${chdirErrno}`,
      );
    }
  }

  /** A child copies umask and limits from its parent at the moment of the fork; nothing else runs meanwhile. */
  #limited(request: SpawnRequest, fork: () => number): number {
    const before = request.umask === null ? null : process.umask(request.umask);
    const wanted = this.#options.childOpenFiles;
    const own = wanted === null ? null : this.#libc.limitOf("openFiles");
    if (own !== null && wanted !== null) this.#libc.setLimitOf("openFiles", { soft: BigInt(wanted), hard: own.hard });
    try {
      return fork();
    } finally {
      if (own !== null) this.#libc.setLimitOf("openFiles", own);
      if (before !== null) process.umask(before);
    }
  }

  readonly #reapAll = (): void => {
    for (let dead = this.#libc.reap(); dead !== null; dead = this.#libc.reap()) this.#reaped(dead);
  };

  #reaped(dead: Reaped): void {
    const status = decodeStatus(dead.status);
    const child = this.#running.get(dead.pid);
    if (child === undefined) {
      this.#onOrphan(dead.pid, status);
      return;
    }
    this.#running.delete(dead.pid);
    for (const output of child.outputs) output.drainAndClose();
    child.stdin?.close();
    child.request.onExit(status, { cpuMs: dead.cpuMs, peakMemoryBytes: this.#ownOf(dead.peakMemoryBytes) });
  }

  /** Until it executes, a child shares our memory, and its peak counts that: a peak no larger than ours says nothing, 0. */
  #ownOf(peakBytes: number): number {
    // Ours only grows, and to ask for it is dear.
    if (peakBytes > this.#peakBytes) this.#peakBytes = process.resourceUsage().maxRSS * 1024;
    return peakBytes > this.#peakBytes ? peakBytes : 0;
  }
}

function directoryProblem(directory: string): string | null {
  try {
    return statSync(directory).isDirectory() ? null : "ENOTDIR";
  } catch (error) {
    return errnoOf(error) ?? "ENOENT";
  }
}
