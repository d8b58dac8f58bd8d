// The controller's own state as its page draws it: its figures, what it keeps, versions and clocks of its agents.
import type { ControllerState, Instance, StoredRows } from "@fleetvisor/proto/api/v1";
import { t } from "../i18n/i18n.js";
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
  add(t("controller:health.up"), "process_start_time_seconds", (seconds) => formatSpan(nowMs - seconds * 1_000));
  add(t("controller:health.memory"), "process_resident_memory_bytes", formatBytes);
  add(t("controller:health.loop"), "nodejs_eventloop_lag_p99_seconds", inMs);
  add(t("controller:health.agents"), "fleetvisor_agent_sessions", formatCount);
  add(t("controller:health.streams"), "fleetvisor_stream_clients", formatCount);
  add(t("controller:health.history"), "fleetvisor_store_writable", (writable) =>
    writable === 1 ? t("controller:health.written") : t("controller:health.notWritten"),
  );
  add(t("controller:health.waiting"), "fleetvisor_store_waiting_rows", (count) =>
    t("controller:health.rows", { count }),
  );
  const [commits = 0, seconds = 0] = ["fleetvisor_store_commits_total", "fleetvisor_store_commit_seconds_total"].map(
    (name) => figures.get(name),
  );
  if (commits > 0) rows.push({ name: t("controller:health.commit"), value: inMs(seconds / commits) });
  return rows;
}

function inMs(seconds: number): string {
  return t("controller:health.milliseconds", {
    value: seconds * 1_000,
    formatParams: { value: { minimumFractionDigits: 1, maximumFractionDigits: 1 } },
  });
}

export interface StoredRow {
  readonly kind: StoredRows["kind"];
  readonly word: string;
  /** `12`, `about 1,204,551`, `none`. */
  readonly rows: string;
  readonly oldestAtMs: number | null;
  /** `90 days, at most 10,000,000`, `ever`. */
  readonly kept: string;
  /** `in 12d 3h`, `as new ones come`, `never`. */
  readonly goes: string;
}

/** `nowMs` is the controller's clock. */
export function buildStored(kinds: readonly StoredRows[], nowMs: number): readonly StoredRow[] {
  return kinds.map(({ kind, rows, estimated, oldestAtMs, keptMs, mostRows }) => ({
    kind,
    word: t(`controller:store.kind.${kind}`),
    rows:
      rows === 0
        ? t("controller:store.none")
        : estimated
          ? t("controller:store.about", { count: rows })
          : formatCount(rows),
    oldestAtMs,
    kept: keptWords(keptMs, mostRows),
    goes: goesWords({ rows, oldestAtMs, keptMs, mostRows }, nowMs),
  }));
}

function keptWords(keptMs: number | null, mostRows: number | null): string {
  if (keptMs === null) return t("controller:store.ever");
  const span = inDays(keptMs);
  return mostRows === null ? span : t("controller:store.most", { span, count: mostRows });
}

function goesWords(
  { rows, oldestAtMs, keptMs, mostRows }: Pick<StoredRows, "rows" | "oldestAtMs" | "keptMs" | "mostRows">,
  nowMs: number,
): string {
  if (keptMs === null) return t("controller:store.never");
  if (oldestAtMs === null) return t("controller:store.nothing");
  if (mostRows !== null && rows >= mostRows) return t("controller:store.full");
  const leftMs = oldestAtMs + keptMs - nowMs;
  return leftMs < 1_000 ? t("now") : t("in", { span: formatSpan(leftMs) });
}

const DAY_MS = 86_400_000;

/** Settings are mostly whole days. */
function inDays(ms: number): string {
  return ms % DAY_MS === 0 ? t("controller:store.days", { count: ms / DAY_MS }) : formatSpan(ms);
}

/** Sizes of the store; what is not known is left out. */
export function buildSizes({ store }: ControllerState): readonly Figure[] {
  if (store === null) return [];
  const { sizeBytes, reusableBytes, diskFreeBytes, limitBytes } = store;
  const size = (name: string, bytes: number | null) => (bytes === null ? [] : [{ name, value: formatBytes(bytes) }]);
  return [
    ...size(t("controller:store.size"), sizeBytes),
    ...size(t("controller:store.reusable"), reusableBytes),
    ...size(t("controller:store.limit"), limitBytes),
    ...size(t("controller:store.free"), diskFreeBytes),
  ];
}

export interface VersionRow {
  readonly version: string;
  readonly count: number;
  /** The same as the controller's. */
  readonly own: boolean;
  /** Some of them, by name. */
  readonly instances: readonly { readonly name: string; readonly href: string }[];
}

const MOST_NAMED = 8;

/** Versions of agents, the most common first. `own` is the controller's, where that is known. */
export function buildVersions(instances: readonly Instance[], own: string | null): readonly VersionRow[] {
  return [...groupBy(instances, ({ version }) => version)]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([version, those]) => ({
      version: version === "" ? t("controller:versions.unknown") : version,
      count: those.length,
      own: version === own,
      instances: those.slice(0, MOST_NAMED).map(({ name }) => ({ name, href: links.instance(name) })),
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
    .map(({ name, clockSkewMs }) => {
      const span = formatSpan(Math.abs(clockSkewMs));
      const words = clockSkewMs > 0 ? t("controller:clocks.ahead", { span }) : t("controller:clocks.behind", { span });
      return { name, href: links.instance(name), words };
    });
}
