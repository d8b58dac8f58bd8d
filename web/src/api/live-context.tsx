// Hands the live stream to components, with the hooks that read its status and clock.
import { createContext, useContext, useSyncExternalStore } from "react";
import type { Live } from "./live.js";
import type { LiveStatus } from "./live-status.js";

export const LiveContext = createContext<Live | null>(null);

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (live === null) throw new Error("useLive outside of a logged-in page");
  return live;
}

export function useLiveStatus(): LiveStatus {
  const { state } = useLive();
  return useSyncExternalStore(state.subscribe, () => state.status);
}
