// The list of instances: a row each, with the reason of what is not live. Pure.
import type { Instance } from "@fleetvisor/proto/api/v1";
import { type Colors, paintLiveness } from "./colors.js";
import type { Row } from "./table.js";
import { formatCounts, formatSpan } from "./words.js";

export const INSTANCE_HEAD = ["INSTANCE", "LIVENESS", "HEARD", "VERSION", "PROCESSES", "LABELS"] as const;

/** Rows in the order given; `nowMs` is the controller's. */
export function instanceRows(instances: readonly Instance[], nowMs: number, colors: Colors): readonly Row[] {
  return instances.map((instance) => {
    const { name, liveness, livenessReason, lastHeardAtMs, version, counts, labels, mood } = instance;
    const isLive = liveness === "live";
    const paint = isLive ? (text: string) => text : colors.dim;
    const shown = Object.entries(labels).map(([key, value]) => `${key}=${value}`);
    const processes = formatCounts(counts) || "none";
    const cells = [
      `${formatSpan(nowMs - lastHeardAtMs)} ago`,
      version,
      mood === "RUNNING" || mood === "" ? processes : `${mood}; ${processes}`,
      [...(isLive || livenessReason === null ? [] : [`(${livenessReason})`]), ...shown].join(" "),
    ];
    return [
      { text: name, paint },
      { text: liveness, paint: paintLiveness(colors, liveness) },
      ...cells.map((text) => ({ text, paint })),
    ];
  });
}
