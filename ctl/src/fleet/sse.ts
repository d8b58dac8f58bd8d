// Reads server-sent events out of text in pieces of any size (WHATWG HTML, 9.2.6 "Interpreting an event stream"). Pure.

/** One event; `id` is the last one told, which resumes the stream. */
export interface SseEvent {
  readonly event: string;
  readonly data: string;
  readonly id: string;
}

/** Longest event that is read: what is longer is no answer of a controller. */
const EVENT_LIMIT = 16 * 1024 * 1024;

/** Feed it the decoded text in order; it answers the events that became whole. */
export class SseParser {
  #rest = "";
  #event = "";
  #data: string[] = [];
  #size = 0;
  #id = "";
  #afterReturn = false;

  /** Throws RangeError when an event is longer than the limit. */
  feed(text: string): SseEvent[] {
    if (text === "") return [];
    // A line feed that ends what a carriage return ended already, cut apart by the transport.
    const from = this.#afterReturn && text.startsWith("\n") ? 1 : 0;
    this.#afterReturn = text.endsWith("\r");
    const lines = (this.#rest + text.slice(from)).split(/\r\n|\r|\n/);
    this.#rest = lines.pop() ?? "";
    const events: SseEvent[] = [];
    for (const line of lines) {
      if (line !== "") this.#field(line);
      else {
        if (this.#data.length > 0) {
          events.push({ event: this.#event || "message", data: this.#data.join("\n"), id: this.#id });
        }
        this.#event = "";
        this.#data = [];
        this.#size = 0;
      }
    }
    if (this.#size + this.#rest.length > EVENT_LIMIT) throw new RangeError("an event of the stream is too long");
    return events;
  }

  #field(line: string): void {
    const colon = line.indexOf(":");
    if (colon === 0) return; // a comment keeps the connection alive
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (name === "event") this.#event = value;
    else if (name === "id" && !value.includes("\0")) this.#id = value;
    else if (name === "data") {
      this.#data.push(value);
      this.#size += value.length;
    }
  }
}
