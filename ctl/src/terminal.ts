// Asking a person: a line, a secret that is not shown. Without a terminal the answers are the lines of stdin.
import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

export interface Asker {
  /** Shows `question` and answers the line typed; null at the end of input and at Ctrl-C. */
  askLine(question: string): Promise<string | null>;
  /** The same, but an end of input is an error. */
  ask(question: string): Promise<string>;
  /** Asks without showing what is typed. */
  askSecret(question: string): Promise<string>;
  /** The lines typed so far, newest first. */
  history(): readonly string[];
  close(): void;
}

export interface AskerOptions {
  /** Possible words at the end of the line; only asked on a terminal. */
  readonly complete?: (line: string) => Promise<readonly string[]>;
  /** Newest first. */
  readonly history?: readonly string[];
  readonly historyLines?: number;
}

/**
 * Asks on the process's own stdin and `screen`. It holds stdin open until `close`, and there may be only one at a time.
 * Ctrl-C while a question is open ends the input; otherwise it is the process's SIGINT.
 */
export function processAsker(screen: NodeJS.WriteStream, options: AskerOptions = {}): Asker {
  let isHidden = false;
  let isAsking = false;
  let hasEnded = false;
  let wake: () => void = () => undefined;
  const arrived: string[] = [];
  const isTerminal = process.stdin.isTTY === true;
  const { complete, historyLines = 0 } = options;

  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isHidden) screen.write(chunk);
      done();
    },
  });
  // readline measures lines by the width of its output.
  Object.defineProperty(output, "columns", { get: () => screen.columns });
  const lines = createInterface({
    input: process.stdin,
    output,
    terminal: isTerminal,
    history: [...(options.history ?? [])],
    historySize: historyLines,
    ...(complete === undefined
      ? {}
      : {
          completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
            complete(line).then(
              (words) => done(null, [[...words], /\S*$/.exec(line)?.[0] ?? ""]),
              () => done(null, [[], ""]),
            );
          },
        }),
  });
  let history: readonly string[] = options.history ?? [];
  lines.on("history", (now: string[]) => {
    history = [...now];
  });
  lines.on("line", (line) => {
    arrived.push(line);
    wake();
  });
  lines.on("close", () => {
    hasEnded = true;
    wake();
  });
  lines.on("SIGINT", () => {
    if (isAsking) lines.close();
    else process.kill(process.pid, "SIGINT");
  });

  async function askLine(question: string): Promise<string | null> {
    if (arrived.length > 0 || hasEnded) {
      screen.write(question);
      return arrived.shift() ?? null;
    }
    lines.setPrompt(question);
    lines.prompt();
    isAsking = true;
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
    isAsking = false;
    return arrived.shift() ?? null;
  }

  async function ask(question: string): Promise<string> {
    const line = await askLine(question);
    if (line === null) throw new FleetError("invalid-argument", "the input ended before an answer came");
    return line;
  }

  return {
    askLine,
    ask,
    async askSecret(question) {
      screen.write(question);
      isHidden = true;
      try {
        return await ask("");
      } finally {
        isHidden = false;
        if (isTerminal) screen.write("\n");
      }
    },
    history: () => history,
    close: () => lines.close(),
  };
}
