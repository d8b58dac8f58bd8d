// Events for a reader that may be slow: each waits until what is before it has been taken, so that many sources together do not
// outrun what a stream may leave unread.
import type { EventStream } from "./event-stream.js";

export class PacedEvents {
  readonly #stream: EventStream;
  readonly #waiting: { readonly text: string; readonly taken: () => void }[] = [];
  #isBehind = false;
  #isEnding = false;

  constructor(stream: EventStream) {
    this.#stream = stream;
  }

  /** `taken` is called when it has been passed on and the reader takes more; a source that waits for it is never far ahead. */
  write(text: string, taken: () => void = () => {}): void {
    this.#waiting.push({ text, taken });
    this.#flush();
  }

  /** Ends the stream behind everything that was written. */
  end(): void {
    this.#isEnding = true;
    this.#flush();
  }

  #flush(): void {
    while (!this.#isBehind) {
      const next = this.#waiting.shift();
      if (next === undefined) break;
      if (this.#stream.write(next.text)) {
        next.taken();
        continue;
      }
      this.#isBehind = true;
      this.#stream.onceDrained(() => {
        this.#isBehind = false;
        next.taken();
        this.#flush();
      });
    }
    if (this.#isEnding && !this.#isBehind && this.#waiting.length === 0) this.#stream.end();
  }
}
