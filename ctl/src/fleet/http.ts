// One HTTP request and its answer, by node's own client: fetch takes longer to load than a whole command takes.
import type { IncomingMessage, RequestOptions } from "node:http";
import { pipeline, type Readable } from "node:stream";
import { isLoopback } from "./address.js";

/** Code of the error when there is no connection after this time. */
const CONNECT_TIMEOUT = "CONNECT_TIMEOUT";
const CONNECT_MS = 10_000;

export interface HttpRequest {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Ends it at any moment, also while the answer is read. */
  readonly signal?: AbortSignal | undefined;
}

/** An answer whose body is still to be read. */
export interface HttpAnswer {
  readonly status: number;
  /** Whether the status is one of success. */
  readonly ok: boolean;
  /** By lower-case name; empty when it is not there. */
  header(name: string): string;
  /** Bytes as they come; who does not read to the end destroys it. Fails when the connection breaks before the end. */
  readonly body: Readable;
  text(): Promise<string>;
}

/** Rejects with the system's error when there is no answer. Redirects are answers: a token is for one address alone. */
export async function sendHttp(address: URL, { method, headers, body, signal }: HttpRequest): Promise<HttpAnswer> {
  const { request } = address.protocol === "https:" ? await import("node:https") : await import("node:http");
  return new Promise((resolve, reject) => {
    const options: RequestOptions = {
      method,
      headers: {
        ...headers,
        // Where nothing travels, packing would only take time.
        ...(isLoopback(address.hostname) ? {} : { "accept-encoding": "gzip" }),
        ...(body === undefined ? {} : { "content-length": Buffer.byteLength(body) }),
      },
      ...(signal === undefined ? {} : { signal }),
      // A connection that was kept may be closed just now from the other side: then it is not known what became of a change.
      ...(method === "GET" ? {} : { agent: false }),
    };
    const sent = request(address, options, (message) => {
      unpacked(message).then((content) => resolve(answerOf(message, content)), reject);
    });
    sent.on("error", reject);
    sent.on("socket", (socket) => {
      if (!socket.connecting) return;
      const error = Object.assign(new Error("no connection in time"), { code: CONNECT_TIMEOUT });
      const timer = setTimeout(() => sent.destroy(error), CONNECT_MS);
      for (const event of [address.protocol === "https:" ? "secureConnect" : "connect", "close"]) {
        socket.once(event, () => clearTimeout(timer));
      }
    });
    sent.end(body);
  });
}

async function unpacked(message: IncomingMessage): Promise<Readable> {
  if (message.headers["content-encoding"] !== "gzip") return message;
  const { createGunzip } = await import("node:zlib");
  // What breaks on the way is heard by who reads the result.
  return pipeline(message, createGunzip(), () => {});
}

function answerOf(message: IncomingMessage, body: Readable): HttpAnswer {
  const status = message.statusCode ?? 0;
  return {
    status,
    ok: status >= 200 && status < 300,
    header(name) {
      const value = message.headers[name];
      return typeof value === "string" ? value : "";
    },
    body,
    async text() {
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk as Buffer);
      return Buffer.concat(chunks).toString("utf8");
    },
  };
}
