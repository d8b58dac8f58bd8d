// The keys of a terminal as a stream of single characters, read only while somebody waits for them.
import { PassThrough } from "node:stream";
import type { ReadStream } from "node:tty";

/**
 * node's readline appends what arrives in one piece to the line, wherever the cursor is, and runs on while Tab is answered;
 * one character at a time it does neither. While off, the terminal is as it was, and what is typed waits in it.
 */
export class Keys {
  readonly characters: PassThrough = new PassThrough({ objectMode: true });
  readonly #terminal: ReadStream;
  readonly #onData = (text: string): void => {
    for (const character of text) this.characters.write(character);
  };
  readonly #onEnd = (): void => void this.characters.end();

  constructor(terminal: ReadStream) {
    this.#terminal = terminal;
    terminal.setEncoding("utf8");
    terminal.on("data", this.#onData);
    terminal.on("end", this.#onEnd);
    terminal.pause();
  }

  on(): void {
    this.#terminal.setRawMode(true);
    this.#terminal.resume();
  }

  off(): void {
    this.#terminal.setRawMode(false);
    this.#terminal.pause();
  }

  /** Lets the terminal go, so that others may read it. May be called twice. */
  close(): void {
    this.#terminal.off("data", this.#onData);
    this.#terminal.off("end", this.#onEnd);
  }
}
