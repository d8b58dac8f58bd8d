// The HTTP port: the API with its document, health, the web page, and what guards them all.
import { readFile } from "node:fs/promises";
import cookie from "@fastify/cookie";
import helmet from "@fastify/helmet";
import rateLimit from "@fastify/rate-limit";
import swagger from "@fastify/swagger";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import { mendLongLogins } from "@fleetvisor/proto/http/long-logins";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { errnoOf, FleetError } from "@fleetvisor/proto/vocabulary/errors";
import fastify, { type FastifyInstance, type FastifyReply } from "fastify";
import type { Logger } from "pino";
import { type Address, formatAddress } from "../config/keys.js";
import { gatewayRoutes } from "../gateway/routes.js";
import { VERSION } from "../version.js";
import { compressAnswers } from "./compress.js";
import { type ApiWorld, typed } from "./context.js";
import { errorBody, HTTP_STATUS, toFleetError, validationError } from "./errors.js";
import { auditRefusal, guard } from "./guard.js";
import { accessRoutes } from "./routes/access.js";
import { auditRoutes } from "./routes/audit.js";
import { backupRoutes } from "./routes/backup.js";
import { configRoutes } from "./routes/config.js";
import { controllerRoutes } from "./routes/controller.js";
import { fleetRoutes } from "./routes/fleet.js";
import { historyRoutes } from "./routes/history.js";
import { logPageRoutes } from "./routes/log-pages.js";
import { logSearchRoutes } from "./routes/log-search.js";
import { logRoutes } from "./routes/logs.js";
import { logsStreamRoutes } from "./routes/logs-stream.js";
import { metricRoutes } from "./routes/metrics.js";
import { operationRoutes } from "./routes/operations.js";
import { peopleRoutes } from "./routes/people.js";
import { type PrometheusOptions, prometheusRoute } from "./routes/prometheus.js";
import { stdinRoutes } from "./routes/stdin.js";
import { webFiles } from "./web-files.js";

const BODY_BYTES = 256 * 1024;
const PARAM_CHARS = 512;
const STOP_MS = 2_000;

export interface HttpLimits {
  /** Connections in all; further ones are closed at once. */
  readonly connections: number;
  readonly handshakeMs: number;
  /** For all headers of a request to come, from the connection's opening or the request's first byte. */
  readonly headersMs: number;
  /** For a whole request to come. */
  readonly requestMs: number;
  /** A connection without a request is kept for the next one. */
  readonly idleMs: number;
  /** How often the times are looked at. */
  readonly lookMs: number;
}

export const HTTP_LIMITS: HttpLimits = {
  connections: 10_000,
  handshakeMs: 10_000,
  headersMs: 10_000,
  requestMs: 60_000,
  idleMs: 72_000,
  lookMs: 2_000,
};

export interface HttpServerOptions {
  readonly listen: Address;
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly webDir: string;
  readonly world: ApiWorld;
  readonly prometheus: PrometheusOptions;
  readonly log: Logger;
  readonly limits?: HttpLimits;
}

export class HttpServer implements Lifecycle {
  readonly #options: HttpServerOptions;
  #app: FastifyInstance | null = null;
  #url = "";

  constructor(options: HttpServerOptions) {
    this.#options = options;
  }

  /** `http://127.0.0.1:9700`, as listened on; empty before the start. */
  get url(): string {
    return this.#url;
  }

  /** Rejects with `unavailable` when the address or the certificate cannot be used. */
  async start(): Promise<void> {
    const { listen } = this.#options;
    const app = await newApp(this.#options);
    try {
      await app.listen(listen);
    } catch (error) {
      const reason = errnoOf(error) === "EADDRINUSE" ? "the address is in use" : FleetError.from(error).message;
      await app.close();
      throw new FleetError("unavailable", `cannot listen for the web page on ${formatAddress(listen)}: ${reason}`);
    }
    const bound = app.server.address();
    const port = typeof bound === "object" && bound !== null ? bound.port : listen.port;
    this.#url = `${this.#options.tls === null ? "http" : "https"}://${formatAddress({ host: listen.host, port })}`;
    this.#app = app;
  }

  /** Lets requests under way finish for a moment, then ends them. Streams are ended by the hub before. */
  async stop(): Promise<void> {
    const app = this.#app;
    this.#app = null;
    if (app === null) return;
    const forced = setTimeout(() => app.server.closeAllConnections(), STOP_MS);
    await app.close();
    clearTimeout(forced);
  }
}

async function newApp(options: HttpServerOptions): Promise<FastifyInstance> {
  const { world, log, tls, limits = HTTP_LIMITS } = options;
  const times = { headersTimeout: limits.headersMs, connectionsCheckingInterval: limits.lookMs };
  const app = fastify({
    https: tls === null ? null : { ...(await readTls(tls)), ...times, handshakeTimeout: limits.handshakeMs },
    loggerInstance: log.child({}, { level: "warn" }),
    ...(tls === null ? { http: times } : {}),
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    bodyLimit: BODY_BYTES,
    routerOptions: { maxParamLength: PARAM_CHARS },
    forceCloseConnections: "idle",
    ajv: { customOptions: { removeAdditional: false } },
    schemaErrorFormatter: validationError,
    frameworkErrors: (thrown, _, reply) => void refuse(toFleetError(thrown), reply as unknown as FastifyReply),
  }) as unknown as FastifyInstance;

  app.server.maxConnections = limits.connections;
  app.setErrorHandler(async (thrown, request, reply) => {
    const error = toFleetError(thrown);
    if (error.kind === "internal") log.error({ url: request.url, error: error.cause ?? error }, "request failed");
    if (error.kind !== "forbidden") return refuse(error, reply);
    // A refusal that cannot be kept is told as that.
    const audited = auditRefusal(world, request, error.message).then(() => error, toFleetError);
    return refuse(await audited, reply);
  });
  // Answers of the API hold what only its asker may see, and what is true only now.
  app.addHook("onRequest", async (request, reply) => {
    if (request.url.startsWith("/api/")) void reply.header("cache-control", "no-store");
  });
  compressAnswers(app);
  await app.register(helmet, {
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'self'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
    hsts: tls === null ? false : { maxAge: 31_536_000 },
    referrerPolicy: { policy: "no-referrer" },
  });
  await app.register(cookie);
  await app.register(rateLimit, {
    global: false,
    errorResponseBuilder: (_, { after }) => new FleetError("rate-limited", `too many tries: again in ${after}`),
  });
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "fleetvisor controller",
        version: VERSION,
        description:
          "Beside these, any XML-RPC client of supervisord reaches an instance at `/RPC2`, `/logtail/NAME[/CHANNEL]` and `/mainlogtail` " +
          "with the Basic login `USER@INSTANCE` and an API token as password, or below `/instances/INSTANCE` as `USER`.",
      },
      components: {
        securitySchemes: {
          token: { type: "http", scheme: "bearer" },
          session: { type: "apiKey", in: "cookie", name: "fleetvisor_session" },
        },
      },
      security: [{ token: [] }, { session: [] }],
    },
  });
  guard(app, world);
  const api = typed(app);
  accessRoutes(api, world, tls !== null);
  peopleRoutes(api, world);
  auditRoutes(api, world);
  backupRoutes(api, world);
  controllerRoutes(api, world);
  fleetRoutes(api, world);
  historyRoutes(api, world);
  operationRoutes(api, world);
  logRoutes(api, world);
  metricRoutes(api, world);
  prometheusRoute(app, world, options.prometheus);
  logSearchRoutes(api, world);
  logPageRoutes(api, world);
  logsStreamRoutes(api, world);
  stdinRoutes(api, world);
  configRoutes(api, world);
  await gatewayRoutes(app, world);
  app.get(API_PATHS.openapi, { config: { permission: "known" }, schema: { hide: true } }, async () => app.swagger());
  app.get("/healthz", { schema: { hide: true } }, async () => ({ status: "ok" }));
  app.get("/readyz", { schema: { hide: true } }, async (_, reply) => {
    const { trouble } = world.store;
    return reply.code(trouble === null ? 200 : 503).send({ status: trouble === null ? "ok" : trouble });
  });
  webFiles(app, options.webDir);
  if (tls === null) {
    const letGo = mendLongLogins(app.server);
    app.addHook("preClose", async () => letGo());
  }
  return app;
}

function refuse(error: FleetError, reply: FastifyReply): FastifyReply {
  return reply.code(HTTP_STATUS[error.kind]).send(errorBody(error));
}

async function readTls(tls: HttpServerOptions["tls"]): Promise<{ cert: Buffer; key: Buffer } | null> {
  if (tls === null) return null;
  try {
    return { cert: await readFile(tls.certFile), key: await readFile(tls.keyFile) };
  } catch (error) {
    throw new FleetError(
      "unavailable",
      `cannot read the certificate of the web page: ${FleetError.from(error).message}`,
    );
  }
}
