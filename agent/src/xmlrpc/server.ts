// One HTTP server of the daemon, on TCP or a unix socket: authentication, routing, XML-RPC over POST, log streams.
import { createHash, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { errorPage, reasonOf } from "@fleetvisor/proto/http/error-page";
import { mendLongLogins } from "@fleetvisor/proto/http/long-logins";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { METRICS_CONTENT_TYPE } from "@fleetvisor/proto/prometheus/text";
import { XmlRpcSyntaxError } from "@fleetvisor/proto/xmlrpc/codec";
import { repr } from "../config/python-text.js";
import { logAccess } from "./access-log.js";
import { answerCall } from "./answer.js";
import { RequestBodies } from "./request-body.js";
import { isForeignCall } from "./request-origin.js";
import type { RpcContext } from "./rpc-context.js";
import { findLog, streamLog } from "./tail.js";
import { cannotListen, listenOnSocketFile, type SocketFileRules } from "./unix-socket.js";
import { pageOf, type WebAnswer, webFile, webPage } from "./web-ui.js";

/** A form of the status page holds two short fields. */
const MAX_FORM_BYTES = 64 * 1024;
/** A client that has begun a request and is not done with it by then is gone. What it waits for has no such limit. */
const REQUEST_TIMEOUT_MS = 300_000;
/** How often that is looked at; each look wakes an idle daemon. */
const CHECK_MS = 120_000;
/** A silent peer is asked by the system whether it is still there, so that a dead follower of a log does not stay. */
const PEER_CHECK_MS = 60_000;

/** As much as Python's base64 puts on one line (MAXBINSIZE). */
const LONGEST_LINE_BYTES = 57;

export interface HttpServerRules {
  /** Section that configures it, for messages. */
  readonly section: string;
  readonly listen: { readonly host: string; readonly port: number } | SocketFileRules;
  /** Both or neither; a password may be `{SHA}` and a hex digest. */
  readonly username: string | null;
  readonly password: string | null;
  /** Whether it answers /metrics; supervisord has no such page. */
  readonly metrics?: boolean;
}

export class RpcHttpServer implements Lifecycle {
  readonly #rules: HttpServerRules;
  readonly #context: RpcContext;
  readonly #server: Server;
  readonly #bodies = new RequestBodies();
  #removeSocket: () => void = () => {};
  #letGoOfHeld: () => void = () => {};

  constructor(rules: HttpServerRules, context: RpcContext) {
    this.#rules = rules;
    this.#context = context;
    const options = {
      requestTimeout: REQUEST_TIMEOUT_MS,
      // Scripts that write their request by hand leave it out, and supervisord never asked.
      requireHostHeader: false,
      connectionsCheckingInterval: CHECK_MS,
      keepAlive: true,
      keepAliveInitialDelay: PEER_CHECK_MS,
    };
    this.#server = createServer(options, (request, response) => {
      this.#handle(request, response).catch((error) => this.#defect(response, error));
    });
    // A client may take its time between calls, as with supervisord.
    this.#server.keepAliveTimeout = 0;
    if (isLongLogin(rules)) this.#letGoOfHeld = mendLongLogins(this.#server);
    this.#server.on("clientError", (_, socket) => {
      if (socket.writable) socket.end("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n");
      else socket.destroy();
    });
  }

  /** Rejects with FleetError `conflict` when another daemon listens there, `unavailable` when the address cannot be used. */
  async start(): Promise<void> {
    const { listen } = this.#rules;
    if ("path" in listen) {
      this.#removeSocket = await listenOnSocketFile(this.#server, listen);
    } else {
      const host = listen.host === "" ? "0.0.0.0" : listen.host;
      await new Promise<void>((resolve, reject) => {
        this.#server.once("error", (error) => reject(cannotListen(error, `${host}:${listen.port}`)));
        this.#server.listen({ port: listen.port, host, backlog: 1024 }, resolve);
      });
    }
    if (!this.#rules.username) {
      this.#context.supervisor.log.critical(
        `Server '${this.#rules.section}' running without any HTTP authentication checking`,
      );
    }
  }

  /** Bound TCP port; 0 for a unix socket. */
  get port(): number {
    const address = this.#server.address() as AddressInfo | string | null;
    return address === null || typeof address === "string" ? 0 : address.port;
  }

  /** Closes the socket and every connection. */
  async stop(): Promise<void> {
    this.#removeSocket();
    this.#removeSocket = () => {};
    if (!this.#server.listening) return;
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#letGoOfHeld();
    this.#server.closeAllConnections();
    await closed;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { log, clock } = this.#context.supervisor;
    logAccess(log, request, response, clock.wallMs);
    response.setHeader("Server", "Medusa/1.12");
    if (!this.#authorized(request)) {
      response.setHeader("WWW-Authenticate", 'Basic realm="default"');
      response.setHeader("Connection", "close");
      return sendError(response, 401);
    }
    const path = decodePath(request.url ?? "/");
    if (path === null) return sendError(response, 400);
    if (path.startsWith("/RPC2")) return this.#call(request, response);
    if (path.startsWith("/logtail") || path.startsWith("/mainlogtail")) {
      if (request.method !== "GET") return sendError(response, 400);
      const log = findLog(this.#context, path);
      const headers: Record<string, string> = path.startsWith("/logtail") ? { "X-Accel-Buffering": "no" } : {};
      if (log === null || !streamLog(log, response, headers)) sendError(response, 404);
      return;
    }
    if (path === "/metrics" && this.#rules.metrics === true) return this.#metrics(request, response);
    return this.#web(path, request, response);
  }

  async #metrics({ method }: IncomingMessage, response: ServerResponse): Promise<void> {
    if (method !== "GET" && method !== "HEAD") return sendError(response, 400);
    // Few are ever asked.
    const { metricsText } = await import("./metrics.js");
    const bytes = Buffer.from(await metricsText(this.#context.supervisor));
    response.writeHead(200, { "Content-Type": METRICS_CONTENT_TYPE, "Content-Length": bytes.length });
    response.end(method === "HEAD" ? undefined : bytes);
  }

  async #web(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "", headers } = request;
    const page = pageOf(path);
    let answer: WebAnswer | null = null;
    if (page !== null && (method === "GET" || method === "HEAD" || method === "POST")) {
      const body = method === "POST" ? await this.#bodies.read(request, MAX_FORM_BYTES) : { text: "" };
      if (body === null) return;
      if ("status" in body) return sendError(response, body.status);
      const query = url.includes("?") ? url.slice(url.indexOf("?") + 1) : "";
      answer = await webPage(this.#context, page, { method, query, body: body.text, headers });
    } else if (method === "GET" || method === "HEAD") {
      answer = webFile(path);
      if (answer === null) return sendError(response, 404);
    }
    if (answer === null) return sendError(response, 400);
    const bytes = Buffer.from(answer.body);
    response.writeHead(answer.status, { ...answer.headers, "Content-Length": bytes.length });
    response.end(bytes);
  }

  async #call(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method !== "POST") return sendError(response, 400);
    if (isForeignCall(request.headers)) return sendError(response, 403);
    const read = await this.#bodies.read(request);
    if (read === null) return;
    if ("status" in read) return sendError(response, read.status);
    const body = read.text;
    let answer: string;
    try {
      answer = await answerCall(this.#context, body);
    } catch (error) {
      if (!(error instanceof XmlRpcSyntaxError)) throw error;
      this.#context.supervisor.log.error(
        `XML-RPC request data ${repr(body.slice(0, 200))} is invalid: ${error.reason}`,
      );
      return sendError(response, 400);
    }
    const bytes = Buffer.from(answer);
    response.writeHead(200, { "Content-Type": "text/xml", "Content-Length": bytes.length });
    response.end(bytes);
  }

  /** Basic authentication on every path when a user name is configured (supervisor 4.x http.py, supervisor_auth_handler). */
  #authorized(request: IncomingMessage): boolean {
    const { username, password } = this.#rules;
    if (!username) return true;
    const [scheme, encoded = ""] = (request.headers.authorization ?? "").split(/ +/);
    if (scheme?.toLowerCase() !== "basic") return false;
    const credentials = Buffer.from(encoded, "base64").toString("utf8");
    const colon = credentials.indexOf(":");
    if (colon < 0) return false;
    const given = credentials.slice(colon + 1);
    const known = password ?? "";
    const passwordFits = known.startsWith("{SHA}")
      ? same(createHash("sha1").update(given).digest("hex"), known.slice(5))
      : same(given, known);
    return same(credentials.slice(0, colon), username) && passwordFits;
  }

  #defect(response: ServerResponse, error: unknown): void {
    this.#context.supervisor.log.error(
      `${this.#rules.section}: ${error instanceof Error ? error.stack : String(error)}`,
    );
    if (response.headersSent) response.destroy();
    else sendError(response, 500);
  }
}

/** Whether Python may break the login over lines. How long the password behind a digest is nobody knows. */
function isLongLogin({ username, password }: HttpServerRules): boolean {
  if (!username || password === null) return false;
  return password.startsWith("{SHA}") || Buffer.byteLength(`${username}:${password}`) > LONGEST_LINE_BYTES;
}

/** Compares without telling by time how much was right. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash("sha256").update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}

function decodePath(url: string): string | null {
  try {
    return decodeURIComponent(url.split("?", 1)[0] ?? "/");
  } catch {
    return null;
  }
}

function sendError(response: ServerResponse, status: number): void {
  const body = Buffer.from(errorPage(status));
  // A body that is refused is not worth reading to its end.
  if (status === 413 || status === 503) response.setHeader("Connection", "close");
  response.writeHead(status, reasonOf(status), { "Content-Type": "text/html", "Content-Length": body.length });
  response.end(body);
}
