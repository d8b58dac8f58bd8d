// Follows one log by SSE: the tail, then what is written; joins up again after a cut.

import { apiPath } from "@fleetvisor/proto/api/paths";
import type { LogChunk, LogTail } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { t } from "../i18n/i18n.js";
import { formatBytes } from "../lib/format.js";
import { appendNote, appendText, clearLog, EMPTY_LOG, type LogBuffer, unseenPart } from "../model/log-buffer.js";
import { call, withQuery } from "./client.js";
import { Follower } from "./follower.js";

const TAIL_BYTES = 65_536;

export interface LogSource {
  readonly instance: string;
  readonly group: string;
  readonly name: string;
  readonly channel: "stdout" | "stderr";
}

export interface LogView {
  readonly buffer: LogBuffer;
  readonly status: "connecting" | "following" | "reconnecting" | "paused" | "failed";
  /** With `failed`: why, in the server's words. */
  readonly problem: string | null;
  /** The place in the log where the first row begins; null where that is not known. */
  readonly head: string | null;
}

export const NO_LOG_YET: LogView = { buffer: EMPTY_LOG, status: "connecting", problem: null, head: null };

type Pending = LogChunk | { readonly note: string };

/** One follower a log and a use. `changed` is called at most once a frame, never after `stop`. */
export class LogFollow {
  #view: LogView = NO_LOG_YET;
  readonly #path: string;
  readonly #tailPath: string;
  readonly #changed: () => void;
  readonly #follower: Follower<Pending>;
  /** The next chunk is a tail again, and overlaps what is there. */
  #rejoin = false;

  constructor(log: LogSource, changed: () => void) {
    const values = { ...log };
    this.#path = withQuery(apiPath("logStream", values), { tailBytes: TAIL_BYTES });
    this.#tailPath = apiPath("log", values);
    this.#changed = changed;
    this.#follower = new Follower({
      open: () => this.#open(),
      take: (items) => this.#take(items),
      turned: (status) => this.#show({ status, problem: null }),
    });
  }

  get view(): LogView {
    return this.#view;
  }

  start(): void {
    this.#follower.start();
  }

  stop(): void {
    this.#follower.stop();
  }

  /** Connects again now instead of after the pause. */
  again(): void {
    this.#follower.again();
  }

  clear(): void {
    this.#show({ buffer: clearLog(this.#view.buffer), head: null });
  }

  #open(): EventSource {
    const source = new EventSource(this.#path);
    source.onopen = () => {
      this.#rejoin = this.#view.buffer.nextId > 1;
      this.#show({ status: "following", problem: null });
    };
    source.addEventListener("chunk", (event: MessageEvent<string>) =>
      this.#follower.heard(source, JSON.parse(event.data) as LogChunk),
    );
    source.addEventListener("end", (event: MessageEvent<string>) => {
      const { reason } = JSON.parse(event.data) as { reason: string };
      this.#follower.heard(source, { note: reason === "" ? t("logs:notes.end") : reason });
      this.#fail(source, reason || t("logs:notes.ended"));
    });
    source.onerror = () => {
      // A connection that breaks the browser makes anew by itself.
      if (source.readyState === EventSource.CLOSED) void this.#explain(source);
      else this.#show({ status: "reconnecting" });
    };
    return source;
  }

  /** An EventSource tells no reason when it is refused; the plain request for the tail does. */
  async #explain(source: EventSource): Promise<void> {
    let problem = t("logs:notes.refused");
    try {
      await call<LogTail>(this.#tailPath, { query: { tailBytes: 0 } });
    } catch (error) {
      problem = FleetError.from(error).message;
    }
    this.#fail(source, problem);
  }

  #fail(source: EventSource, problem: string): void {
    if (!this.#follower.isOf(source)) return;
    this.#show({ status: "failed", problem });
    this.#follower.retryLater();
  }

  #take(items: readonly Pending[]): void {
    let { buffer, head } = this.#view;
    for (const item of items) {
      if ("note" in item) {
        buffer = appendNote(buffer, item.note);
        continue;
      }
      if (item.skippedBytes > 0)
        buffer = appendNote(buffer, t("logs:notes.skipped", { bytes: formatBytes(item.skippedBytes) }));
      let { text } = item;
      if (buffer === EMPTY_LOG) head = item.start ?? null;
      if (this.#rejoin) {
        this.#rejoin = false;
        const unseen = unseenPart(buffer, text);
        if (unseen === null) buffer = appendNote(buffer, t("logs:notes.interrupted"));
        else {
          buffer = withoutOpenLine(buffer);
          text = unseen;
        }
      }
      buffer = appendText(buffer, text);
    }
    this.#show({ buffer, head: buffer.dropped > 0 ? null : head });
  }

  #show(part: Partial<LogView>): void {
    this.#view = { ...this.#view, ...part };
    this.#changed();
  }
}

/** Drops an unfinished last line: the tail that is joined on brings it whole. */
function withoutOpenLine(buffer: LogBuffer): LogBuffer {
  if (buffer.open === null) return buffer;
  const last = buffer.rows.at(-1);
  return { ...buffer, rows: buffer.rows.slice(0, -1), open: null, chars: buffer.chars - (last?.text.length ?? 0) };
}
