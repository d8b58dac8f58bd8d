// Follows several logs by one stream of server-sent events; goes on after a cut, and says that lines may be missing there.
import type { FollowedLogState, FollowedLogs, LogsChunk } from "@fleetvisor/proto/api/logs";
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { t } from "../i18n/i18n.js";
import { formatBytes } from "../lib/format.js";
import {
  addRemark,
  appendPieces,
  clearMerge,
  EMPTY_MERGE,
  type LogMerge,
  type MergedLog,
  type Piece,
  releaseOpen,
} from "../model/log-merge.js";
import { refusalOf, withQuery } from "./client.js";
import { Follower } from "./follower.js";

const TAIL_BYTES = 4_096;
/** A line without an end is shown after this. */
const PATIENCE_MS = 1_000;

export interface LogsSource {
  readonly selector: string;
  readonly channel: "stdout" | "stderr" | "both";
}

export interface LogsView {
  readonly merge: LogMerge;
  /** Null until the controller has told which they are. */
  readonly logs: readonly MergedLog[] | null;
  readonly total: number;
  readonly forbidden: number;
  /** Why some of them are not followed, by their place. */
  readonly away: ReadonlyMap<number, string>;
  readonly status: "connecting" | "following" | "reconnecting" | "paused" | "failed";
  /** With `failed`: why. */
  readonly problem: FleetError | null;
}

export const NO_LOGS_YET: LogsView = {
  merge: EMPTY_MERGE,
  logs: null,
  total: 0,
  forbidden: 0,
  away: new Map(),
  status: "connecting",
  problem: null,
};

type Pending = Piece | { readonly remark: string };

/** One follower of a selector. `changed` is called at most once a frame and second, never after `stop`. */
export class LogsFollow {
  #view: LogsView = NO_LOGS_YET;
  readonly #source: LogsSource;
  readonly #changed: () => void;
  readonly #follower: Follower<Pending>;
  readonly #places = new Map<string, number>();
  readonly #spoke = new Set<number>();
  #patience: ReturnType<typeof setInterval> | undefined;

  constructor(source: LogsSource, changed: () => void) {
    this.#source = source;
    this.#changed = changed;
    this.#follower = new Follower({
      open: () => this.#open(),
      take: (items) => this.#take(items),
      turned: (status) => this.#show({ status, problem: null }),
    });
  }

  get view(): LogsView {
    return this.#view;
  }

  start(): void {
    this.#patience = setInterval(() => {
      const merge = releaseOpen(this.#view.merge, Date.now(), PATIENCE_MS);
      if (merge !== this.#view.merge) this.#show({ merge });
    }, PATIENCE_MS);
    this.#follower.start();
  }

  stop(): void {
    clearInterval(this.#patience);
    this.#follower.stop();
  }

  clear(): void {
    this.#show({ merge: clearMerge(this.#view.merge) });
  }

  /** Connects again now instead of after the pause. */
  again(): void {
    this.#follower.again();
  }

  #open(): EventSource {
    const isAgain = this.#view.logs !== null;
    // A second tail would tell everything twice: what was written meanwhile is missing, and that is said.
    const path = this.#path(isAgain ? 0 : TAIL_BYTES);
    const source = new EventSource(path);
    let isCut = isAgain;
    // The controller tells anew which are not followed.
    this.#show({ away: new Map() });
    source.addEventListener("logs", ({ data }: MessageEvent<string>) => {
      if (isCut) this.#follower.heard(source, { remark: t("logs:notes.interrupted") });
      isCut = false;
      this.#begin(JSON.parse(data) as FollowedLogs);
    });
    source.addEventListener("chunk", ({ data }: MessageEvent<string>) =>
      this.#heard(source, JSON.parse(data) as LogsChunk),
    );
    source.addEventListener("state", ({ data }: MessageEvent<string>) =>
      this.#told(source, JSON.parse(data) as FollowedLogState),
    );
    source.onerror = () => {
      // The browser would come back to the same address, with the same tails.
      const isRefused = source.readyState === EventSource.CLOSED;
      source.close();
      if (isRefused) void this.#explain(source, path);
      else this.#comeBack();
    };
    return source;
  }

  #path(tailBytes: number): string {
    return withQuery(apiPath("logsStream"), { ...this.#source, tailBytes });
  }

  /** The lines of before keep their logs: those that are new are added behind them. */
  #begin({ logs, total, forbidden }: FollowedLogs): void {
    const known = [...(this.#view.logs ?? [])];
    for (const log of logs) {
      const key = keyOf(log);
      if (this.#places.has(key)) continue;
      this.#places.set(key, known.length);
      known.push(log);
    }
    this.#show({ logs: known, total, forbidden, status: "following", problem: null });
  }

  #heard(stream: EventSource, { target, channel, text, skippedBytes, isTail }: LogsChunk): void {
    const source = this.#places.get(keyOf({ target, channel }));
    if (source === undefined) return;
    this.#spoke.add(source);
    if (skippedBytes > 0) {
      const bytes = formatBytes(skippedBytes);
      this.#follower.heard(stream, { remark: t("logs:notes.skippedOf", { log: `${target} ${channel}`, bytes }) });
    }
    this.#follower.heard(stream, { source, text, isTail, atMs: Date.now() });
  }

  #told(stream: EventSource, { target, channel, reason }: FollowedLogState): void {
    const source = this.#places.get(keyOf({ target, channel }));
    if (source === undefined) return;
    const away = new Map(this.#view.away);
    const log = `${target} ${channel}`;
    if (reason === null) away.delete(source);
    else away.set(source, reason);
    // One that never spoke here has no lines that could be missing.
    if (this.#spoke.has(source)) {
      const remark = reason === null ? t("logs:notes.back", { log }) : t("logs:notes.gone", { log, reason });
      this.#follower.heard(stream, { remark });
    }
    this.#show({ away });
  }

  #comeBack(): void {
    this.#show({ status: "reconnecting" });
    this.#follower.retryLater();
  }

  /** An EventSource tells no reason when it is refused. */
  async #explain(source: EventSource, path: string): Promise<void> {
    const problem = await refusalOf(path);
    if (!this.#follower.isOf(source)) return;
    if (problem === null || problem.kind === "unavailable") return this.#comeBack();
    this.#show({ status: "failed", problem });
  }

  #take(items: readonly Pending[]): void {
    let { merge } = this.#view;
    let pieces: Piece[] = [];
    for (const item of items) {
      if (!("remark" in item)) {
        pieces.push(item);
        continue;
      }
      merge = addRemark(appendPieces(merge, pieces), item.remark);
      pieces = [];
    }
    this.#show({ merge: appendPieces(merge, pieces) });
  }

  #show(part: Partial<LogsView>): void {
    this.#view = { ...this.#view, ...part };
    this.#changed();
  }
}

function keyOf({ target, channel }: MergedLog): string {
  return `${target} ${channel}`;
}
