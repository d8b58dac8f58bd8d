// Follows one log by SSE: the tail, then what is written, gathered for a frame; joins up again after a cut.

import { apiPath } from "@fleetvisor/proto/api/paths";
import type { LogChunk, LogTail } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { t } from "../i18n/i18n.js";
import { formatBytes } from "../lib/format.js";
import { appendNote, appendText, clearLog, EMPTY_LOG, type LogBuffer, unseenPart } from "../model/log-buffer.js";
import { call, withQuery } from "./client.js";

const TAIL_BYTES = 65_536;
const RETRY_MS = 5_000;
/** How long a hidden page goes on following: browsers allow six connections a host. */
const HIDDEN_MS = 20_000;

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

/** One follower a log and a use. `changed` is called at most once a frame, never after `stop`. */
export class LogFollow {
  #view: LogView = NO_LOG_YET;
  readonly #path: string;
  readonly #tailPath: string;
  readonly #changed: () => void;
  #source: EventSource | null = null;
  #pending: (LogChunk | { readonly note: string })[] = [];
  #frame: number | null = null;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #hide: ReturnType<typeof setTimeout> | undefined;
  /** The next chunk is a tail again, and overlaps what is there. */
  #rejoin = false;

  constructor(log: LogSource, changed: () => void) {
    const values = { ...log };
    this.#path = withQuery(apiPath("logStream", values), { tailBytes: TAIL_BYTES });
    this.#tailPath = apiPath("log", values);
    this.#changed = changed;
  }

  get view(): LogView {
    return this.#view;
  }

  start(): void {
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#open();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    clearTimeout(this.#hide);
    this.#close();
  }

  readonly #onVisibility = () => {
    clearTimeout(this.#hide);
    if (document.hidden) {
      this.#hide = setTimeout(() => {
        this.#drain();
        this.#close();
        this.#show({ status: "paused", problem: null });
      }, HIDDEN_MS);
    } else if (this.#view.status === "paused") this.again();
  };

  #open(): void {
    const source = new EventSource(this.#path);
    this.#source = source;
    source.onopen = () => {
      this.#rejoin = this.#view.buffer.nextId > 1;
      this.#show({ status: "following", problem: null });
    };
    source.addEventListener("chunk", (event: MessageEvent<string>) => this.#take(JSON.parse(event.data) as LogChunk));
    source.addEventListener("end", (event: MessageEvent<string>) => {
      const { reason } = JSON.parse(event.data) as { reason: string };
      this.#take({ note: reason === "" ? t("logs:notes.end") : reason });
      this.#fail(reason || t("logs:notes.ended"));
    });
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) void this.#explain();
      else this.#show({ status: "reconnecting" });
    };
  }

  #close(): void {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#retry);
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
    this.#pending = [];
  }

  clear(): void {
    this.#show({ buffer: clearLog(this.#view.buffer), head: null });
  }

  /** Connects again now instead of after the pause. */
  again(): void {
    this.#close();
    this.#show({ status: "connecting", problem: null });
    this.#open();
  }

  /** An EventSource tells no reason when it is refused; the plain request for the tail does. */
  async #explain(): Promise<void> {
    let problem = t("logs:notes.refused");
    try {
      await call<LogTail>(this.#tailPath, { query: { tailBytes: 0 } });
    } catch (error) {
      problem = FleetError.from(error).message;
    }
    this.#fail(problem);
  }

  #fail(problem: string): void {
    if (this.#source === null) return;
    this.#source.close();
    this.#show({ status: "failed", problem });
    this.#retry = setTimeout(() => this.#open(), RETRY_MS);
  }

  #take(item: LogChunk | { readonly note: string }): void {
    if (this.#source === null) return;
    this.#pending.push(item);
    this.#frame ??= requestAnimationFrame(() => {
      this.#frame = null;
      this.#drain();
    });
  }

  #drain(): void {
    let { buffer, head } = this.#view;
    const pending = this.#pending;
    this.#pending = [];
    for (const item of pending) {
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
