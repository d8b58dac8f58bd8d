// The picture of `fvctl top`: the fleet in two lines, processes in rows, what the keys do. Pure.
import type { FleetSummary, Process } from "@fleetvisor/proto/api/v1";
import { type Colors, paintState } from "../render/colors.js";
import { cutTo } from "../render/layout.js";
import { describe } from "../render/status.js";
import { type Head, type Row, TableWriter } from "../render/table.js";
import { formatCpu, formatMemory } from "../render/usage.js";
import { formatClock, formatCounts, formatSpan, plural } from "../render/words.js";
import { TOP_SORT_NAMES, TOP_SORTS, type TopState } from "./top-state.js";

export interface TopData {
  readonly summary: FleetSummary | null;
  /** The first ones, in the order asked for. */
  readonly processes: readonly Process[];
  /** How many there are that match. */
  readonly total: number;
  /** The controller's clock. */
  readonly nowMs: number;
  /** Why it could not be asked for anew; null when it could. */
  readonly trouble: string | null;
}

export const NO_DATA: TopData = { summary: null, processes: [], total: 0, nowMs: 0, trouble: null };

const HEAD: Head = [
  "TARGET",
  "STATE",
  { title: "CPU", least: 6 },
  { title: "MEMORY", least: 8, leaves: 2 },
  { title: "FOR", least: 7, leaves: 1 },
  "DESCRIPTION",
];

/** Lines around the rows: two of the fleet, one empty, the heading, one of keys. */
const AROUND = 5;

export function rowsOfPage(screenRows: number): number {
  return Math.max(1, screenRows - AROUND);
}

export function buildTop(
  data: TopData,
  state: TopState,
  { columns, rows, colors }: { readonly columns: number; readonly rows: number; readonly colors: Colors },
): string[] {
  const page = rowsOfPage(rows);
  const cut = (text: string) => cutTo(text, columns);
  const body = state.isHelp ? helpLines() : tableLines(data, state, { columns, page, colors });
  const filler = Array.from({ length: Math.max(0, page + 1 - body.length) }, () => "");
  return [
    ...headLines(data, state, page, { colors, cut }),
    "",
    ...body.slice(0, page + 1),
    ...filler,
    footLine(data, state, colors, cut),
  ];
}

function headLines(
  { summary, total, nowMs, trouble }: TopData,
  { filter, sort, offset, isPaused }: TopState,
  page: number,
  { colors, cut }: { readonly colors: Colors; readonly cut: (text: string) => string },
): string[] {
  if (trouble !== null) return [colors.red(cut(trouble)), colors.dim(cut("what follows is from before"))];
  if (summary === null) return [cut("asking the controller"), ""];
  const { instances, counts } = summary;
  const lost = [
    ...(instances.late === 0 ? [] : [`${instances.late} late`]),
    ...(instances.lost === 0 ? [] : [`${instances.lost} lost`]),
  ].join(", ");
  const hosts = `${plural(instances.total, "instance", "instances")}${lost === "" ? "" : ` (${lost})`}`;
  const first = cut(
    `${formatClock(nowMs)}  ${hosts}, ${plural(summary.processes, "process", "processes")}: ${formatCounts(counts)}`,
  );
  const paint = { ok: colors.green, degraded: colors.yellow, failing: colors.red, empty: colors.dim }[summary.verdict];
  const shown = total > page ? `${offset + 1} to ${Math.min(offset + page, total)} of ${total}` : `${total}`;
  const what = `${filter === "" ? "everything" : filter}: ${shown}, sorted by ${sort}${isPaused ? ", paused" : ""}`;
  return [paint(first), cut(what)];
}

function tableLines(
  { processes, nowMs }: TopData,
  { offset }: TopState,
  { columns, page, colors }: { readonly columns: number; readonly page: number; readonly colors: Colors },
): string[] {
  const table = new TableWriter(HEAD, { columns, colors, isCut: true });
  const shown = processes.slice(offset, offset + page);
  return table
    .rows(shown.map((process) => rowOf(process, nowMs, colors)))
    .trimEnd()
    .split("\n");
}

function rowOf(process: Process, nowMs: number, colors: Colors): Row {
  const { target, state, liveness, sinceMs } = process;
  const span = formatSpan(nowMs - sinceMs);
  // How long it is up is in a column of its own.
  const words = state === "RUNNING" ? `pid ${process.pid ?? 0}` : describe(process, undefined, nowMs);
  if (liveness === "live") {
    const painted = { text: state, paint: paintState(colors, state) };
    return [target, painted, formatCpu(process), formatMemory(process), span, words];
  }
  return [target, state, "-", "-", span, `${words === "" ? "" : `${words}; `}${liveness}`].map((text) => ({
    text,
    paint: colors.dim,
  }));
}

function footLine(_data: TopData, { typed }: TopState, colors: Colors, cut: (text: string) => string): string {
  if (typed !== null) return `filter: ${cut(`${typed}_`)}`;
  const sorts = TOP_SORT_NAMES.map((name) => `${TOP_SORTS[name].key} ${name}`).join("  ");
  return colors.dim(cut(`q quit  ? help  / filter  ${sorts}  space pause`));
}

function helpLines(): string[] {
  return [
    "Keys",
    "  q, Ctrl-C          leave",
    "  /                  filter by selectors, like 'web-*/api:*' or state=FATAL; Enter takes it",
    "  Esc                everything again",
    ...TOP_SORT_NAMES.map((name) => `  ${TOP_SORTS[name].key}                  sort ${TOP_SORTS[name].meaning}`),
    "  arrows, PgUp PgDn  scroll; Home and End",
    "  space              pause and go on",
    "  ?                  this, and back",
  ];
}
