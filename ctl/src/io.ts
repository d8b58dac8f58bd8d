// The world as fvctl sees it: two output streams that wait for slow readers, a terminal or none, the environment.
import { once } from "node:events";
import { EXITS } from "./exit.js";

/** What commands may touch of the process. The real one is `processIo`; tests have one in memory. */
export interface Io {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** Width of the terminal on stdout in cells, or null when stdout is no terminal. */
  columns(): number | null;
  /** Writes to stdout; resolves when the reader has room for more. */
  out(text: string | Uint8Array): Promise<void>;
  /** Writes to stderr. */
  err(text: string): Promise<void>;
  /**
   * Runs something that ends at Ctrl-C or SIGTERM: its signal is aborted then, and those signals do nothing else meanwhile. Of nested
   * ones the innermost ends. A second Ctrl-C, when that takes too long, is for the next one outside, and at last for the process.
   */
  untilInterrupted<T>(run: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** From now on Ctrl-C ends the process with the exit status of an interruption wherever nothing else is made of it. */
  leaveWhenInterrupted(): void;
}

const INTERRUPTIONS = ["SIGINT", "SIGTERM"] as const;

async function writeTo(stream: NodeJS.WriteStream, text: string | Uint8Array): Promise<void> {
  if (text.length === 0 || stream.write(text)) return;
  await once(stream, "drain");
}

/** The process's own streams. A reader that goes away (`| head`) ends the process quietly with status 0. */
export function processIo(): Io {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      process.exit(error.code === "EPIPE" ? 0 : 1);
    });
  }
  const running: AbortController[] = [];
  let leaves = false;
  const interrupt = () => {
    const innermost = running.findLast(({ signal }) => !signal.aborted);
    // What has to be put right about the terminal is done by those who hear of the exit.
    if (innermost === undefined) process.exit(EXITS.interrupted.status);
    innermost.abort();
  };
  const hear = () => {
    for (const name of INTERRUPTIONS) {
      const isHeard = running.length > 0 || (leaves && name === "SIGINT");
      process.off(name, interrupt);
      if (isHeard) process.on(name, interrupt);
    }
  };
  return {
    env: process.env,
    stdinIsTerminal: process.stdin.isTTY === true,
    stdoutIsTerminal: process.stdout.isTTY === true,
    stderrIsTerminal: process.stderr.isTTY === true,
    columns: () => (process.stdout.isTTY === true ? process.stdout.columns : null),
    out: (text) => writeTo(process.stdout, text),
    err: (text) => writeTo(process.stderr, text),
    async untilInterrupted(run) {
      const interruption = new AbortController();
      running.push(interruption);
      hear();
      try {
        return await run(interruption.signal);
      } finally {
        running.splice(running.indexOf(interruption), 1);
        hear();
      }
    },
    leaveWhenInterrupted() {
      leaves = true;
      hear();
    },
  };
}
