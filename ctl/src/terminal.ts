// Asking a person: a line with editing and history, a secret that is not shown. Without a terminal the answers are the lines of stdin.
import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { complete, inColumns } from "./completion.js";
import { Interrupted } from "./interrupted.js";
import { Keys } from "./keys.js";

export interface Asker {
  /**
   * Shows `question` and answers the line typed; null at the end of input (Ctrl-D) and when `signal` is aborted, after both
   * of which one may ask again. Rejects with Interrupted at Ctrl-C.
   */
  askLine(question: string, signal?: AbortSignal): Promise<string | null>;
  /** The same, but an end of input is an error. */
  ask(question: string): Promise<string>;
  /** Asks without showing or remembering what is typed. */
  askSecret(question: string): Promise<string>;
  /** The lines typed so far, newest first. */
  history(): readonly string[];
  /** Lets the terminal go; another asker may then be made. */
  close(): void;
}

export interface AskerOptions {
  /** Possible words at the end of the line; only asked on a terminal. */
  readonly candidates?: (line: string) => Promise<readonly string[]>;
  /** Newest first. */
  readonly history?: readonly string[];
  readonly historyLines?: number;
}

type Answer = { readonly line: string } | "end" | "interrupted";

const DEFAULT_COLUMNS = 80;

/**
 * Asks on the process's own stdin and `screen`; there may be only one asker at a time. Between questions the terminal is as
 * it was: Ctrl-C is the process's SIGINT, and what is typed ahead waits for the next question.
 */
export function processAsker(screen: NodeJS.WriteStream, options: AskerOptions = {}): Asker {
  const { stdin } = process;
  const keys = stdin.isTTY === true ? new Keys(stdin) : null;
  const { candidates, historyLines = 0 } = options;
  let history: readonly string[] = options.history ?? [];
  let isHidden = false;
  let hasEnded = false;
  let lines: Interface | null = null;
  let answerWith: ((answer: Answer) => void) | null = null;
  let lastTab: string | null = null;
  const arrived: string[] = [];

  const output = new Writable({
    write(chunk: Buffer, _encoding, done) {
      if (!isHidden) screen.write(chunk);
      done();
    },
  });
  // readline measures lines by the width of its output.
  Object.defineProperty(output, "columns", { get: () => screen.columns });

  /** Answers the open question; false when there is none, since several lines may come at once. */
  function settle(answer: Answer): boolean {
    const isOpen = answerWith !== null;
    answerWith?.(answer);
    answerWith = null;
    return isOpen;
  }

  /** The word to put in at the cursor; shows the list when that is what Tab means now. */
  async function onTab(line: string): Promise<[string[], string]> {
    const typed = /\S*$/.exec(line)?.[0] ?? "";
    const fitting = candidates === undefined || isHidden ? [] : await candidates(line).catch(() => []);
    const completion = complete(typed, fitting, line === lastTab);
    if ("add" in completion) {
      lastTab = line + completion.add;
      return [completion.add === "" ? [] : [typed + completion.add], typed];
    }
    screen.write(`\r\n${inColumns(completion.list, screen.columns ?? DEFAULT_COLUMNS).join("\r\n")}\r\n`);
    lines?.prompt(true);
    return [[], typed];
  }

  function opened(): Interface {
    if (lines !== null) return lines;
    const own = createInterface({
      input: keys?.characters ?? stdin,
      output,
      terminal: keys !== null,
      history: [...history],
      historySize: historyLines,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        onTab(line).then((result) => done(null, result));
      },
    });
    own.on("history", (now: string[]) => {
      if (isHidden) now.shift();
      history = [...now];
    });
    own.on("line", (line) => {
      if (!settle({ line })) arrived.push(line);
    });
    own.on("close", () => {
      lines = null;
      if (keys === null) hasEnded = true;
      settle("end");
    });
    own.on("SIGINT", () => {
      settle("interrupted");
      own.close(); // with what was typed of the line
    });
    lines = own;
    return own;
  }

  async function askLine(question: string, signal?: AbortSignal): Promise<string | null> {
    const known = arrived.shift();
    if (known !== undefined || hasEnded) {
      screen.write(question);
      return known ?? null;
    }
    const own = opened();
    const answer = await new Promise<Answer>((resolve) => {
      answerWith = resolve;
      signal?.addEventListener("abort", () => settle("end"), { once: true });
      keys?.on();
      own.setPrompt(question);
      own.prompt();
    });
    keys?.off();
    if (lines === own) own.pause();
    if (answer === "interrupted") throw new Interrupted();
    return answer === "end" ? null : answer.line;
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
        if (keys !== null) screen.write("\n");
      }
    },
    history: () => history,
    close() {
      lines?.close();
      keys?.close();
    },
  };
}
