// One HTTP request with its whole answer, headers included, to a daemon of a test.
import { type IncomingHttpHeaders, request } from "node:http";
import type { Endpoint } from "./xmlrpc.js";

export interface WebReply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface WebQuestion {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Asks for a path as it is written, escapes and all. Rejects when no answer comes, or none that is HTTP. */
export function webRequest(endpoint: Endpoint, path: string, question: WebQuestion = {}): Promise<WebReply> {
  const { socketPath, port, username, password } = endpoint;
  const auth = username === undefined ? {} : { auth: `${username}:${password ?? ""}` };
  const where = socketPath === undefined ? { host: "127.0.0.1", port } : { socketPath };
  const { method = "GET", headers = {}, body } = question;
  return new Promise((resolve, reject) => {
    const length = body === undefined ? {} : { "content-length": Buffer.byteLength(body) };
    const options = {
      ...where,
      ...auth,
      method,
      path,
      headers: { ...length, ...headers },
      agent: false,
      timeout: 20_000,
    };
    const outgoing = request(options, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 20 s")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}
