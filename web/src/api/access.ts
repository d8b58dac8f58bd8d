// Users, grants, tokens, sessions, the audit and explanations: what is asked, and what changes them.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type {
  ApiToken,
  ApiTokenList,
  ApiTokenRequest,
  AuditCheck,
  AuditPage,
  ExplainQuery,
  Explanation,
  Grant,
  GrantRequest,
  JoinToken,
  JoinTokenList,
  JoinTokenRequest,
  SessionList,
  User,
  UserList,
  UserRequest,
} from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import {
  type UseInfiniteQueryResult,
  type UseQueryResult,
  useInfiniteQuery,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { useNotices } from "../components/notices.js";
import type { en } from "../i18n/en/index.js";
import { t } from "../i18n/i18n.js";
import { type AuditView, auditParams, auditQuery } from "../model/audit.js";
import { call } from "./client.js";
import { useLive } from "./live-context.js";

const ACCESS = ["access"] as const;
const AUDIT_ROWS = 100;

type Path = Parameters<typeof apiPath>[0];

function useAccessList<T>(path: Path, all = false): UseQueryResult<T> {
  return useQuery({
    queryKey: [...ACCESS, path, all],
    queryFn: ({ signal }) => call<T>(apiPath(path), { query: all ? { all: "true" } : {}, signal }),
  });
}

export const useUsers = () => useAccessList<UserList>("users");
export const useJoinTokens = () => useAccessList<JoinTokenList>("joinTokens");
/** One's own, or everybody's for who administers. */
export const useTokens = (all: boolean) => useAccessList<ApiTokenList>("tokens", all);
export const useSessions = (all: boolean) => useAccessList<SessionList>("sessions", all);

/** Rows that fit, newest first. */
export function useAudit(view: AuditView): UseInfiniteQueryResult<{ readonly pages: readonly AuditPage[] }> {
  const { state } = useLive();
  return useInfiniteQuery({
    queryKey: [...ACCESS, "audit", auditParams(view).toString()],
    queryFn: ({ pageParam, signal }) => {
      const asked = auditQuery(view, Date.now() + state.clockOffsetMs);
      return call<AuditPage>(apiPath("audit"), { query: { ...asked, limit: AUDIT_ROWS, cursor: pageParam }, signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (page: AuditPage) => page.nextCursor,
  });
}

const CHECK = ["audit-check"] as const;

export interface AskedCheck {
  /** What came so far, one after the other. */
  readonly parts: readonly AuditCheck[];
  readonly error: Error | null;
  /** Asks for the next part now. */
  readonly under: boolean;
  readonly hasMore: boolean;
  next(): void;
  /** From the first row. */
  again(): void;
}

/** Checks the chain of the audit part by part; the first part is asked for at once. What was found stays until it is asked anew. */
export function useAuditCheck(): AskedCheck {
  const client = useQueryClient();
  const check = useInfiniteQuery({
    queryKey: CHECK,
    queryFn: ({ pageParam, signal }) =>
      call<AuditCheck>(apiPath("auditCheck"), { query: { cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (part: AuditCheck) => part.nextCursor,
    staleTime: Number.POSITIVE_INFINITY,
  });
  return {
    parts: check.data?.pages ?? [],
    error: check.error,
    under: check.isFetching,
    hasMore: check.hasNextPage,
    next: () => void check.fetchNextPage(),
    again: () => void client.resetQueries({ queryKey: CHECK }),
  };
}

/** Asked only once there is a question. */
export function useExplanation(question: ExplainQuery | null): UseQueryResult<Explanation> {
  return useQuery({
    queryKey: [...ACCESS, "explain", question],
    queryFn: ({ signal }) => call<Explanation>(apiPath("explain"), { query: { ...question }, signal }),
    enabled: question !== null,
  });
}

/** What a change is called when it fails. */
type What = keyof typeof en.access.whats;

/** Does a change and asks for all lists of access again; a failure is told in a notice, and the answer is null then. */
export function useChange(): <T>(what: What, change: () => Promise<T>) => Promise<T | null> {
  const client = useQueryClient();
  const notices = useNotices();
  return async (what, change) => {
    try {
      return await change();
    } catch (error) {
      notices.problem(t("access:couldNot", { what: t(`access:whats.${what}`) }), FleetError.from(error).message);
      return null;
    } finally {
      await client.invalidateQueries({ queryKey: ACCESS });
    }
  };
}

const remove = (path: string) => call<void>(path, { method: "DELETE" });

export const accessChanges = {
  addUser: (body: UserRequest) => call<User>(apiPath("users"), { method: "POST", body }),
  deleteUser: (user: string) => remove(apiPath("user", { user })),
  disableUser: (user: string) => call<void>(apiPath("userDisable", { user }), { method: "POST" }),
  enableUser: (user: string) => call<void>(apiPath("userEnable", { user }), { method: "POST" }),
  setPassword: (user: string, password: string) =>
    call<void>(apiPath("userPassword", { user }), { method: "POST", body: { password } }),
  addGrant: (body: GrantRequest) => call<Grant>(apiPath("grants"), { method: "POST", body }),
  deleteGrant: (id: string) => remove(apiPath("grant", { id })),
  addToken: (body: ApiTokenRequest) => call<ApiToken>(apiPath("tokens"), { method: "POST", body }),
  deleteToken: (id: string) => remove(apiPath("token", { id })),
  endSession: (id: string) => remove(apiPath("sessionOf", { id })),
  addJoinToken: (body: JoinTokenRequest) => call<JoinToken>(apiPath("joinTokens"), { method: "POST", body }),
  deleteJoinToken: (id: string) => remove(apiPath("joinToken", { id })),
};
