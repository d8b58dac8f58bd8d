// One answer as server-sent events: headers, writing, and the end of a reader that does not read.
import type { FastifyReply } from "fastify";

/** Events that come within this time of each other leave in one write: what a write costs does not depend on its size. */
const GATHER_MS = 10;
/** So much needs no company. */
const GATHER_CHARS = 64 * 1024;
/** Bytes a reader may leave unread before it is cut off at the next event; its browser comes back and resumes. */
const UNREAD_BYTES = 1024 * 1024;
const UNREAD_END_MS = 5_000;

/** A reader of server-sent events. `write` after the end does nothing. */
export class EventStream {
  readonly #reply: FastifyReply;
  readonly #waiting: (() => void)[] = [];
  #ended = false;
  #gathered = "";
  #planned = false;
  #writtenMs = 0;

  /** Takes the reply over and sends the headers. `onEnd` is called once, whoever ends it. */
  constructor(reply: FastifyReply, onEnd: () => void) {
    this.#reply = reply;
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-accel-buffering": "no",
      "x-content-type-options": "nosniff",
    });
    raw.flushHeaders();
    raw.once("close", () => {
      this.#ended = true;
      onEnd();
    });
    raw.on("error", () => {});
  }

  /** False while the reader is behind: `onceDrained` tells when it has caught up. */
  write(text: string): boolean {
    if (this.#ended) return true;
    const { raw } = this.#reply;
    // Asked before: one event may be larger than this and still be read at once.
    if (raw.writableLength + this.#gathered.length > UNREAD_BYTES) {
      raw.destroy();
      return true;
    }
    this.#gathered += text;
    if (this.#gathered.length >= GATHER_CHARS) {
      this.#flush();
    } else if (!this.#planned) {
      this.#planned = true;
      const waitMs = this.#writtenMs + GATHER_MS - performance.now();
      const later = () => {
        this.#planned = false;
        this.#flush();
      };
      if (waitMs <= 0) setImmediate(later);
      else setTimeout(later, waitMs);
    }
    return !raw.writableNeedDrain;
  }

  #flush(): void {
    if (this.#gathered === "" || this.#reply.raw.destroyed) return;
    this.#writtenMs = performance.now();
    const text = this.#gathered;
    this.#gathered = "";
    this.#reply.raw.write(text);
  }

  onceDrained(then: () => void): void {
    if (this.#waiting.push(then) > 1) return;
    this.#reply.raw.once("drain", () => {
      for (const next of this.#waiting.splice(0)) next();
    });
  }

  /** Sends nothing more. Who does not read even the end is cut off. */
  end(): void {
    if (this.#ended) return;
    this.#flush();
    this.#ended = true;
    const { raw } = this.#reply;
    raw.end();
    setTimeout(() => raw.destroy(), UNREAD_END_MS).unref();
  }
}

/** An event as it goes over the wire. JSON has no line breaks, so one data line is enough. */
export function frame(event: string, data: unknown, id?: string): string {
  return frameOf(event, JSON.stringify(data), id);
}

/** As `frame`, of data that is JSON already. */
export function frameOf(event: string, json: string, id?: string): string {
  return `${id === undefined ? "" : `id: ${id}\n`}event: ${event}\ndata: ${json}\n\n`;
}
