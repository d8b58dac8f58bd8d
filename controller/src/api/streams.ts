// Every open event stream and on whose behalf it is open: keeps them alive, and ends those whose reader may no longer read.
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Access, Credentials } from "../access/access.js";
import type { Actor } from "../access/actor.js";
import { actorOf } from "./context.js";
import { EventStream } from "./event-stream.js";
import { credentialsOf } from "./guard.js";

/** So often a quiet stream shows that it is there, and its reader is asked for again. */
const KEEPALIVE_MS = 15_000;

/** What is open on somebody's behalf. */
export interface Kept {
  end(): void;
  /** Shows a quiet reader that it is there. */
  stillHere(): void;
}

interface Opened {
  readonly credentials: Credentials;
  readonly grantsKey: string;
  readonly mayRead: (actor: Actor) => boolean;
}

export class Streams {
  readonly #access: Access;
  readonly #open = new Map<Kept, Opened>();
  #timer: NodeJS.Timeout | null = null;

  constructor(access: Access) {
    this.#access = access;
  }

  /** Streams that are open. */
  get count(): number {
    return this.#open.size;
  }

  /**
   * Answers a request with a stream. `onEnd` is called once, whoever ends it. It lasts as long as its reader's login and grants are
   * what they were, and `mayRead` holds.
   */
  open(
    request: FastifyRequest,
    reply: FastifyReply,
    onEnd: (stream: EventStream) => void,
    mayRead: (actor: Actor) => boolean = () => true,
  ): EventStream {
    const stream = new EventStream(reply, () => {
      forget();
      onEnd(stream);
    });
    const kept = { end: () => stream.end(), stillHere: () => void stream.write(": still here\n\n") };
    const forget = this.keep(request, kept, mayRead);
    return stream;
  }

  /** Ends what is open on behalf of who asks, when `open` would; until the result, to be called once, says that it has ended. */
  keep(request: FastifyRequest, kept: Kept, mayRead: (actor: Actor) => boolean): () => void {
    const { grants } = actorOf(request);
    this.#open.set(kept, { credentials: credentialsOf(request), grantsKey: grants.key, mayRead });
    this.#timer ??= setInterval(() => this.#keepAlive(), KEEPALIVE_MS);
    return () => {
      this.#open.delete(kept);
      this.#disarm();
    };
  }

  /** Ends the streams of sessions and tokens that ended, and of readers whose grants changed: who comes back sees what is so now. */
  async recheck(): Promise<void> {
    await Promise.all(
      [...this.#open].map(async ([stream, { credentials, grantsKey, mayRead }]) => {
        const actor = await this.#access.authenticate(credentials).catch(() => null);
        if (actor === null || actor.grants.key !== grantsKey || !mayRead(actor)) stream.end();
      }),
    );
  }

  /** Ends every stream. */
  end(): void {
    for (const stream of this.#open.keys()) stream.end();
  }

  #keepAlive(): void {
    for (const kept of this.#open.keys()) kept.stillHere();
    void this.recheck();
  }

  #disarm(): void {
    if (this.#open.size > 0 || this.#timer === null) return;
    clearInterval(this.#timer);
    this.#timer = null;
  }
}
