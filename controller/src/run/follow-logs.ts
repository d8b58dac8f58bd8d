// Several logs followed at once: each as its host lets it be, and again when that has become possible. What is heard is in the order in
// which it came here.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { LogReader, LogRequest, LogStream } from "../instances/instance.js";

/** Bytes of one log that may be under way. */
const WINDOW_BYTES = 64 * 1024;
/** A log that cannot be followed is tried again after this. */
const RETRY_MS = 5_000;

export interface FollowedLog {
  readonly instance: string;
  readonly group: string;
  readonly name: string;
  readonly channel: "stdout" | "stderr";
}

export interface LogsHearer {
  /** Call `taken` when it has been passed on: only then more of the same log comes. */
  chunk(
    log: FollowedLog,
    text: string,
    facts: { readonly skippedBytes: number; readonly isTail: boolean },
    taken: () => void,
  ): void;
  /** Why a log is not followed; null once it is again. */
  state(log: FollowedLog, reason: string | null): void;
}

/** Opens a log on its instance. Throws `unavailable`. */
export type OpenLog = (instance: string, request: LogRequest, reader: LogReader) => LogStream;

interface Source {
  readonly log: FollowedLog;
  stream: LogStream | null;
  /** It was told that it is not followed. */
  reason: string | null;
  hasBegun: boolean;
}

/** Begins with `start`. After `stop` nothing is heard. */
export class FollowLogs {
  readonly #sources: Source[];
  readonly #open: OpenLog;
  readonly #tailBytes: number;
  readonly #hearer: LogsHearer;
  #retry: NodeJS.Timeout | null = null;
  #isOver = false;

  constructor(logs: readonly FollowedLog[], tailBytes: number, open: OpenLog, hearer: LogsHearer) {
    this.#sources = logs.map(newSource);
    this.#tailBytes = tailBytes;
    this.#open = open;
    this.#hearer = hearer;
  }

  start(): void {
    for (const source of this.#sources) this.#follow(source);
    this.#retry = setInterval(() => {
      for (const source of this.#sources) if (source.stream === null) this.#follow(source);
    }, RETRY_MS);
  }

  /** Follows those that are not followed yet, from their beginning on if they are new. */
  add(logs: readonly FollowedLog[]): void {
    const known = new Set(this.#sources.map(({ log }) => keyOf(log)));
    for (const log of logs) {
      if (known.has(keyOf(log))) continue;
      const source = newSource(log);
      this.#sources.push(source);
      this.#follow(source);
    }
  }

  stop(): void {
    this.#isOver = true;
    if (this.#retry !== null) clearInterval(this.#retry);
    for (const { stream } of this.#sources) stream?.close();
  }

  #follow(source: Source): void {
    if (this.#isOver) return;
    const { instance, group, name, channel } = source.log;
    const decoder = new TextDecoder();
    // Where it was followed before, a second tail would tell everything twice.
    const tailBytes = source.hasBegun ? 0 : this.#tailBytes;
    try {
      const stream = this.#open(
        instance,
        { group, name, channel, tailBytes, follow: true, creditBytes: WINDOW_BYTES, mustExist: false },
        {
          chunk: (data, skippedBytes, start) => {
            if (this.#isOver) return;
            const text = decoder.decode(data, { stream: true });
            this.#hearer.chunk(source.log, text, { skippedBytes, isTail: start !== null }, () =>
              stream.grant(data.length),
            );
          },
          end: (error) => {
            source.stream = null;
            this.#tell(source, error?.message ?? "the log has ended");
          },
        },
      );
      source.stream = stream;
      source.hasBegun = true;
      this.#tell(source, null);
    } catch (thrown) {
      this.#tell(source, FleetError.from(thrown).message);
    }
  }

  #tell(source: Source, reason: string | null): void {
    if (this.#isOver || source.reason === reason) return;
    source.reason = reason;
    this.#hearer.state(source.log, reason);
  }
}

function newSource(log: FollowedLog): Source {
  return { log, stream: null, reason: null, hasBegun: false };
}

function keyOf({ instance, group, name, channel }: FollowedLog): string {
  return `${instance}/${group}:${name} ${channel}`;
}
