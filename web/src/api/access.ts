// Users, grants, tokens, sessions, the audit and explanations: what is asked, and what changes them.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type {
  ApiToken,
  ApiTokenList,
  ApiTokenRequest,
  AuditPage,
  ExplainQuery,
  Explanation,
  Grant,
  GrantRequest,
  JoinTokenList,
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
import { call } from "./client.js";

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

export function useAudit(): UseInfiniteQueryResult<{ readonly pages: readonly AuditPage[] }> {
  return useInfiniteQuery({
    queryKey: [...ACCESS, "audit"],
    queryFn: ({ pageParam, signal }) =>
      call<AuditPage>(apiPath("audit"), { query: { limit: AUDIT_ROWS, cursor: pageParam }, signal }),
    initialPageParam: null as string | null,
    getNextPageParam: (page: AuditPage) => page.nextCursor,
  });
}

/** Asked only once there is a question. */
export function useExplanation(question: ExplainQuery | null): UseQueryResult<Explanation> {
  return useQuery({
    queryKey: [...ACCESS, "explain", question],
    queryFn: ({ signal }) => call<Explanation>(apiPath("explain"), { query: { ...question }, signal }),
    enabled: question !== null,
  });
}

/** Does a change and asks for all lists of access again; a failure is told in a notice, and the answer is null then. */
export function useChange(): <T>(what: string, change: () => Promise<T>) => Promise<T | null> {
  const client = useQueryClient();
  const notices = useNotices();
  return async (what, change) => {
    try {
      return await change();
    } catch (error) {
      notices.problem(`Could not ${what}`, FleetError.from(error).message);
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
  addGrant: (body: GrantRequest) => call<Grant>(apiPath("grants"), { method: "POST", body }),
  deleteGrant: (id: string) => remove(apiPath("grant", { id })),
  addToken: (body: ApiTokenRequest) => call<ApiToken>(apiPath("tokens"), { method: "POST", body }),
  deleteToken: (id: string) => remove(apiPath("token", { id })),
  endSession: (id: string) => remove(apiPath("sessionOf", { id })),
  deleteJoinToken: (id: string) => remove(apiPath("joinToken", { id })),
};
