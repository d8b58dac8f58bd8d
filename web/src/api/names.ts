// Names that the controller knows for a text being typed: a few processes, for suggestions.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { Process, ProcessList } from "@fleetvisor/proto/api/v1";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { call } from "./client.js";

/** Enough for several groups, though one may have many processes. */
const ROWS = 100;

const NONE: readonly Process[] = [];

/** The first processes of a selector; none while there is nothing to ask, and where the selector cannot be read yet. */
export function useNames(selector: string | null): readonly Process[] {
  const { data } = useQuery({
    queryKey: ["names", selector],
    queryFn: ({ signal }) => call<ProcessList>(apiPath("processes"), { query: { selector, limit: ROWS }, signal }),
    enabled: selector !== null,
    placeholderData: keepPreviousData,
    retry: false,
  });
  return selector === null ? NONE : (data?.items ?? NONE);
}
