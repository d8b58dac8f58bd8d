// The only HTTP of fleet mode: requests to the controller's API, its JSON answers and event streams, or a FleetError.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { createParser, type EventSourceMessage } from "eventsource-parser";
import { requirePrivate } from "./address.js";
import { connectionFailure, refusal, stranger } from "./failure.js";
import { type HttpAnswer, sendHttp } from "./http.js";

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface ClientOptions {
  readonly url: string;
  /** None before a login. */
  readonly token: string | null;
  readonly plainHttp: boolean;
}

interface Sending {
  readonly query?: Query;
  readonly body?: unknown;
  readonly accept?: string;
  /** Sent as it is, instead of `body`. */
  readonly xml?: string;
  /** The token goes as this user's password, as XML-RPC clients send it. */
  readonly basicUser?: string;
  readonly signal?: AbortSignal;
}

interface StreamOptions {
  readonly query?: Query;
  readonly signal: AbortSignal;
  readonly silenceMs: number;
  readonly onOpen?: () => void;
}

/** Longest wait for an answer; a little longer than the controller may be asked to wait before it gives one. */
const ANSWER_MS = 45_000;
/** Longest event of a stream that is read: what is longer is no answer of a controller. */
const EVENT_CHARS = 16 * 1024 * 1024;

export class ApiClient {
  readonly url: string;
  readonly #token: string | null;
  #skewMs = 0;

  /** Throws FleetError when the token could be read on the way. */
  constructor({ url, token, plainHttp }: ClientOptions) {
    requirePrivate(url, plainHttp);
    this.url = url;
    this.#token = token;
  }

  /** The controller's time as of its answers, to the second; this host's until one came. */
  nowMs(): number {
    return Date.now() + this.#skewMs;
  }

  get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
    return this.#json<T>("GET", path, { query, ...(signal === undefined ? {} : { signal }) });
  }

  post<T>(path: string, body: unknown, signal?: AbortSignal): Promise<T> {
    return this.#json<T>("POST", path, { body, ...(signal === undefined ? {} : { signal }) });
  }

  async delete(path: string): Promise<void> {
    await this.#json<unknown>("DELETE", path, {});
  }

  /**
   * Events until the server ends the stream or `signal` aborts. Fails like a request; a cut is `unavailable`, a silence of
   * `silenceMs`, without even a sign of life, `deadline-exceeded`. `onOpen` is called when the answer begins.
   */
  async *stream(
    path: string,
    { query = {}, signal, silenceMs, onOpen = () => {} }: StreamOptions,
  ): AsyncGenerator<EventSourceMessage, void, void> {
    const silence = new AbortController();
    const timer = setTimeout(() => silence.abort(), silenceMs);
    const either = AbortSignal.any([signal, silence.signal]);
    try {
      const response = await this.#send("GET", path, { query, accept: "text/event-stream", signal: either });
      const type = response.header("content-type");
      if (!type.startsWith("text/event-stream")) {
        response.body.destroy();
        throw stranger(this.url, `type ${type}`);
      }
      onOpen();
      const events: EventSourceMessage[] = [];
      const parser = createParser({
        onEvent: (event) => void events.push(event),
        // Unknown fields and the like are to be passed over; only what is too long ends the stream.
        onError: (error) => {
          if (error.type === "max-buffer-size-exceeded") throw stranger(this.url, "an endless event");
        },
        maxBufferSize: EVENT_CHARS,
      });
      const decoder = new TextDecoder();
      for await (const chunk of response.body) {
        timer.refresh();
        parser.feed(decoder.decode(chunk as Uint8Array, { stream: true }));
        yield* events.splice(0);
      }
    } catch (thrown) {
      if (signal.aborted) return;
      if (thrown instanceof FleetError) throw thrown;
      if (!silence.signal.aborted) throw connectionFailure(this.url, false, thrown);
      throw new FleetError("deadline-exceeded", `nothing heard from ${this.url} for ${silenceMs / 1000} s`);
    } finally {
      clearTimeout(timer);
    }
  }

  /** An answer of success that is neither JSON nor events; whoever asks reads its body or cancels it. Fails like a request. */
  raw(
    method: "GET" | "POST",
    path: string,
    sending: Pick<Sending, "xml" | "basicUser" | "signal">,
  ): Promise<HttpAnswer> {
    return this.#send(method, path, { accept: "*/*", ...sending });
  }

  async #json<T>(method: string, path: string, sending: Sending): Promise<T> {
    const changes = method !== "GET";
    const limit = AbortSignal.timeout(ANSWER_MS);
    const signal = sending.signal === undefined ? limit : AbortSignal.any([sending.signal, limit]);
    const response = await this.#send(method, path, { ...sending, signal });
    let text: string;
    try {
      text = await response.text();
    } catch (thrown) {
      if (sending.signal?.aborted) throw thrown;
      throw connectionFailure(this.url, changes, thrown);
    }
    if (text === "") return undefined as T;
    try {
      return JSON.parse(text) as T;
    } catch {
      throw stranger(this.url, "no JSON");
    }
  }

  /** An answer of success with its body unread. */
  async #send(
    method: string,
    path: string,
    { query, body, accept, xml, basicUser, signal }: Sending,
  ): Promise<HttpAnswer> {
    const address = new URL(path, this.url);
    for (const [key, value] of Object.entries(query ?? {})) {
      if (value !== undefined) address.searchParams.set(key, String(value));
    }
    let response: HttpAnswer;
    try {
      response = await sendHttp(address, {
        method,
        headers: {
          accept: accept ?? "application/json",
          ...this.#authorization(basicUser),
          ...(xml === undefined ? {} : { "content-type": "text/xml" }),
          ...(body === undefined ? {} : { "content-type": "application/json" }),
        },
        body: xml ?? (body === undefined ? undefined : JSON.stringify(body)),
        signal,
      });
      this.#readClock(response);
      if (response.ok) return response;
    } catch (thrown) {
      if (signal?.aborted && !(signal.reason instanceof Error && signal.reason.name === "TimeoutError")) throw thrown;
      throw connectionFailure(this.url, method !== "GET", thrown);
    }
    const refused = refusal(this.url, response.status, await response.text().catch(() => ""), method !== "GET");
    if (refused.kind !== "unauthenticated" || this.#token === null) throw refused;
    throw new FleetError("unauthenticated", `${this.url} does not accept the token: run \`fvctl login ${this.url}\``);
  }

  #authorization(basicUser: string | undefined): Readonly<Record<string, string>> {
    if (this.#token === null) return {};
    if (basicUser === undefined) return { authorization: `Bearer ${this.#token}` };
    return { authorization: `Basic ${Buffer.from(`${basicUser}:${this.#token}`).toString("base64")}` };
  }

  #readClock(response: HttpAnswer): void {
    const theirs = Date.parse(response.header("date"));
    const skewMs = theirs - Date.now();
    // The header has whole seconds: what is less than two may be no difference at all.
    this.#skewMs = Math.abs(skewMs) > 2_000 ? skewMs : 0;
  }
}
