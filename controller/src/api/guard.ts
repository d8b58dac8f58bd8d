// Who may call a route: authenticates each request, checks its route's permission and, for browsers, the CSRF token. Every refusal goes
// into the audit.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Credentials, csrfHolds } from "../access/access.js";
import { requirePermission } from "../access/actor.js";
import { Lately } from "../core/lately.js";
import { type RateLimit, Rates } from "../core/rate.js";
import { readBasicLogin } from "./basic-login.js";
import { type ApiWorld, audit } from "./context.js";

export const SESSION_COOKIE = "fleetvisor_session";
const CSRF_HEADER = "x-csrf-token";
const SUBJECT_CHARS = 512;
/** Requests of one user, over all their tokens and sessions: each costs some milliseconds at most. */
export const REQUESTS: RateLimit = { perSecond: 100, burst: 2_000 };
/** Wrong Basic logins, a minute and address. */
const WRONG_LOGINS = { max: 30, timeWindow: 60_000 };
/** Of an address with wrong logins the audit has one row a minute, so that nobody can fill it without a login. */
const STRANGER_MS = 60_000;
const MOST_STRANGERS = 1_000;
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Routes without a permission are no part of the API: the web files, health. */
export function guard(app: FastifyInstance, world: ApiWorld): void {
  const strangers = new Lately(STRANGER_MS, MOST_STRANGERS);
  const failures = failureLimit(app);
  const rates = new Rates(REQUESTS);
  app.decorateRequest("actor", null);
  app.addHook("onRequest", async (request) => {
    const { permission, basic } = request.routeOptions.config;
    if (permission === undefined || permission === "anyone") return;
    const credentials = credentialsOf(request);
    const actor = await world.access.authenticate(credentials);
    // The name is only said, and must be the one that the token is for.
    const isNamed = basic === undefined || actor?.user === readBasicLogin(request.headers.authorization, basic)?.user;
    request.actor = isNamed ? actor : null;
    if (request.actor === null) {
      const tried = credentials.authorization !== undefined || credentials.cookie !== undefined;
      // Not waited for: whoever is nobody must not be able to make the controller wait for its disk.
      if (tried && strangers.isNew(request.ip, performance.now()))
        void auditRefusal(world, request, "no valid login").catch(() => {});
      if (tried && basic !== undefined && (await failures(request)).isExceeded) {
        throw new FleetError("rate-limited", "too many wrong logins: try again in a minute");
      }
      throw new FleetError("unauthenticated", "log in first, or send a valid token");
    }
    const waitMs = rates.take(request.actor.user, performance.now());
    if (waitMs > 0) {
      throw new FleetError(
        "rate-limited",
        `too many requests of ${request.actor.user}: again in ${Math.ceil(waitMs / 1000)} s`,
      );
    }
    requirePermission(request.actor, permission);
    if (!SAFE_METHODS.has(request.method) && !csrfHolds(request.actor, csrfHeader(request))) {
      throw new FleetError("forbidden", `the ${CSRF_HEADER} header is missing or wrong`);
    }
  });
}

/** Counts wrong Basic logins of an address; who has a valid one is let in all the same. */
function failureLimit(app: FastifyInstance): (request: FastifyRequest) => Promise<{ readonly isExceeded: boolean }> {
  const count = app.createRateLimit(WRONG_LOGINS);
  return async (request) => {
    const limit = await count(request);
    return { isExceeded: !limit.isAllowed && limit.isExceeded };
  };
}

/** Writes down that somebody was refused, and what. Rejects when that cannot be kept. */
export function auditRefusal(world: ApiWorld, request: FastifyRequest, why: string): Promise<void> {
  const subject = `${request.method} ${request.url.split("?", 1)[0]}: ${why}`.slice(0, SUBJECT_CHARS);
  return audit(world.store, request, { action: "request", subject, outcome: "refused" });
}

/** What a request says of who sends it. */
export function credentialsOf(request: FastifyRequest): Credentials {
  const { authorization } = request.headers;
  const { basic } = request.routeOptions.config;
  if (basic === undefined) return { authorization, cookie: request.cookies[SESSION_COOKIE] };
  if (authorization === undefined) return { authorization, cookie: undefined };
  const login = readBasicLogin(authorization, basic);
  // What is no such login was tried nevertheless, and is nobody's.
  return { authorization: login === null ? "" : `Bearer ${login.token}`, cookie: undefined };
}

function csrfHeader(request: FastifyRequest): string | undefined {
  const header = request.headers[CSRF_HEADER];
  return typeof header === "string" ? header : undefined;
}
