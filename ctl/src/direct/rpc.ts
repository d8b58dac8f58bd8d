// XML-RPC over HTTP to a supervisord or agent, on a unix socket or TCP. No timeouts: a start or stop may take its time.
import { Agent, type IncomingMessage, type RequestOptions, request } from "node:http";
import { decodeResponse, encodeCall, type XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import { HttpStatusError, PythonException, RpcFault } from "./errors.js";
import { repr } from "./python.js";

const MAX_INT = 2 ** 31 - 1;

/** A server as `-s`, `-u` and `-p` name it; credentials are sent when both are set, even to an empty string. */
export interface Server {
  readonly url: string;
  readonly username: string | null;
  readonly password: string | null;
}

/** Where and as whom, for node:http. Throws PythonException ValueError for an address that supervisorctl refuses. */
export function requestTarget(server: Server): RequestOptions {
  const { url, username, password } = server;
  const headers: Record<string, string> = {};
  if (username !== null && password !== null) {
    headers.Authorization = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  }
  if (url.startsWith("unix://")) return { socketPath: url.slice("unix://".length), headers };
  if (!url.startsWith("http://")) throw new PythonException("ValueError", `Unknown protocol for serverurl ${url}`);
  try {
    const { hostname, port } = new URL(url);
    return { host: hostname.replace(/^\[|\]$/g, ""), port: port === "" ? 80 : Number(port), headers };
  } catch {
    throw new PythonException("ValueError", `Invalid address ${repr(url)}`);
  }
}

/** Sends a request and resolves with the answer's head. `signal` ends it at any time. Rejects with node's own errors. */
export function exchange(options: RequestOptions, body = ""): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const outgoing = request(options, resolve);
    outgoing.on("error", reject);
    outgoing.end(body);
  });
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

/** One client for the calls of one command: they share a connection. `close` lets go of it. */
export class RpcClient {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #server: Server;

  constructor(server: Server) {
    this.#server = server;
  }

  /** Calls `supervisor.METHOD`. Rejects with RpcFault, HttpStatusError, PythonException or an error of node:http. */
  async call(method: string, ...params: readonly XmlRpcValue[]): Promise<XmlRpcValue> {
    if (params.some((value) => typeof value === "number" && Math.abs(value) > MAX_INT)) {
      throw new PythonException("OverflowError", "int exceeds XML-RPC limits");
    }
    const target = requestTarget(this.#server);
    const body = encodeCall(`supervisor.${method}`, params);
    const headers = { ...target.headers, "Content-Type": "text/xml", "Content-Length": Buffer.byteLength(body) };
    const options = { ...target, headers, method: "POST", path: "/RPC2", agent: this.#agent };
    const answer = await exchange(options, body);
    if (answer.statusCode !== 200) {
      answer.resume();
      throw new HttpStatusError(answer.statusCode ?? 0, answer.statusMessage ?? "");
    }
    const response = decodeResponse(await readText(answer));
    if (!response.ok) throw new RpcFault(response.code, response.text);
    return response.value;
  }

  close(): void {
    this.#agent.destroy();
  }
}
