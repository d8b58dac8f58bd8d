// Users and their grants, for who administers the fleet.
import * as v1 from "@fleetvisor/proto/api/v1";
import type { FastifyRequest } from "fastify";
import { Type } from "typebox";
import { describeGrant } from "../../access/grants.js";
import { type ApiWorld, actorOf, audit, type TypedApi } from "../context.js";
import { grantView, userView } from "../views.js";

const UserPath = Type.Object({ user: Type.String() });
const GrantPath = Type.Object({ id: Type.String() });
const GrantQuery = Type.Object(
  { user: Type.Optional(Type.String({ maxLength: 128, description: "Only this user's" })) },
  { additionalProperties: false },
);

export function peopleRoutes(api: TypedApi, { people, store, streams }: ApiWorld): void {
  const tags = ["people"];
  const config = { permission: "administer" } as const;
  const nothing = { 204: Type.Null() };

  /** The row that a change leaves, to be written just before it is done. */
  const noteOf = (request: FastifyRequest, action: string, subject: string) => () =>
    audit(store, request, { action, subject, outcome: "done" });

  api.get(
    v1.API_PATHS.users,
    { config, schema: { tags, summary: "Every user, by name", response: { 200: v1.UserList } } },
    async () => ({ items: (await people.list()).map(userView) }),
  );

  api.post(
    v1.API_PATHS.users,
    { config, schema: { tags, summary: "Add a user", body: v1.UserRequest, response: { 200: v1.User } } },
    async (request) => {
      const { name, password, grants = [] } = request.body;
      const given = grants.map(({ role = null, verbs = [], selector }) =>
        describeGrant({ id: "", role, verbs, selector }),
      );
      const note = noteOf(request, "user.add", [name, ...given].join("; "));
      return userView(await people.add(name, password, grants, actorOf(request).user, note));
    },
  );

  api.get(
    v1.API_PATHS.user,
    { config, schema: { tags, summary: "One user", params: UserPath, response: { 200: v1.User } } },
    async (request) => userView(await people.find(request.params.user)),
  );

  api.delete(
    v1.API_PATHS.user,
    {
      config,
      schema: { tags, summary: "Delete a user with all it can log in with", params: UserPath, response: nothing },
    },
    async (request, reply) => {
      const { user } = request.params;
      await people.remove(user, noteOf(request, "user.delete", user));
      await streams.recheck();
      return reply.code(204).send(null);
    },
  );

  api.post(
    v1.API_PATHS.userPassword,
    {
      config,
      schema: {
        tags,
        summary: "Set a user's password, which ends the user's sessions",
        params: UserPath,
        body: v1.UserPasswordRequest,
        response: nothing,
      },
    },
    async (request, reply) => {
      const { user } = request.params;
      const { via } = actorOf(request);
      const own = via.type === "session" ? via.hash : null;
      await people.setPassword(user, request.body.password, own, noteOf(request, "user.password", user));
      await streams.recheck();
      return reply.code(204).send(null);
    },
  );

  api.post(
    v1.API_PATHS.userDisable,
    {
      config,
      schema: { tags, summary: "Keep a user out, tokens included", params: UserPath, response: nothing },
    },
    async (request, reply) => {
      const { user } = request.params;
      await people.disable(user, noteOf(request, "user.disable", user));
      await streams.recheck();
      return reply.code(204).send(null);
    },
  );

  api.post(
    v1.API_PATHS.userEnable,
    { config, schema: { tags, summary: "Let a user in again", params: UserPath, response: nothing } },
    async (request, reply) => {
      const { user } = request.params;
      await people.enable(user, noteOf(request, "user.enable", user));
      return reply.code(204).send(null);
    },
  );

  api.get(
    v1.API_PATHS.grants,
    { config, schema: { tags, summary: "Grants", querystring: GrantQuery, response: { 200: v1.GrantList } } },
    async (request) => ({ items: (await store.grants(request.query.user ?? null)).map(grantView) }),
  );

  api.post(
    v1.API_PATHS.grants,
    {
      config,
      schema: { tags, summary: "Grant something to a user", body: v1.GrantRequest, response: { 200: v1.Grant } },
    },
    async (request) => {
      const { user, ...grant } = request.body;
      const { role = null, verbs = [], selector } = grant;
      const subject = `${user}: ${describeGrant({ id: "", role, verbs, selector })}`;
      const note = noteOf(request, "grant.add", subject);
      const made = await people.addGrant(user, grant, actorOf(request).user, note);
      await streams.recheck();
      return grantView(made);
    },
  );

  api.delete(
    v1.API_PATHS.grant,
    { config, schema: { tags, summary: "Take a grant back", params: GrantPath, response: nothing } },
    async (request, reply) => {
      await people.removeGrant(request.params.id, (grant) =>
        noteOf(request, "grant.delete", `${grant.user}: ${describeGrant(grant)}`)(),
      );
      await streams.recheck();
      return reply.code(204).send(null);
    },
  );
}
