// Starting programs in tests: long-lived ones that are ended by pid whatever happens, and short ones with their whole output.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cleanEnv } from "./environment.js";
import { eventually } from "./eventually.js";
import { childrenOf } from "./proc.js";
import { defer, type Scope } from "./scope.js";

/** A real supervisord takes a second for each of its groups, more on a busy machine. */
const STOP_MS = 90_000;

/** How a process ended: a code, or the signal that ended it. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface Finished extends Ended {
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProcessOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Own session, so that a signal to its process group reaches nobody else. */
  readonly detached?: boolean;
}

/** A started program. `output()` is everything it wrote so far, both channels as they came. */
export interface Running {
  readonly pid: number;
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  output(): string;
  /** Waits until the output matches, failing early when the program ends before. */
  says(pattern: RegExp, withinMs?: number): Promise<RegExpExecArray>;
  /** Sends `signal`, waits, and sends SIGKILL when it is still there after `graceMs`. May be called twice. */
  stop(signal?: NodeJS.Signals, graceMs?: number): Promise<Ended>;
}

/** Starts a program and, after the test, ends it and waits until it is gone. */
export async function startProcess(
  t: Scope,
  command: string,
  args: readonly string[],
  options: ProcessOptions = {},
): Promise<Running> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: cleanEnv(options.env),
    detached: options.detached ?? false,
    stdio: ["ignore", "pipe", "pipe"],
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  await once(child, "spawn");
  const pid = child.pid;
  if (pid === undefined) throw new Error(`${command} did not start`);
  // `exit`, not `close`: a grandchild may hold the pipes for as long as it likes.
  const ended = new Promise<Ended>((resolve) => child.once("exit", (code, signal) => resolve({ code, signal })));
  const output = () => Buffer.concat(chunks).toString("utf8");
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;

  const running: Running = {
    pid,
    child,
    ended,
    output,
    async says(pattern, withinMs = 20_000) {
      const match = await eventually(
        () => {
          const found = pattern.exec(output());
          return found ?? (hasEnded() ? ("ended" as const) : null);
        },
        { what: `${command} says ${pattern}`, withinMs, context: output },
      );
      if (match === "ended") {
        const why = child.exitCode === null ? child.signalCode : `status ${child.exitCode}`;
        throw new Error(`${command} ended with ${why} before it said ${pattern}:\n${output()}`);
      }
      return match;
    },
    async stop(signal = "SIGTERM", graceMs = STOP_MS) {
      if (!hasEnded()) child.kill(signal);
      const timer = setTimeout(() => {
        // What a daemon was in the middle of stopping would outlive it.
        const orphans = childrenOf(pid);
        child.kill("SIGKILL");
        for (const orphan of orphans) {
          try {
            process.kill(orphan, "SIGKILL");
          } catch {
            // It ended by itself.
          }
        }
      }, graceMs);
      const how = await ended;
      clearTimeout(timer);
      child.stdout.destroy();
      child.stderr.destroy();
      return how;
    },
  };
  defer(t, () => running.stop());
  return running;
}

/** Runs a program to its end, at most `withinMs`; never rejects for an exit status. */
export async function runProcess(
  command: string,
  args: readonly string[],
  options: ProcessOptions & {
    readonly stdin?: string;
    readonly withinMs?: number;
  } = {},
): Promise<Finished> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: cleanEnv(options.env),
    stdio: "pipe",
  });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
  child.stdin.on("error", () => undefined); // a program may end without reading
  child.stdin.end(options.stdin ?? "");
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    child.kill("SIGKILL");
  }, options.withinMs ?? 60_000);
  const [code, signal] = (await once(child, "close")) as [number | null, NodeJS.Signals | null];
  clearTimeout(timer);
  const finished = {
    code,
    signal,
    stdout: Buffer.concat(out).toString(),
    stderr: Buffer.concat(err).toString(),
  };
  if (late) throw new Error(`${command} ${args.join(" ")} did not finish:\n${finished.stdout}${finished.stderr}`);
  return finished;
}
