// The keys of a terminal as a stream of single characters, read only while somebody waits for them.
import { PassThrough, type Readable } from "node:stream";
import type { ReadStream } from "node:tty";

/**
 * node's readline appends what arrives in one piece to the line, wherever the cursor is, and runs on while Tab is answered;
 * one character at a time it does neither. While off, the terminal is as it was, and what is typed waits in it.
 */
export class Keys {
  readonly characters: Readable;
  readonly #terminal: ReadStream;

  constructor(terminal: ReadStream) {
    const characters = new PassThrough({ objectMode: true });
    this.#terminal = terminal;
    this.characters = characters;
    terminal.setEncoding("utf8");
    terminal.on("data", (text: string) => {
      for (const character of text) characters.write(character);
    });
    terminal.on("end", () => characters.end());
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
}
