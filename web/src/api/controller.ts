// What the controller says of itself: its figures, and what it keeps.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { ControllerState } from "@fleetvisor/proto/api/v1";
import { type UseQueryResult, useQuery } from "@tanstack/react-query";
import { call, callText } from "./client.js";

const REFRESH_MS = 15_000;

/** As Prometheus reads them. */
export function useOwnFigures(): UseQueryResult<string> {
  return useQuery({
    queryKey: ["own-metrics"],
    queryFn: ({ signal }) => callText("/metrics", { signal }),
    refetchInterval: REFRESH_MS,
  });
}

export function useControllerState(): UseQueryResult<ControllerState> {
  return useQuery({
    queryKey: ["controller-state"],
    queryFn: ({ signal }) => call<ControllerState>(apiPath("controller"), { signal }),
    refetchInterval: REFRESH_MS,
  });
}

/** Where a browser downloads the database, by the person's own session. */
export const BACKUP_HREF = apiPath("backup");
