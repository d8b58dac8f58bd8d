// The controller's own state as its page draws it: figures out of its /metrics, versions and clocks of its agents.
import type { Instance } from "@fleetvisor/proto/api/v1";
import { formatBytes, formatCount, formatSpan } from "../lib/format.js";
import { groupBy } from "../lib/group.js";
import { links } from "./links.js";

/** Values without labels of a Prometheus text, by name (exposition format 0.0.4). */
export function readFigures(text: string): ReadonlyMap<string, number> {
  const figures = new Map<string, number>();
  for (const line of text.split("\n")) {
    const [, name, value] = /^([A-Za-z_:][\w:]*) (\S+)/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) figures.set(name, Number(value));
  }
  return figures;
}

export interface Figure {
  readonly name: string;
  readonly value: string;
}

/** What people ask of a controller, as far as it tells; what it does not tell is left out. */
export function buildFigures(figures: ReadonlyMap<string, number>, nowMs: number): readonly Figure[] {
  const rows: Figure[] = [];
  const add = (name: string, metric: string, words: (value: number) => string) => {
    const value = figures.get(metric);
    if (value !== undefined && Number.isFinite(value)) rows.push({ name, value: words(value) });
  };
  add("Up for", "process_start_time_seconds", (seconds) => formatSpan(nowMs - seconds * 1_000));
  add("Memory", "process_resident_memory_bytes", formatBytes);
  add("Event loop late by (99 %)", "nodejs_eventloop_lag_p99_seconds", inMs);
  add("Agents connected", "fleetvisor_agent_sessions", formatCount);
  add("Open streams", "fleetvisor_stream_clients", formatCount);
  add("History", "fleetvisor_store_writable", (writable) => (writable === 1 ? "is written" : "is not written"));
  add("Waiting to be written", "fleetvisor_store_waiting_rows", (rows) => `${formatCount(rows)} rows`);
  const [commits = 0, seconds = 0] = ["fleetvisor_store_commits_total", "fleetvisor_store_commit_seconds_total"].map(
    (name) => figures.get(name),
  );
  if (commits > 0) rows.push({ name: "A commit takes", value: inMs(seconds / commits) });
  return rows;
}

function inMs(seconds: number): string {
  return `${(seconds * 1_000).toFixed(1)} ms`;
}

export interface VersionRow {
  readonly version: string;
  readonly count: number;
  /** Some of them, by name. */
  readonly instances: readonly { readonly name: string; readonly href: string }[];
}

const MOST_NAMED = 8;

/** Versions of agents, the most common first. */
export function buildVersions(instances: readonly Instance[]): readonly VersionRow[] {
  return [...groupBy(instances, ({ version }) => version)]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([version, own]) => ({
      version: version === "" ? "not known" : version,
      count: own.length,
      instances: own.slice(0, MOST_NAMED).map(({ name }) => ({ name, href: links.instance(name) })),
    }));
}

export interface ClockRow {
  readonly name: string;
  readonly href: string;
  readonly words: string;
}

/** Clocks that differ by less are right enough for history. */
const SKEW_MS = 2_000;

/** Hosts whose clocks are wrong, the worst first. */
export function buildClocks(instances: readonly Instance[]): readonly ClockRow[] {
  return instances
    .filter(({ clockSkewMs }) => Math.abs(clockSkewMs) >= SKEW_MS)
    .sort((a, b) => Math.abs(b.clockSkewMs) - Math.abs(a.clockSkewMs))
    .map(({ name, clockSkewMs }) => ({
      name,
      href: links.instance(name),
      words: `${formatSpan(Math.abs(clockSkewMs))} ${clockSkewMs > 0 ? "ahead" : "behind"}`,
    }));
}
