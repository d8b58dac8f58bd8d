// Writing to the standard input of a process, and reading the configuration of one or of its daemon.
import type { ConfigReport, StdinRequest } from "@fleetvisor/proto/api/logs";
import { apiPath } from "@fleetvisor/proto/api/paths";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { call } from "./client.js";
import type { Place } from "./measures.js";

/** Done at most once. Fails with `unknown-outcome` when nobody can say whether it was. */
export function sendStdin(place: Place, text: string): Promise<void> {
  return call(apiPath("processStdin", { ...place }), { method: "POST", body: { text } satisfies StdinRequest });
}

/** Of a process, or without group and name of its daemon; asked for once it is wanted. */
export function useConfig(of: Place | { readonly instance: string }, wanted: boolean): UseQueryResult<ConfigReport> {
  const path = "group" in of ? apiPath("processConfig", { ...of }) : apiPath("instanceConfig", { ...of });
  return useQuery({
    queryKey: ["config", path],
    queryFn: ({ signal }) => call<ConfigReport>(path, { signal }),
    enabled: wanted,
    staleTime: 0,
  });
}
