// How far each host's clock is from the controller's, so that ages are right on a host whose clock is not.
import { useCallback, useMemo } from "react";
import { useInstances } from "../api/queries.js";

/** Gives the skew of an instance by name, ms; 0 while it is not known. */
export function useSkew(): (instance: string) => number {
  const { data } = useInstances();
  const skews = useMemo(() => new Map(data?.items.map(({ name, clockSkewMs }) => [name, clockSkewMs])), [data]);
  return useCallback((instance) => skews.get(instance) ?? 0, [skews]);
}
