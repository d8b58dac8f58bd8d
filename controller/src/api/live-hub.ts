// The live stream: every change as an event with a number, sent to who listens and kept a while for who comes back. Readers who see
// the same share a channel: an event is cut to what they see, numbered and written down once for all of them.
import { randomUUID } from "node:crypto";
import type { StreamEvents } from "@fleetvisor/proto/api/v1";
import type { Cover } from "../access/grants.js";
import { VERSION } from "../version.js";
import { type EventStream, frame, frameOf } from "./event-stream.js";

/** What is kept for readers that resume. More than this is not sent again: asking for the state of now is cheaper. */
const KEPT_EVENTS = 5_000;
const KEPT_CHARS = 256 * 1024;
/** So long a channel of a part waits for a reader to come back. */
const DESERTED_MS = 60_000;
/** So many operations and instances are remembered, in each channel of a part, for not saying the same of them twice. */
const REMEMBERED = 50;

type Part<K extends keyof StreamEvents> = (cover: Cover) => StreamEvents[K] | null;

export class LiveHub {
  readonly #whole = new Channel();
  /** By the key of their cover. */
  readonly #parts = new Map<string, PartChannel>();

  get keptChars(): number {
    return this.#whole.keptChars;
  }

  /** Whether anybody listens who does not see everything. */
  get hasParts(): boolean {
    return this.#parts.size > 0;
  }

  /** `part` says what is left of the event under a cover, null for nothing. Without it only who sees everything is told. */
  publish<K extends keyof StreamEvents>(type: K, data: StreamEvents[K], part?: Part<K>): void {
    const json = JSON.stringify(data);
    this.#whole.send(type, json);
    if (part !== undefined) this.publishParts(type, part, data, json);
  }

  /** As `publish`, for those alone who do not see everything. `whole` and its JSON save writing the same down again. */
  publishParts<K extends keyof StreamEvents>(type: K, part: Part<K>, whole?: StreamEvents[K], wholeJson = ""): void {
    for (const [key, channel] of this.#parts) {
      if (channel.isDeserted()) {
        this.#parts.delete(key);
        continue;
      }
      const data = part(channel.cover);
      if (data !== null) channel.tell(type, data, data === whole ? wholeJson : JSON.stringify(data));
    }
  }

  /** Sends a reader every change from now on; `lastEventId` is what it saw last, if it comes back: then also what it missed. */
  add(reader: EventStream, lastEventId: string | undefined, cover: Cover | null = null): void {
    this.#channelOf(cover).add(reader, lastEventId);
  }

  remove(reader: EventStream): void {
    this.#whole.remove(reader);
    for (const channel of this.#parts.values()) channel.remove(reader);
  }

  #channelOf(cover: Cover | null): Channel {
    if (cover === null || cover.everything) return this.#whole;
    let channel = this.#parts.get(cover.key);
    if (channel === undefined) {
      channel = new PartChannel(cover);
      this.#parts.set(cover.key, channel);
    }
    return channel;
  }
}

/** Events as one set of readers sees them. Numbers are its own: they tell nothing of what others see. */
class Channel {
  /** Numbers of another channel, or of an earlier start of the controller, mean nothing here. */
  readonly #runId = randomUUID().slice(0, 8);
  readonly #readers = new Set<EventStream>();
  /** The latest events, by number, the oldest first. */
  readonly #kept = new Map<number, string>();
  #keptChars = 0;
  #number = 0;
  #leftMs = performance.now();

  get keptChars(): number {
    return this.#keptChars;
  }

  isDeserted(): boolean {
    return this.#readers.size === 0 && performance.now() - this.#leftMs > DESERTED_MS;
  }

  send(type: string, json: string): void {
    this.#number += 1;
    const text = frameOf(type, json, `${this.#runId}.${this.#number}`);
    this.#keep(this.#number, text);
    for (const reader of this.#readers) reader.write(text);
  }

  add(reader: EventStream, lastEventId: string | undefined): void {
    this.#readers.add(reader);
    const hello = { version: VERSION, atMs: Date.now() };
    reader.write(frame("hello", hello, lastEventId === undefined ? `${this.#runId}.${this.#number}` : undefined));
    if (lastEventId !== undefined) this.#resume(reader, lastEventId);
  }

  remove(reader: EventStream): void {
    if (this.#readers.delete(reader)) this.#leftMs = performance.now();
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

/** The channel of who sees a part. */
class PartChannel extends Channel {
  readonly cover: Cover;
  /** The last words about each operation and instance: what changes in the hidden part alone is no news here. */
  readonly #said = new Map<string, string>();

  constructor(cover: Cover) {
    super();
    this.cover = cover;
  }

  tell<K extends keyof StreamEvents>(type: K, data: StreamEvents[K], json: string): void {
    if (type === "operation" || type === "operation-progress") {
      if (this.#isSaid(`operation ${(data as StreamEvents["operation" | "operation-progress"]).id}`, json)) return;
    } else if (type === "instance") {
      if (this.#isSaid(`instance ${(data as StreamEvents["instance"]).name}`, json)) return;
    } else if (type === "instance-removed") {
      this.#said.delete(`instance ${(data as StreamEvents["instance-removed"]).name}`);
    }
    this.send(type, json);
  }

  #isSaid(about: string, json: string): boolean {
    if (this.#said.get(about) === json) return true;
    this.#said.delete(about);
    this.#said.set(about, json);
    for (const oldest of this.#said.keys()) {
      if (this.#said.size <= REMEMBERED) break;
      this.#said.delete(oldest);
    }
    return false;
  }
}
