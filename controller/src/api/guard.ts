// Who may call a route: authenticates each request, checks its route's permission and, for browsers, the CSRF token.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { type Credentials, csrfHolds } from "../access/access.js";
import { requirePermission } from "../access/actor.js";
import { type ApiWorld, audit } from "./context.js";

export const SESSION_COOKIE = "fleetvisor_session";
const CSRF_HEADER = "x-csrf-token";
const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS"]);

/** Routes without a permission are no part of the API: the web files, health. */
export function guard(app: FastifyInstance, world: ApiWorld): void {
  app.decorateRequest("actor", null);
  app.addHook("onRequest", async (request) => {
    const { permission } = request.routeOptions.config;
    if (permission === undefined || permission === "anyone") return;
    request.actor = await world.access.authenticate(credentialsOf(request));
    if (request.actor === null) throw new FleetError("unauthenticated", "log in first, or send a valid token");
    try {
      requirePermission(request.actor, permission);
      if (!SAFE_METHODS.has(request.method) && !csrfHolds(request.actor, csrfHeader(request))) {
        throw new FleetError("forbidden", `the ${CSRF_HEADER} header is missing or wrong`);
      }
    } catch (error) {
      const subject = `${request.method} ${request.routeOptions.url ?? request.url}`;
      await audit(world.store, request, { action: "request", subject, outcome: "refused" });
      throw error;
    }
  });
}

/** What a request says of who sends it. */
export function credentialsOf(request: FastifyRequest): Credentials {
  return { authorization: request.headers.authorization, cookie: request.cookies[SESSION_COOKIE] };
}

function csrfHeader(request: FastifyRequest): string | undefined {
  const header = request.headers[CSRF_HEADER];
  return typeof header === "string" ? header : undefined;
}
