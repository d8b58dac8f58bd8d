// A pretended controller for the web page: real HTTP with the built page, the API of proto/src/api/v1.ts and its streams.
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { OperationRequest, Process, Session, StreamEvents } from "@fleetvisor/proto/api/v1";
import { type ErrorKind, FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { OPERATION_CONTROLS } from "@fleetvisor/proto/vocabulary/operations";
import { PROCESS_STATES } from "@fleetvisor/proto/vocabulary/states";
import { controllerRoutes } from "./mock-controller.js";
import { MockFleet } from "./mock-fleet.js";
import { logRoutes, tailOf } from "./mock-logs.js";
import { measureRoutes } from "./mock-measures.js";
import { peopleRoutes } from "./mock-people.js";
import { ROOT } from "./paths.js";
import { defer, type Scope } from "./scope.js";

/** The policy under which the page must work: nothing inline, nothing from elsewhere. */
export const CONTENT_SECURITY_POLICY =
  "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

const STATUS: Partial<Record<ErrorKind, number>> = {
  "invalid-argument": 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  unavailable: 503,
};

const METRICS = `process_start_time_seconds ${Math.round(Date.now() / 1_000) - 90_061}
process_resident_memory_bytes 183500800
fleetvisor_agent_sessions 3
fleetvisor_store_writable 1
fleetvisor_store_waiting_rows 0
`;

const CSRF_TOKEN = "csrf-of-the-mock";
const COOKIE = "fleetvisor_session";

export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  /** The `:names` of the path. */
  readonly names: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export type Handler = (call: Call) => unknown;

/** What a handler answers when it has written to the response itself. */
const TAKEN = Symbol("taken");

export interface MockApi {
  readonly url: string;
  readonly fleet: MockFleet;
  /** Works once, as the controller's. */
  readonly loginLink: string;
  /** Every order that came, dry runs too. */
  readonly orders: readonly (OperationRequest & { readonly csrfToken: string | undefined })[];
  /** How often each `METHOD path` was asked for. */
  readonly asked: ReadonlyMap<string, number>;
  /** A way in without the login page: a cookie for the browser. */
  session(): { readonly name: string; readonly value: string; readonly url: string };
  /** As if every session had ended on the server. */
  endSessions(): void;
  /** Every request of the API waits until `release` is called. */
  hold(): { release(): void };
  /** Requests of an API path fail until told otherwise with null. */
  failWith(error: FleetError | null): void;
  /** The controller goes away: open connections break, new ones are refused. */
  goAway(): Promise<void>;
  /** On the same address. */
  comeBack(): Promise<void>;
}

export interface MockOptions {
  readonly fleet?: MockFleet;
  readonly passwordSet?: boolean;
  /** Who is logged in, where it is not an admin of everything. */
  readonly session?: Partial<Session>;
}

/** Starts it on a free port of loopback; it is stopped after the test. */
export async function startMockApi(t: Scope, options: MockOptions = {}): Promise<MockApi> {
  const fleet = options.fleet ?? new MockFleet();
  const sessions = new Set<string>();
  const orders: (OperationRequest & { csrfToken: string | undefined })[] = [];
  const asked = new Map<string, number>();
  let password: string | null = options.passwordSet === true ? "correct horse" : null;
  let code: string | null = randomUUID();
  let held: Promise<void> | null = null;
  let failure: FleetError | null = null;

  const isKnown = (request: IncomingMessage) => {
    const cookie = new RegExp(`(?:^|; )${COOKIE}=([^;]+)`).exec(request.headers.cookie ?? "")?.[1];
    return cookie !== undefined && sessions.has(cookie);
  };
  const sessionOf = (): Session => ({
    user: "admin",
    role: "admin",
    grants: [{ role: "admin", verbs: [], selector: "all" }],
    administers: true,
    passwordSet: password !== null,
    csrfToken: CSRF_TOKEN,
    ...options.session,
  });
  const newSession = () => {
    const id = randomUUID();
    sessions.add(id);
    return id;
  };

  const routes: Readonly<Record<string, Handler>> = {
    ...measureRoutes,
    ...logRoutes(fleet, ({ response }) => openStream(response), TAKEN),
    ...peopleRoutes(),
    ...controllerRoutes,
    [`POST ${API_PATHS.login}`]: ({ body, response }) => {
      const wish = body as { code?: string; username?: string; password?: string };
      const byCode = wish.code !== undefined && wish.code === code;
      const byPassword = wish.username === "admin" && password !== null && wish.password === password;
      if (wish.code !== undefined && !byCode) {
        throw new FleetError("unauthenticated", "this link has been used or has expired");
      }
      if (!byCode && !byPassword) throw new FleetError("unauthenticated", "wrong user name or password");
      if (byCode) code = null;
      response.setHeader("set-cookie", `${COOKIE}=${newSession()}; HttpOnly; SameSite=Strict; Path=/`);
      return sessionOf();
    },
    [`GET ${API_PATHS.session}`]: () => sessionOf(),
    [`DELETE ${API_PATHS.session}`]: () => {
      sessions.clear();
      return undefined;
    },
    [`POST ${API_PATHS.password}`]: ({ body }) => {
      password = (body as { password: string }).password;
      return undefined;
    },
    [`POST ${API_PATHS.joinTokens}`]: () => ({
      token: "fvj_7Qm2xTz0vYb1LrKc9WdEhA4s",
      uses: 1,
      expiresAtMs: Date.now() + 86_400_000,
      agentsPort: 9701,
    }),
    [`GET ${API_PATHS.fleet}`]: () => fleet.summary(),
    [`GET ${API_PATHS.instances}`]: () => ({ items: fleet.instances }),
    [`GET ${API_PATHS.instance}`]: ({ names }) => found(fleet.instance(names.instance ?? ""), names.instance),
    [`DELETE ${API_PATHS.instance}`]: ({ names }) => {
      fleet.removeInstance(names.instance ?? "");
      return undefined;
    },
    [`GET ${API_PATHS.processes}`]: ({ url }) => {
      const items = fleet.selected(url.searchParams.get("selector") ?? undefined);
      return page(items.sort(orderOf(url.searchParams.get("sort"))), url);
    },
    [`GET ${API_PATHS.process}`]: ({ names }) => found(fleet.processes.get(targetOf(names)), targetOf(names)),
    [`GET ${API_PATHS.events}`]: ({ url }) => page(fleet.events(url.searchParams), url),
    [`GET ${API_PATHS.log}`]: ({ names, url }) => {
      const bytes = Number(url.searchParams.get("tailBytes") ?? 16_384);
      const text = bytes === 0 ? "" : fleet.log(targetOf(names), channelOf(names)).slice(-bytes);
      return { text, bytes: Buffer.byteLength(text) };
    },
    [`GET ${API_PATHS.logStream}`]: ({ names, url, response }) => {
      const send = openStream(response);
      const chunk = (text: string) => send("chunk", { text, skippedBytes: 0, start: null });
      const bytes = Number(url.searchParams.get("tailBytes"));
      send("chunk", { ...tailOf(fleet, targetOf(names), channelOf(names), bytes), skippedBytes: 0 });
      response.on("close", fleet.onWrite(targetOf(names), channelOf(names), chunk));
      return TAKEN;
    },
    [`POST ${API_PATHS.operations}`]: ({ body, request }) => {
      const order = body as OperationRequest;
      const token = request.headers["x-csrf-token"];
      orders.push({ ...order, csrfToken: Array.isArray(token) ? token[0] : token });
      return fleet.operations.begin(order, "admin");
    },
    [`GET ${API_PATHS.operations}`]: ({ url }) => page(fleet.operations.latest(url.searchParams), url),
    [`GET ${API_PATHS.operation}`]: ({ names }) => found(fleet.operations.get(names.id ?? ""), names.id),
    [`GET ${API_PATHS.operationTargets}`]: ({ names, url }) =>
      fleet.operations.targets(names.id ?? "", url.searchParams),
    [`POST ${API_PATHS.operationControl}`]: ({ names }) => {
      const control = OPERATION_CONTROLS.find((each) => each === names.control);
      if (control === undefined) throw new FleetError("not-found", `no such control: ${names.control}`);
      return fleet.operations.control(names.id ?? "", control);
    },
    [`GET ${API_PATHS.stream}`]: ({ request, response }) => {
      const send = openStream(response);
      send("hello", { version: "0.1.0", atMs: Date.now() } satisfies StreamEvents["hello"]);
      // It keeps no events, so whoever comes back is told to ask anew.
      if (request.headers["last-event-id"] !== undefined) {
        send("reset", { reason: "the controller was started anew" } satisfies StreamEvents["reset"]);
      }
      response.on("close", fleet.onChange(send));
      return TAKEN;
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://localhost");
    response.setHeader("content-security-policy", CONTENT_SECURITY_POLICY);
    response.setHeader("x-content-type-options", "nosniff");
    if (url.pathname === "/metrics") {
      response.end(METRICS);
      return;
    }
    if (!url.pathname.startsWith("/api/")) return sendFile(url.pathname, response);
    const path = Object.values(API_PATHS).find((each) => namesIn(each, url.pathname) !== null) ?? url.pathname;
    const route = `${request.method} ${path}`;
    asked.set(route, (asked.get(route) ?? 0) + 1);
    try {
      if (held !== null) await held;
      const body = await bodyOf(request);
      if (path !== API_PATHS.login) {
        if (!isKnown(request)) throw new FleetError("unauthenticated", "log in first");
        if (request.method !== "GET" && request.headers["x-csrf-token"] !== CSRF_TOKEN) {
          throw new FleetError("forbidden", "the CSRF token is missing or wrong");
        }
        if (failure !== null && path !== API_PATHS.session) throw failure;
      }
      const handler = routes[route];
      if (handler === undefined) throw new FleetError("not-found", `no such address: ${route}`);
      const said = handler({ request, response, url, body, names: namesIn(path, url.pathname) ?? {} });
      if (said === TAKEN) return;
      response.statusCode = said === undefined ? 204 : 200;
      response.setHeader("content-type", "application/json");
      response.end(said === undefined ? undefined : JSON.stringify(said));
    } catch (thrown) {
      const { kind, message } = FleetError.from(thrown);
      response.statusCode = STATUS[kind] ?? 500;
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ error: { kind, message } }));
    }
  }

  let server: Server = createServer((request, response) => void answer(request, response));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const { port } = address;
  const url = `http://127.0.0.1:${port}`;
  const goAway = async () => {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  };
  defer(t, async () => {
    fleet.stop();
    await goAway();
  });
  return {
    url,
    fleet,
    loginLink: `${url}/login#code=${code}`,
    orders,
    asked,
    session: () => ({ name: COOKIE, value: newSession(), url }),
    endSessions: () => {
      sessions.clear();
      server.closeAllConnections();
    },
    hold: () => {
      const { promise, resolve } = withResolver();
      held = promise;
      return {
        release: () => {
          held = null;
          resolve();
        },
      };
    },
    failWith: (error) => {
      failure = error;
    },
    goAway,
    async comeBack() {
      server = createServer((request, response) => void answer(request, response));
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
  };
}

function withResolver(): { promise: Promise<void>; resolve: () => void } {
  let resolve = () => {};
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}

/** The values of a path's `:names`, or null when the address is another one. */
function namesIn(path: string, address: string): Record<string, string> | null {
  const pattern = path.replace(/:([a-z]+)/g, "(?<$1>[^/]+)");
  const match = new RegExp(`^${pattern}$`).exec(address);
  if (match === null) return null;
  return Object.fromEntries(Object.entries(match.groups ?? {}).map(([key, value]) => [key, decodeURIComponent(value)]));
}

const targetOf = (names: Call["names"]) => `${names.instance}/${names.group}:${names.name}`;
const channelOf = (names: Call["names"]) => (names.channel === "stderr" ? "stderr" : "stdout");

function found<T>(value: T | undefined, name: string | undefined): T {
  if (value === undefined) throw new FleetError("not-found", `no ${name}`);
  return value;
}

/** A page of the items; the cursor is the place of the next. */
function page<T>(items: readonly T[], url: URL): { items: readonly T[]; total: number; nextCursor: string | null } {
  const from = Number(url.searchParams.get("cursor") ?? url.searchParams.get("offset") ?? 0);
  const end = from + Number(url.searchParams.get("limit") ?? 200);
  return { items: items.slice(from, end), total: items.length, nextCursor: end < items.length ? String(end) : null };
}

const WORST_FIRST = ["FATAL", "BACKOFF", "UNKNOWN", "EXITED", "STOPPING", "STARTING", "STOPPED", "RUNNING"];

function orderOf(sort: string | null): (a: Process, b: Process) => number {
  const byTarget = (a: Process, b: Process) => a.target.localeCompare(b.target);
  if (sort === "since") return (a, b) => b.sinceMs - a.sinceMs || byTarget(a, b);
  if (sort !== "state") return byTarget;
  const rank = ({ state }: Process) => WORST_FIRST.indexOf(state) + PROCESS_STATES[state] / 10_000;
  return (a, b) => rank(a) - rank(b) || byTarget(a, b);
}

function openStream(response: ServerResponse): (type: string, data: unknown) => void {
  response.writeHead(200, { "content-type": "text/event-stream", "cache-control": "no-store" });
  response.write("retry: 200\n\n");
  let id = 0;
  return (type, data) => {
    id += 1;
    response.write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const text = Buffer.concat(pieces).toString();
  return text === "" ? undefined : JSON.parse(text);
}

/** Files of the built page; every other address is the page itself, which knows what it means. */
function sendFile(path: string, response: ServerResponse): void {
  // Another build can be looked at while that of the checkout is being made anew.
  const dist = process.env.FLEETVISOR_WEB_DIST ?? join(ROOT, "web/dist");
  const asked = join(dist, path);
  const file = extname(path) !== "" && asked.startsWith(dist) && existsSync(asked) ? asked : join(dist, "index.html");
  response.setHeader("content-type", TYPES[extname(file)] ?? "application/octet-stream");
  response.end(readFileSync(file));
}
