// The activity log where it goes to the system's log, a line each with its line feed, and is kept nowhere here (supervisor 4.2.5
// loggers.py, SyslogHandler).
import { textOf } from "../core/bytes-text.js";
import type { LogSink } from "./ports.js";

/** The lines of a chunk of output, as each is sent. */
export function linesOf(chunk: Buffer): string[] {
  return textOf(chunk).replace(/\n+$/, "").split("\n");
}

export class SyslogSink implements LogSink {
  readonly path = null;
  readonly isFull = false;
  readonly #send: (line: string) => void;

  constructor(send: (line: string) => void) {
    this.#send = send;
  }

  write(chunk: Buffer): void {
    for (const line of linesOf(chunk)) this.#send(`${line}\n`);
  }

  open(): void {}
  settle(): boolean {
    return true;
  }
  reopen(): void {}
  clear(): void {}
  close(): void {}
}
