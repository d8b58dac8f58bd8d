// A small XML-RPC client for tests, over a unix socket or TCP.
import { type RequestOptions, request } from "node:http";
import { decodeResponse, encodeCall, type XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";

/** Where to call: a socket path or a port on 127.0.0.1, with credentials if asked for. */
export interface Endpoint {
  readonly socketPath?: string;
  readonly port?: number;
  readonly username?: string;
  readonly password?: string;
}

/** The answer was a fault. */
export class RpcFault extends Error {
  constructor(
    readonly code: number,
    readonly text: string,
  ) {
    super(`fault ${code}: ${text}`);
  }
}

export interface HttpAnswer {
  readonly status: number;
  readonly body: string;
}

/** One HTTP request; rejects only when no answer comes. */
export function httpRequest(options: RequestOptions, body?: string): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = request({ host: "127.0.0.1", timeout: 60_000, agent: false, ...options }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({
          status: response.statusCode ?? 0,
          body: Buffer.concat(chunks).toString("utf8"),
        }),
      );
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("no answer within 60 s")));
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

function whereTo(endpoint: Endpoint): RequestOptions {
  const { socketPath, port, username, password } = endpoint;
  const auth = username === undefined ? {} : { auth: `${username}:${password ?? ""}` };
  return { ...(socketPath === undefined ? { port } : { socketPath }), ...auth };
}

/** Calls a method; rejects with RpcFault for a fault and with a plain error for anything else. */
export async function callRpc(endpoint: Endpoint, method: string, ...params: XmlRpcValue[]): Promise<XmlRpcValue> {
  const answer = await httpRequest(
    {
      ...whereTo(endpoint),
      method: "POST",
      path: "/RPC2",
      headers: { "content-type": "text/xml" },
    },
    encodeCall(method, params),
  );
  if (answer.status !== 200) throw new Error(`${method}: HTTP ${answer.status}: ${answer.body}`);
  const response = decodeResponse(answer.body);
  if (!response.ok) throw new RpcFault(response.code, response.text);
  return response.value;
}
