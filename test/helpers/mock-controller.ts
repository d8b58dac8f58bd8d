// What the pretended controller says of itself.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { ControllerState } from "@fleetvisor/proto/api/v1";
import type { Handler } from "./mock-api.js";

const DAY = 86_400_000;

function state(): ControllerState {
  const nowMs = Date.now();
  const kind = { estimated: true, mostRows: null };
  return {
    ...{ version: "0.1.0", atMs: nowMs, startedAtMs: nowMs - DAY, trouble: null, waitingRows: 0 },
    store: {
      ...{
        sizeBytes: 812_646_400,
        reusableBytes: 9_437_184,
        diskFreeBytes: 61_203_283_968,
        limitBytes: 10 * 1024 ** 3,
      },
      kinds: [
        {
          ...kind,
          kind: "events",
          rows: 1_204_551,
          oldestAtMs: nowMs - 78 * DAY,
          keptMs: 90 * DAY,
          mostRows: 10_000_000,
        },
        { ...kind, kind: "minutes", rows: 40_320, oldestAtMs: nowMs - 7 * DAY, keptMs: 7 * DAY },
        { ...kind, kind: "hours", rows: 7_488, oldestAtMs: nowMs - 78 * DAY, keptMs: 400 * DAY },
        { ...kind, kind: "operations", rows: 0, estimated: false, oldestAtMs: null, keptMs: 90 * DAY },
        { ...kind, kind: "audit", rows: 130, estimated: false, oldestAtMs: nowMs - 78 * DAY, keptMs: null },
      ],
    },
    backup: { atMs: nowMs - 9 * 3_600_000, origin: "command", sizeBytes: 790_000_000 },
  };
}

export const controllerRoutes: Readonly<Record<string, Handler>> = {
  [`GET ${API_PATHS.controller}`]: state,
};
