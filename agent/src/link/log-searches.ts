// Searches of logs that the controller asked for: few at a time, no faster than it takes what they find. Nothing of the search itself
// is loaded before the first.
import type {
  AgentMessage,
  LogMatch,
  LogSearchEnd,
  LogSearch as LogSearchRequest,
} from "@fleetvisor/proto/gen/fleet/v1/fleet";
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import type { LogSearch, SearchEnd } from "../run/log-search.js";
import { BATCH_BYTES, type Match, type SearchedLog } from "../run/log-search-order.js";
import type { Supervisor } from "../run/supervisor.js";

type SearchMessage = Extract<AgentMessage["body"], { $case: "logMatches" | "logSearchEnd" }>;

const MOST_AT_ONCE = 3;
/** What all searches together may read. */
const BYTES_PER_SECOND = 48 * 1024 * 1024;
const MOST_MATCHES = 100_000;
const LONGEST_MS = 600_000;
const PATTERN_CHARS = 1_024;

interface OpenSearch {
  /** Null while it is being loaded. */
  search: LogSearch | null;
  /** Bytes of lines that may still be sent. */
  creditBytes: number;
  /** It waits for credit, or for the stream to take more. */
  isResting: boolean;
}

/** All searches of one connection to the controller. */
export class LogSearches {
  readonly #open = new Map<number, OpenSearch>();
  /** The stream takes no more now. */
  #isFull = false;

  /** `send` answers whether the stream takes more now; `drained` is called when it does again. */
  constructor(
    private readonly supervisor: Supervisor,
    private readonly send: (message: SearchMessage) => boolean,
  ) {}

  open(request: LogSearchRequest): void {
    const { streamId } = request;
    if (this.#open.size >= MOST_AT_ONCE) {
      return this.#end(streamId, `${MOST_AT_ONCE} searches run here already: try again later`, FAULTS.FAILED);
    }
    if (request.pattern === "" || request.pattern.length > PATTERN_CHARS) {
      return this.#end(streamId, "the pattern is empty or too long", FAULTS.BAD_ARGUMENTS);
    }
    this.#open.set(streamId, { search: null, creditBytes: request.creditBytes, isResting: false });
    import("../run/log-search.js")
      .then((module) => this.#begin(request, module.LogSearch))
      .catch((error: unknown) => this.#end(streamId, String(error), FAULTS.FAILED));
  }

  grant(streamId: number, bytes: number): void {
    const open = this.#open.get(streamId);
    if (open === undefined) return;
    open.creditBytes += bytes;
    this.#wake(open);
  }

  /** The stream takes more again. */
  drained(): void {
    this.#isFull = false;
    for (const open of this.#open.values()) this.#wake(open);
  }

  close(streamId: number): void {
    this.#open.get(streamId)?.search?.stop();
    this.#open.delete(streamId);
  }

  closeAll(): void {
    for (const streamId of [...this.#open.keys()]) this.close(streamId);
  }

  #begin(request: LogSearchRequest, Search: typeof LogSearch): void {
    const { streamId, pattern, literal, ignoreCase, newestBytes } = request;
    const open = this.#open.get(streamId);
    if (open === undefined) return; // closed meanwhile
    const order = {
      logs: this.#logsOf(request),
      pattern,
      literal,
      ignoreCase,
      maxMatches: Math.min(Math.max(1, request.maxMatches), MOST_MATCHES),
      newestBytes,
      bytesPerSecond: BYTES_PER_SECOND / MOST_AT_ONCE,
    };
    open.search = new Search(order, Math.min(Math.max(1, request.timeoutMs), LONGEST_MS), {
      matches: (matches) => {
        open.creditBytes -= matches.reduce((bytes, { line }) => bytes + line.length, 0);
        open.isResting = true;
        const value = { streamId, matches: matches.map(encodeMatch) };
        if (!this.send({ $case: "logMatches", value })) this.#isFull = true;
        this.#wake(open);
      },
      end: (end) => {
        this.#open.delete(streamId);
        this.#tellEnd(streamId, end);
      },
    });
  }

  /** A batch is let go only when it surely fits into the credit. */
  #wake(open: OpenSearch): void {
    if (!open.isResting || this.#isFull || open.creditBytes < BATCH_BYTES) return;
    open.isResting = false;
    open.search?.goOn();
  }

  /** Those of processes that are gone, or go to no file, are left out. */
  #logsOf({ targets, channels }: LogSearchRequest): SearchedLog[] {
    const asked = new Set(channels);
    return targets.flatMap(({ group, name }) => {
      const process = this.supervisor.process(group, name);
      if (process === null) return [];
      return (["stdout", "stderr"] as const).flatMap((channel) => {
        const { path } = process[channel];
        // A thread that waits for a disk that does not answer could not be ended.
        if (path === null || !asked.has(channel) || !process[channel].settle()) return [];
        return [{ group, name, channel, path }];
      });
    });
  }

  #end(streamId: number, error: string, code: number): void {
    this.#open.delete(streamId);
    this.send({ $case: "logSearchEnd", value: { ...NOTHING_SEARCHED, streamId, error, code } });
  }

  #tellEnd(streamId: number, end: SearchEnd): void {
    if (end.type === "failed") return this.#end(streamId, end.reason, FAULTS.FAILED);
    const { unreadable, ...searched } = end.searched;
    const value = { streamId, error: "", code: 0, ...searched, unreadable: [...unreadable] };
    this.send({ $case: "logSearchEnd", value });
  }
}

const NOTHING_SEARCHED: Omit<LogSearchEnd, "streamId" | "error" | "code"> = {
  searchedBytes: 0,
  searchedFiles: 0,
  skippedBytes: 0,
  full: false,
  unreadable: [],
};

function encodeMatch({ group, name, channel, backup, offset, line, cut }: Match): LogMatch {
  return { group, name, channel, backup, offset, line: Buffer.from(line), cut };
}
