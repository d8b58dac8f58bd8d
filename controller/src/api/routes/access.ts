// Logging in and out, one's password, sessions and API tokens; everybody's for who administers the fleet. Join tokens.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Login } from "../../access/access.js";
import { type Actor, administers, requirePermission } from "../../access/actor.js";
import { rankOf } from "../../access/grants.js";
import { type ApiWorld, actorOf, audit, type TypedApi } from "../context.js";
import { SESSION_COOKIE } from "../guard.js";
import { joinTokenView, sessionId, sessionInfoView, tokenView } from "../views.js";

/** Tries to log in, a minute and address. */
const LOGINS = { max: 30, timeWindow: 60_000 };
const COOKIE = { httpOnly: true, sameSite: "strict", path: "/" } as const;
const IdPath = Type.Object({ id: Type.String() });
export function accessRoutes(api: TypedApi, world: ApiWorld, secureCookie: boolean): void {
  const { access, joining, people, store, streams } = world;
  const tags = ["access"];

  api.post(
    v1.API_PATHS.login,
    {
      config: { permission: "anyone", rateLimit: LOGINS },
      schema: {
        tags,
        summary: "Log in by one-time code or password",
        body: v1.LoginRequest,
        response: { 200: v1.Session },
      },
    },
    async (request, reply) => {
      const { code, username, password, tokenName } = request.body;
      const login = await tryLogin(code, username, password).catch(async (error: unknown) => {
        await audit(store, request, { action: "login", subject: username ?? "one-time link", outcome: "refused" });
        throw error;
      });
      const { user } = login.actor;
      await audit(store, request, { actor: user, action: "login", subject: user, outcome: "done" });
      setCookie(reply, login.cookie);
      const made = tokenName === undefined ? {} : { token: (await access.newApiToken(user, tokenName)).token };
      return { ...sessionView(login.actor), ...made };
    },
  );

  function tryLogin(code?: string, username?: string, password?: string): Promise<Login> {
    if (code !== undefined) return access.loginByCode(code);
    if (username !== undefined && password !== undefined) return access.loginByPassword(username, password);
    return Promise.reject(new FleetError("invalid-argument", "give either code, or username and password"));
  }

  function setCookie(reply: FastifyReply, cookie: string): void {
    void reply.setCookie(SESSION_COOKIE, cookie, { ...COOKIE, secure: secureCookie });
  }

  api.get(
    v1.API_PATHS.session,
    { config: { permission: "known" }, schema: { tags, summary: "Who is logged in", response: { 200: v1.Session } } },
    async (request) => sessionView(actorOf(request)),
  );

  api.delete(
    v1.API_PATHS.session,
    { config: { permission: "known" }, schema: { tags, summary: "Log out", response: { 204: Type.Null() } } },
    async (request, reply) => {
      await access.logout(actorOf(request));
      await streams.recheck();
      await audit(store, request, { action: "logout", subject: actorOf(request).user, outcome: "done" });
      void reply.clearCookie(SESSION_COOKIE, { ...COOKIE, secure: secureCookie });
      return reply.code(204).send(null);
    },
  );

  api.post(
    v1.API_PATHS.password,
    {
      config: { permission: "known", rateLimit: LOGINS },
      schema: { tags, summary: "Choose a password", body: v1.PasswordRequest, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const actor = actorOf(request);
      await access.setPassword(actor, request.body.password, request.body.current);
      await streams.recheck();
      await audit(store, request, { action: "password", subject: actor.user, outcome: "done" });
      return reply.code(204).send(null);
    },
  );

  /** Whose of a list are asked for: null is everybody's. Throws `forbidden`. */
  function whose(request: FastifyRequest, all: boolean): string | null {
    const actor = actorOf(request);
    if (!all) return actor.user;
    requirePermission(actor, "administer");
    return null;
  }

  /** Whose the caller may end. */
  function endable(request: FastifyRequest): string | null {
    const actor = actorOf(request);
    return administers(actor) ? null : actor.user;
  }

  api.get(
    v1.API_PATHS.sessions,
    {
      config: { permission: "known" },
      schema: { tags, summary: "Browser sessions", querystring: v1.WhoseQuery, response: { 200: v1.SessionList } },
    },
    async (request) => {
      const { via } = actorOf(request);
      const sessions = await store.sessions(whose(request, request.query.all ?? false));
      const own = via.type === "session" ? via.hash : null;
      return { items: sessions.map((session) => sessionInfoView(session, own)) };
    },
  );

  api.delete(
    v1.API_PATHS.sessionOf,
    {
      config: { permission: "known" },
      schema: { tags, summary: "End a session", params: IdPath, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const { id } = request.params;
      const ended = (await store.sessions(endable(request))).find((session) => sessionId(session) === id);
      if (ended === undefined) throw new FleetError("not-found", `there is no session ${id}`);
      await audit(store, request, { action: "session.end", subject: `${id} of ${ended.user}`, outcome: "done" });
      await store.deleteSession(ended.hash);
      await streams.recheck();
      return reply.code(204).send(null);
    },
  );

  api.get(
    v1.API_PATHS.tokens,
    {
      config: { permission: "known" },
      schema: { tags, summary: "API tokens", querystring: v1.WhoseQuery, response: { 200: v1.ApiTokenList } },
    },
    async (request) => ({
      items: (await store.apiTokens(whose(request, request.query.all ?? false))).map(tokenView),
    }),
  );

  api.post(
    v1.API_PATHS.tokens,
    {
      config: { permission: "known" },
      schema: {
        tags,
        summary: "Make an API token, for oneself or, for who administers, for another",
        body: v1.ApiTokenRequest,
        response: { 200: v1.ApiToken },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      const { name, user = actor.user, ttlSeconds = null } = request.body;
      const { via } = actor;
      if (user !== actor.user) {
        // It opens no more than the password does which the same caller may set; and both are named in the audit.
        requirePermission(actor, "administer");
        await people.find(user);
      }
      // Else whoever holds one for a day could make one for ever of it.
      if (via.type === "token" && via.expiresAtMs !== undefined) {
        const endsAtMs = ttlSeconds === null ? Number.POSITIVE_INFINITY : Date.now() + ttlSeconds * 1000;
        if (endsAtMs > via.expiresAtMs) {
          throw new FleetError(
            "forbidden",
            "a token that ends makes none that lasts longer: give a shorter ttlSeconds",
          );
        }
      }
      const whose = user === actor.user ? name : `${name} of ${user}`;
      const subject = ttlSeconds === null ? whose : `${whose}; for ${ttlSeconds} s`;
      const note = () => audit(store, request, { action: "token.create", subject, outcome: "done" });
      const ttlMs = ttlSeconds === null ? null : ttlSeconds * 1000;
      const { record, token } = await access.newApiToken(user, name, ttlMs, note);
      return { ...tokenView(record), token };
    },
  );

  api.delete(
    v1.API_PATHS.token,
    {
      config: { permission: "known" },
      schema: { tags, summary: "Revoke an API token", params: IdPath, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const { id } = request.params;
      const gone = (await store.apiTokens(endable(request))).find((token) => token.id === id);
      if (gone === undefined) throw new FleetError("not-found", `there is no token ${id}`);
      await audit(store, request, { action: "token.delete", subject: `${id} of ${gone.user}`, outcome: "done" });
      await store.deleteApiToken(gone.user, id);
      await streams.recheck();
      return reply.code(204).send(null);
    },
  );

  api.post(
    v1.API_PATHS.joinTokens,
    {
      config: { permission: "administer" },
      schema: {
        tags,
        summary: "Make a token with which hosts join the fleet",
        body: v1.JoinTokenRequest,
        response: { 200: v1.JoinToken },
      },
    },
    async (request) => {
      const { uses = 1, ttlSeconds = 86_400 } = request.body;
      await audit(store, request, { action: "join-token.create", subject: `${uses} uses`, outcome: "done" });
      const made = await joining.newToken(actorOf(request).user, uses, ttlSeconds * 1000);
      return { ...made, agentsPort: world.agentsPort() };
    },
  );

  api.get(
    v1.API_PATHS.joinTokens,
    {
      config: { permission: "administer" },
      schema: {
        tags,
        summary: "Join tokens, used up ones too until they are forgotten",
        response: { 200: v1.JoinTokenList },
      },
    },
    async () => ({ items: (await store.joinTokens()).map(joinTokenView) }),
  );

  api.delete(
    v1.API_PATHS.joinToken,
    {
      config: { permission: "administer" },
      schema: { tags, summary: "Revoke a join token", params: IdPath, response: { 204: Type.Null() } },
    },
    async (request, reply) => {
      const { id } = request.params;
      if ((await store.joinToken(id)) === null) throw new FleetError("not-found", `there is no join token ${id}`);
      await audit(store, request, { action: "join-token.delete", subject: id, outcome: "done" });
      await store.deleteJoinToken(id);
      return reply.code(204).send(null);
    },
  );
}

function sessionView(actor: Actor): v1.Session {
  const csrfToken = actor.via.type === "session" ? actor.via.csrfToken : "";
  const grants = actor.grants.rules.map(({ grant: { role, verbs, selector } }) => ({
    role,
    verbs: [...verbs],
    selector,
  }));
  return {
    user: actor.user,
    role: rankOf(actor.grants),
    grants,
    administers: administers(actor),
    passwordSet: actor.passwordSet,
    csrfToken,
  };
}
