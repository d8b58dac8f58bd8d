// Every open event stream and on whose behalf it is open: keeps them alive, and ends those whose reader may no longer read.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Access, Credentials } from "../access/access.js";
import type { Actor } from "../access/actor.js";
import { actorOf } from "./context.js";
import { EventStream } from "./event-stream.js";
import { credentialsOf } from "./guard.js";

/** So often a quiet stream shows that it is there, and its reader is asked for again. */
const KEEPALIVE_MS = 15_000;

/** Streams that may be open at a time. */
export interface StreamLimits {
  readonly ofUser: number;
  readonly inAll: number;
}

export const STREAM_LIMITS: StreamLimits = { ofUser: 200, inAll: 4_000 };

/** What is open on somebody's behalf. */
export interface Kept {
  end(): void;
  /** Shows a quiet reader that it is there. */
  stillHere(): void;
}

interface Opened {
  readonly user: string;
  readonly credentials: Credentials;
  readonly grantsKey: string;
  readonly mayRead: (actor: Actor) => boolean;
  /** Whether it counts against the limits. */
  readonly isStream: boolean;
}

export class Streams {
  readonly #access: Access;
  readonly #limits: StreamLimits;
  readonly #open = new Map<Kept, Opened>();
  #timer: NodeJS.Timeout | null = null;

  constructor(access: Access, limits: StreamLimits = STREAM_LIMITS) {
    this.#access = access;
    this.#limits = limits;
  }

  /** Streams that are open. */
  get count(): number {
    return this.#own(() => true);
  }

  #own(isOwn: (opened: Opened) => boolean): number {
    let count = 0;
    for (const opened of this.#open.values()) if (opened.isStream && isOwn(opened)) count += 1;
    return count;
  }

  /**
   * Answers a request with a stream. `onEnd` is called once, whoever ends it. It lasts as long as its reader's login and grants are
   * what they were, and `mayRead` holds. Throws `rate-limited` when too many are open.
   */
  open(
    request: FastifyRequest,
    reply: FastifyReply,
    onEnd: (stream: EventStream) => void,
    mayRead: (actor: Actor) => boolean = () => true,
  ): EventStream {
    // Before the reply is taken over: a refusal is an answer like any other.
    this.#admit(request);
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
    this.#admit(request);
    return this.#hold(request, kept, mayRead, true);
  }

  /**
   * Does work that may wait long before its answer, and tells it by the signal to end when whoever asks may not know the same any more.
   * Afterwards the request is that of the caller as they are then. Throws `unauthenticated` when that is nobody.
   */
  async waiting<T>(request: FastifyRequest, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const changed = new AbortController();
    const kept = { end: () => changed.abort(), stillHere: () => {} };
    const forget = this.#hold(request, kept, () => true, false);
    try {
      const result = await work(changed.signal);
      request.actor = await this.#access.authenticate(credentialsOf(request));
      // Whether it is nobody.
      actorOf(request);
      return result;
    } finally {
      forget();
    }
  }

  #hold(request: FastifyRequest, kept: Kept, mayRead: (actor: Actor) => boolean, isStream: boolean): () => void {
    const { user, grants } = actorOf(request);
    const opened = { user, credentials: credentialsOf(request), grantsKey: grants.key, mayRead, isStream };
    this.#open.set(kept, opened);
    this.#timer ??= setInterval(() => this.#keepAlive(), KEEPALIVE_MS);
    // What was taken back between the beginning of the request and now would be found out late.
    void this.#recheck(kept, opened);
    return () => {
      this.#open.delete(kept);
      this.#disarm();
    };
  }

  /** Throws `rate-limited` when too many are open. */
  #admit(request: FastifyRequest): void {
    const { user } = actorOf(request);
    const { ofUser, inAll } = this.#limits;
    const own = this.#own((opened) => opened.user === user);
    if (own >= ofUser || this.count >= inAll) {
      throw new FleetError("rate-limited", `too many streams are open (${own} of ${user}): end some first`);
    }
  }

  /** Ends the streams of sessions and tokens that ended, and of readers whose grants changed: who comes back sees what is so now. */
  async recheck(): Promise<void> {
    await Promise.all([...this.#open].map(([kept, opened]) => this.#recheck(kept, opened)));
  }

  async #recheck(kept: Kept, opened: Opened): Promise<void> {
    const actor = await this.#access.authenticate(opened.credentials).catch(() => null);
    if (this.#open.get(kept) !== opened) return;
    if (actor === null || actor.grants.key !== opened.grantsKey || !opened.mayRead(actor)) kept.end();
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
