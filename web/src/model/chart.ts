// Figures as a chart draws them: one line with the spread around it, broken where nothing is known, and the same in words.
import type { MetricSeries } from "@fleetvisor/proto/api/v1";
import { language, t } from "../i18n/i18n.js";
import { formatBytes } from "../lib/format.js";

export type ChartKind = "cpu" | "memory" | "load";

type Values = readonly (number | null)[];

export interface ChartView {
  /** Seconds since the epoch, as the chart library wants them. */
  readonly seconds: readonly number[];
  readonly avg: Values;
  readonly min: Values;
  readonly max: Values;
  /** Places of values that have no neighbour: a line cannot show them, so they are dots. */
  readonly lonely: readonly number[];
  /** What the axis must reach at least; null where the values decide. */
  readonly ceiling: number | null;
  readonly words: string;
  readonly empty: boolean;
}

/** How a value of the kind reads. */
export function formatValue(kind: ChartKind, value: number): string {
  if (kind === "memory") return formatBytes(value);
  if (kind === "load") return decimals(value, 2, 2);
  return t("chart.percent", { value: decimals(value, 0, value < 10 ? 1 : 0) });
}

function decimals(value: number, least: number, most: number): string {
  return value.toLocaleString(language(), {
    minimumFractionDigits: least,
    maximumFractionDigits: most,
    useGrouping: false,
  });
}

export function buildChart(series: MetricSeries, kind: ChartKind): ChartView {
  const spread = kind === "cpu" ? series.cpuPercent : kind === "memory" ? series.memoryBytes : series.load;
  const { avg = [], min = [], max = [] } = spread ?? {};
  const known = avg.filter((value) => value !== null);
  const empty = known.length === 0;
  return {
    seconds: series.atMs.map((atMs) => atMs / 1_000),
    avg,
    min,
    max,
    lonely: avg.flatMap((value, at) => (value !== null && isGap(avg, at - 1) && isGap(avg, at + 1) ? [at] : [])),
    ceiling: kind === "memory" ? (series.memoryTotalBytes ?? null) : null,
    words: empty ? t("chart.none") : wordsOf(kind, avg, max),
    empty,
  };
}

function isGap(values: Values, at: number): boolean {
  return (values[at] ?? null) === null;
}

function wordsOf(kind: ChartKind, avg: Values, max: Values): string {
  const known = avg.filter((value) => value !== null);
  const last = avg.at(-1) ?? null;
  const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
  const most = Math.max(...max.filter((value) => value !== null), ...known);
  return [
    last === null ? t("chart.nowUnknown") : t("chart.now", { value: formatValue(kind, last) }),
    t("chart.average", { value: formatValue(kind, mean) }),
    t("chart.most", { value: formatValue(kind, most) }),
  ].join(", ");
}

/** One point in words: its average and, where it is made of several samples, their spread. */
export function pointWords(kind: ChartKind, { avg, min, max }: ChartView, at: number): string {
  const [value = null, least = null, most = null] = [avg[at], min[at], max[at]];
  if (value === null) return t("chart.unknown");
  const text = formatValue(kind, value);
  if (least === null || most === null || least === most) return text;
  return t("chart.spread", { value: text, least: formatValue(kind, least), most: formatValue(kind, most) });
}

/** A mark of the time axis in the reader's own zone: times of day, or days where the marks are days apart. */
export function formatTick(seconds: number, apartSeconds: number): string {
  const at = new Date(seconds * 1_000);
  const two = (n: number) => String(n).padStart(2, "0");
  return apartSeconds >= 86_400
    ? `${two(at.getMonth() + 1)}-${two(at.getDate())}`
    : `${two(at.getHours())}:${two(at.getMinutes())}`;
}
