// Use of CPU and memory over a time, for charts: of a host, and of one process.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { type Figures, NO_FIGURES, RESOLUTIONS, type Tally } from "../../core/metrics.js";
import { chartScale, coarser, type Point, rawPoints, withGaps } from "../../core/metrics-chart.js";
import { processKey } from "../../core/rows.js";
import { type ApiWorld, reachOf, type TypedApi } from "../context.js";
import { percent, seesHost } from "../figures.js";
import { InstancePath, ProcessPath } from "./fleet.js";

const HOUR_MS = 3_600_000;
const DEFAULT_POINTS = 300;

export function metricRoutes(api: TypedApi, world: ApiWorld): void {
  const { store, metrics } = world;
  const tags = ["metrics"];
  const config = { permission: "covered" } as const;
  const response = { 200: v1.MetricSeries };

  api.get(
    v1.API_PATHS.instanceMetrics,
    {
      config,
      schema: {
        tags,
        summary: "What a host used over a time: CPU, memory, load",
        params: InstancePath,
        querystring: v1.MetricQuery,
        response,
      },
    },
    async (request) => {
      const reach = reachOf(request, world);
      const { name } = reach.instance(request.params.instance);
      if (!seesHost(reach, name)) throw new FleetError("not-found", `there are no figures of the host of ${name}`);
      return series(name, null, request.query);
    },
  );

  api.get(
    v1.API_PATHS.processMetrics,
    {
      config,
      schema: {
        tags,
        summary: "What a process used over a time: CPU and memory of its process group",
        params: ProcessPath,
        querystring: v1.MetricQuery,
        response,
      },
    },
    async (request) => {
      const { instance, group, name } = request.params;
      const { process } = reachOf(request, world).process(instance, group, name);
      return series(instance, processKey(process.group, process.name), request.query);
    },
  );

  async function series(instance: string, key: string | null, query: v1.MetricQuery): Promise<v1.MetricSeries> {
    const { untilMs = Date.now(), points: wanted = DEFAULT_POINTS } = query;
    const { sinceMs = untilMs - HOUR_MS } = query;
    if (sinceMs >= untilMs) throw new FleetError("invalid-argument", "sinceMs must be before untilMs");
    const moments = metrics.moments(instance, key);
    const { source, stepMs } = chartScale({
      ...{ sinceMs, untilMs, points: wanted },
      rawSinceMs: moments[0]?.atMs ?? null,
      minutesSinceMs: Date.now() - metrics.minutesMs,
    });
    if (source === "raw") return seriesOf(source, metrics.sampleMs, rawPoints(moments, sinceMs, untilMs), key);
    const kept = await store.metrics({ instance, key, resolution: source, sinceMs, untilMs });
    // The minute under way, and the one before that may not be kept yet.
    const last = kept.at(-1);
    const fromMs = last === undefined ? sinceMs : last.atMs + RESOLUTIONS[source];
    return seriesOf(source, stepMs, coarser([...kept, ...rawPoints(moments, fromMs, untilMs)], stepMs), key);
  }
}

function seriesOf(
  source: v1.MetricSeries["source"],
  stepMs: number,
  points: readonly Point[],
  key: string | null,
): v1.MetricSeries {
  const filled = withGaps(points, stepMs);
  const column = (pick: (figures: Figures) => Tally | null, index = 0) => {
    const tallies = filled.map(({ figures }) => pick(figures[index] ?? NO_FIGURES));
    const of = (which: "min" | "avg" | "max") => tallies.map((tally) => percent(tally?.[which] ?? null));
    return { min: of("min"), avg: of("avg"), max: of("max") };
  };
  const whole = {
    source,
    stepMs,
    atMs: filled.map(({ atMs }) => atMs),
    cpuPercent: column(({ cpu }) => cpu),
    memoryBytes: column(({ memory }) => memory),
  };
  if (key !== null) return whole;
  const total = points.at(-1)?.figures[1]?.memory?.avg ?? null;
  return { ...whole, load: column(({ cpu }) => cpu, 1), memoryTotalBytes: total };
}
