// Figures of the pretended fleet over a time: waves with a gap in them, the same each time.
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import type { MetricSeries } from "@fleetvisor/proto/api/v1";
import type { Handler } from "./mock-api.js";

const GIB = 2 ** 30;
const POINTS = 120;

export const measureRoutes: Readonly<Record<string, Handler>> = {
  [`GET ${API_PATHS.processMetrics}`]: ({ url, names }) => seriesOf(url, names.name === "migrate" ? 0 : 1, false),
  [`GET ${API_PATHS.instanceMetrics}`]: ({ url }) => seriesOf(url, 8, true),
};

/** `size` 0 knows nothing. */
function seriesOf(url: URL, size: number, ofHost: boolean): MetricSeries {
  const sinceMs = Number(url.searchParams.get("sinceMs"));
  const untilMs = Number(url.searchParams.get("untilMs"));
  const stepMs = Math.max(15_000, (untilMs - sinceMs) / POINTS);
  const atMs = Array.from({ length: POINTS }, (_, n) => Math.round(sinceMs + n * stepMs));
  const column = (value: (n: number) => number) =>
    atMs.map((_, n) => (size === 0 || (n > 40 && n < 55 && n !== 48) ? null : value(n)));
  const spread = (value: (n: number) => number) => ({
    min: column((n) => value(n) * 0.8),
    avg: column(value),
    max: column((n) => value(n) * 1.3),
  });
  return {
    source: "minute",
    stepMs,
    atMs,
    cpuPercent: spread((n) => 12 + 8 * Math.sin(n / 9)),
    memoryBytes: spread((n) => size * GIB * (0.3 + n / 1_000)),
    ...(ofHost ? { load: spread((n) => 1 + Math.cos(n / 20)), memoryTotalBytes: 16 * GIB } : {}),
  };
}
