// Users, grants, tokens, sessions and the audit of the pretended controller, kept as long as it runs.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type {
  ApiToken,
  ApiTokenRequest,
  AuditCheck,
  AuditEntry,
  Explanation,
  Grant,
  GrantRequest,
  JoinTokenInfo,
  SessionInfo,
  User,
  UserRequest,
} from "@fleetvisor/proto/api/v1";
import type { Handler } from "./mock-api.js";

const HOUR = 3_600_000;

/** The routes of one pretended controller; what they change is theirs. */
export function peopleRoutes(): Readonly<Record<string, Handler>> {
  const nowMs = Date.now();
  let nextId = 1;
  const newId = () => `id${nextId++}`;
  const grant = (user: string, part: Partial<Grant>): Grant => ({
    ...{ id: newId(), user, role: null, verbs: [], selector: "all", createdBy: "admin", createdAtMs: nowMs },
    ...part,
  });
  const user = (name: string, grants: Grant[], part: Partial<User> = {}): User => ({
    ...{ name, passwordSet: true, disabledAtMs: null, createdAtMs: nowMs - 90 * HOUR, grants },
    ...part,
  });
  const users = new Map<string, User>(
    [
      user("admin", [grant("admin", { role: "admin" })]),
      user("ann", [grant("ann", { role: "viewer" }), grant("ann", { verbs: ["restart"], selector: "role=web/api:*" })]),
      user("bob", [], { disabledAtMs: nowMs, passwordSet: false }),
    ].map((each) => [each.name, each]),
  );
  const token = (name: string, owner: string, part: Partial<ApiToken> = {}): ApiToken => ({
    ...{ id: newId(), name, user: owner, createdAtMs: nowMs - HOUR, lastUsedAtMs: null },
    ...part,
  });
  let tokens: ApiToken[] = [token("fvctl on a laptop", "admin"), token("ci", "ann", { expiresAtMs: nowMs - HOUR })];
  const times = { createdAtMs: nowMs - HOUR, seenAtMs: nowMs, expiresAtMs: nowMs + 12 * HOUR };
  let sessions: SessionInfo[] = [
    { id: newId(), user: "admin", origin: "password", ...times, current: true },
    { id: newId(), user: "admin", origin: "code", ...times, current: false },
    { id: newId(), user: "ann", origin: "password", ...times, current: false },
  ];
  const joinTimes = { createdBy: "admin", createdAtMs: nowMs - HOUR, expiresAtMs: nowMs + HOUR };
  let joins: JoinTokenInfo[] = [
    { id: newId(), uses: 5, used: 2, ...joinTimes },
    { id: newId(), uses: 1, used: 1, ...joinTimes },
  ];
  const audit: AuditEntry[] = Array.from({ length: 130 }, (_, at) => ({
    ...{
      id: at + 1,
      atMs: nowMs - (130 - at) * HOUR,
      actor: at % 7 === 0 ? "" : "admin",
      action: "login",
      subject: "admin",
    },
    ...{
      outcome: at % 7 === 0 ? ("refused" as const) : ("done" as const),
      address: "127.0.0.1",
      hash: "0a1b2c3d4e5f".repeat(5),
    },
  }));
  const own = (url: URL) => url.searchParams.get("all") !== "true";
  const set = (name: string, part: Partial<User>) => {
    const found = users.get(name);
    if (found !== undefined) users.set(name, { ...found, ...part });
    return undefined;
  };

  return {
    [`GET ${API_PATHS.users}`]: () => ({ items: [...users.values()] }),
    [`POST ${API_PATHS.users}`]: ({ body }) => {
      const { name, password } = body as UserRequest;
      const made = user(name, [], { passwordSet: password !== undefined });
      users.set(name, made);
      return made;
    },
    [`DELETE ${API_PATHS.user}`]: ({ names }) => void users.delete(names.user ?? ""),
    [`POST ${API_PATHS.userDisable}`]: ({ names }) => set(names.user ?? "", { disabledAtMs: Date.now() }),
    [`POST ${API_PATHS.userEnable}`]: ({ names }) => set(names.user ?? "", { disabledAtMs: null }),
    [`POST ${API_PATHS.grants}`]: ({ body }) => {
      const { user: name, role = null, verbs = [], selector } = body as GrantRequest;
      const made = grant(name, { role, verbs: [...verbs], selector });
      set(name, { grants: [...(users.get(name)?.grants ?? []), made] });
      return made;
    },
    [`DELETE ${API_PATHS.grant}`]: ({ names }) => {
      for (const { name, grants } of users.values()) set(name, { grants: grants.filter(({ id }) => id !== names.id) });
    },
    [`GET ${API_PATHS.tokens}`]: ({ url }) => ({ items: tokens.filter((each) => !own(url) || each.user === "admin") }),
    [`POST ${API_PATHS.tokens}`]: ({ body }) => {
      const { name, ttlSeconds } = body as ApiTokenRequest;
      const expiresAtMs = ttlSeconds === undefined ? null : Date.now() + ttlSeconds * 1_000;
      const made = token(name, "admin", { expiresAtMs, createdAtMs: Date.now() });
      tokens = [...tokens, made];
      return { ...made, token: "fvt_7Qm2xTz0vYb1LrKc9WdEhA4s" };
    },
    [`DELETE ${API_PATHS.token}`]: ({ names }) => {
      tokens = tokens.filter(({ id }) => id !== names.id);
    },
    [`GET ${API_PATHS.sessions}`]: ({ url }) => ({
      items: sessions.filter((each) => !own(url) || each.user === "admin"),
    }),
    [`DELETE ${API_PATHS.sessionOf}`]: ({ names }) => {
      sessions = sessions.filter(({ id }) => id !== names.id);
    },
    [`GET ${API_PATHS.joinTokens}`]: () => ({ items: joins }),
    [`DELETE ${API_PATHS.joinToken}`]: ({ names }) => {
      joins = joins.filter(({ id }) => id !== names.id);
    },
    [`GET ${API_PATHS.audit}`]: ({ url }) => {
      const from = Number(url.searchParams.get("cursor") ?? 0);
      const end = from + Number(url.searchParams.get("limit") ?? 100);
      const [wanted, outcome] = ["user", "outcome"].map((key) => url.searchParams.get(key));
      const newest = audit
        .filter((each) => (wanted ?? each.actor) === each.actor && (outcome ?? each.outcome) === each.outcome)
        .reverse();
      return { items: newest.slice(from, end), nextCursor: end < newest.length ? String(end) : null };
    },
    // In two parts, so that a page goes on by itself.
    [`GET ${API_PATHS.auditCheck}`]: ({ url }): AuditCheck => {
      const first = url.searchParams.get("cursor") === null;
      const rows = first ? 100 : audit.length;
      const nextCursor = first ? `100.${"0a".repeat(32)}` : null;
      return { rows, total: audit.length, head: "0a1b2c3d4e5f".repeat(5), broken: null, nextCursor };
    },
    [`POST ${API_PATHS.userPassword}`]: ({ names }) => set(names.user ?? "", { passwordSet: true }),
    [`GET ${API_PATHS.explain}`]: ({ url }): Explanation => {
      const name = url.searchParams.get("user") ?? "admin";
      const [given = null] = users.get(name)?.grants ?? [];
      const allowed = given?.role === "admin";
      return {
        ...{ user: name, verb: "restart", target: url.searchParams.get("target"), allowed, grant: given },
        reason: allowed ? "role admin over all" : "no grant of theirs allows it",
      };
    },
  };
}
