// The live stream: every change as an event with a number, sent to who listens and kept a while for who comes back.
import { randomUUID } from "node:crypto";
import type { StreamEvents } from "@fleetvisor/proto/api/v1";
import { VERSION } from "../version.js";
import { type EventStream, frame } from "./event-stream.js";

/** What is kept for readers that resume. More than this is not sent again: asking for the state of now is cheaper. */
const KEPT_EVENTS = 5_000;
const KEPT_CHARS = 256 * 1024;

export class LiveHub {
  /** Numbers of an earlier start of the controller mean nothing here. */
  readonly #runId = randomUUID().slice(0, 8);
  readonly #readers = new Set<EventStream>();
  /** The latest events, by number, the oldest first. */
  readonly #kept = new Map<number, string>();
  #keptChars = 0;
  #number = 0;

  get keptChars(): number {
    return this.#keptChars;
  }

  publish<K extends keyof StreamEvents>(type: K, data: StreamEvents[K]): void {
    this.#number += 1;
    const text = frame(type, data, `${this.#runId}.${this.#number}`);
    this.#keep(this.#number, text);
    for (const reader of this.#readers) reader.write(text);
  }

  /** Sends a reader every change from now on; `lastEventId` is what it saw last, if it comes back: then also what it missed. */
  add(reader: EventStream, lastEventId: string | undefined): void {
    this.#readers.add(reader);
    const hello = { version: VERSION, atMs: Date.now() };
    reader.write(frame("hello", hello, lastEventId === undefined ? `${this.#runId}.${this.#number}` : undefined));
    if (lastEventId !== undefined) this.#resume(reader, lastEventId);
  }

  remove(reader: EventStream): void {
    this.#readers.delete(reader);
  }

  #resume(reader: EventStream, lastEventId: string): void {
    const [runId, digits] = lastEventId.split(".");
    const seen = Number(digits);
    const known = runId === this.#runId && Number.isInteger(seen) && seen >= 0 && seen <= this.#number;
    const missed = known ? this.#since(seen) : null;
    if (missed !== null) {
      reader.write(missed);
      return;
    }
    const data = { reason: known ? "too much happened in between" : "the controller was started anew" };
    reader.write(frame("reset", data, `${this.#runId}.${this.#number}`));
  }

  #keep(number: number, text: string): void {
    this.#kept.set(number, text);
    this.#keptChars += text.length;
    for (const [oldest, gone] of this.#kept) {
      if (this.#kept.size <= KEPT_EVENTS && this.#keptChars <= KEPT_CHARS) break;
      this.#kept.delete(oldest);
      this.#keptChars -= gone.length;
    }
  }

  /** Everything after an event; null when that is not kept any more. */
  #since(seen: number): string | null {
    if (this.#number - seen > this.#kept.size) return null;
    const missed: string[] = [];
    for (let number = seen + 1; number <= this.#number; number++) missed.push(this.#kept.get(number) ?? "");
    return missed.join("");
  }
}
