// What any managed supervisor can do, whatever links it to us. One suite is to hold every kind to it.
import type { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Verb } from "../core/operation.js";
import type { Answer } from "../core/operation-target.js";

export interface OrderRequest {
  /** Unique for ever; the same id given twice is done once. */
  readonly id: string;
  readonly verb: Verb;
  /** In the order to act in; none for what is done to the whole instance. */
  readonly targets: readonly { readonly group: string; readonly name: string }[];
  /** With verb signal. */
  readonly signal: string | null;
  /** With add, remove and update. */
  readonly groups: readonly string[];
  /** Wall clock; the outcome is known then, if only as unknown. */
  readonly deadlineAtMs: number;
  /** How long it waits for an instance that is away, if the deadline allows. */
  readonly reconnectMs: number;
  /**
   * The boot of the agent that it was given to by a controller that ended since, where it may be under way already; "" when that is not
   * known, null when it was not given yet.
   */
  readonly givenTo: string | null;
}

export type OrderOutcome =
  | { readonly type: "answered"; readonly answers: readonly Answer[] }
  /** It could not be sent, and nothing more is known. */
  | { readonly type: "not-sent"; readonly reason: string }
  /** It surely never left, neither now nor by an earlier start of the controller. */
  | { readonly type: "never-left"; readonly reason: string }
  /** It left, and no answer came. */
  | { readonly type: "unknown"; readonly reason: string }
  /** The start of the agent that it left for has ended, and no answer came. */
  | { readonly type: "boot-ended" };

/** What is heard of an order after its outcome was told as unknown: at most once. */
export type LateOutcome = Extract<OrderOutcome, { readonly type: "answered" | "boot-ended" }>;

export interface LogRequest {
  readonly group: string;
  readonly name: string;
  /** "main", without group and name, is the supervisor's own. */
  readonly channel: "stdout" | "stderr" | "main";
  /** How much of the end to begin with. */
  readonly tailBytes: number;
  /** Whether to go on with what is written later. */
  readonly follow: boolean;
  /** Bytes that may come before the first `grant`. */
  readonly creditBytes: number;
  /** Refused as `not-found` without a file, also with `follow`; one that is there is told at once, by an empty chunk if need be. */
  readonly mustExist?: boolean;
}

/** A place in a log, wherever rotation has moved its file since; what names the file is the agent's to read. */
export interface LogPosition {
  readonly file: string;
  readonly offset: number;
}

export interface LogPageRequest {
  readonly group: string;
  readonly name: string;
  readonly channel: "stdout" | "stderr";
  /** The page ends here; null with `after`, or for the end of the log. */
  readonly before: LogPosition | null;
  /** The page begins here. */
  readonly after: LogPosition | null;
  /** About so many. */
  readonly bytes: number;
  /** The page ends with the newest lines that are these; empty for none. */
  readonly containing: Uint8Array;
}

/** Whole lines of one file of a log. */
export interface LogPage {
  readonly data: Uint8Array;
  readonly start: LogPosition;
  readonly end: LogPosition;
  /** 0 for the current file, N for `.N`. */
  readonly backup: number;
  readonly isOldest: boolean;
  readonly isNewest: boolean;
  /** With `containing`: where those lines begin. */
  readonly found: LogPosition | null;
}

export interface ConfigSection {
  readonly title: string;
  readonly options: readonly { readonly name: string; readonly value: string; readonly isMasked: boolean }[];
}

/** Hears a log stream. After `end` nothing comes. */
export interface LogReader {
  /** `start` is where the data begins in its file; null where that is not known. */
  chunk(data: Uint8Array, skippedBytes: number, start: LogPosition | null): void;
  /** Null when all was read; otherwise what is in the way: `not-found` for no such process or log, `unavailable` else. */
  end(error: FleetError | null): void;
}

export interface LogSearchRequest {
  readonly targets: readonly { readonly group: string; readonly name: string }[];
  readonly channels: readonly ("stdout" | "stderr")[];
  /** A JavaScript regular expression, or with `literal` text to be found as it is. */
  readonly pattern: string;
  readonly literal: boolean;
  readonly ignoreCase: boolean;
  readonly maxMatches: number;
  /** Of each log. */
  readonly newestBytes: number;
  readonly timeoutMs: number;
  /** Bytes of lines that may come before the first `grant`. */
  readonly creditBytes: number;
}

/** A line that was found; `backup` is 0 for the current file, N for `.N`. */
export interface LogMatch {
  readonly group: string;
  readonly name: string;
  readonly channel: "stdout" | "stderr";
  readonly backup: number;
  readonly offset: number;
  readonly line: Uint8Array;
  readonly cut: boolean;
}

/** What a search has gone through. */
export interface LogSearched {
  readonly searchedBytes: number;
  readonly skippedBytes: number;
  readonly full: boolean;
  /** Logs that could not be read, and why. */
  readonly unreadable: readonly string[];
}

/** Hears a search. After `end` nothing comes. */
export interface LogSearchReader {
  matches(matches: readonly LogMatch[]): void;
  /** The reason is null when it came to its end. */
  end(reason: string | null, searched: LogSearched): void;
}

export interface LogStream {
  /** Lets so many more bytes come. */
  grant(bytes: number): void;
  /** Ends the stream without another word to the reader. May be called twice. */
  close(): void;
}

/** An XML-RPC call as supervisord has them. */
export interface RpcRequest {
  /** The methodCall. */
  readonly xml: string;
  /** What the state changes that follow from it carry as their order; null for a call that only looks. */
  readonly orderId: string | null;
  /** The only processes there are for this call; null for all. */
  readonly scope: readonly { readonly group: string; readonly name: string }[] | null;
  readonly timeoutMs: number;
  /** Nobody waits any longer. */
  readonly signal: AbortSignal;
}

export interface ManagedInstance {
  /**
   * Gives an order. `beforeSend` is awaited before it first leaves for a boot, so that this can be written down; if that fails it stays.
   * Resolves at the latest shortly after the deadline and never rejects; when the controller stops before, it stays open. `onLate`
   * hears what the instance says of it after it was told as unknown.
   */
  order(
    request: OrderRequest,
    beforeSend: (bootId: string) => Promise<void>,
    onLate: (outcome: LateOutcome) => void,
  ): Promise<OrderOutcome>;
  /** Asks what became of an order that was given to a boot by an earlier start of the controller. Nothing is done anew by it. */
  ask(orderId: string, bootId: string, onLate: (outcome: LateOutcome) => void): void;
  /** Opens a log. Throws `unavailable` when the instance cannot be reached now. */
  openLog(request: LogRequest, reader: LogReader): LogStream;
  /**
   * Answers an XML-RPC call with the methodResponse, as the instance's own server would. Rejects with `unavailable` when it was surely not
   * done, `unknown-outcome` when it may have been. It is never sent twice.
   */
  call(request: RpcRequest): Promise<string>;
  /** Begins a search of logs, which may end before this returns. Throws `unavailable` for who cannot be reached or cannot search. */
  searchLogs(request: LogSearchRequest, reader: LogSearchReader): LogStream;
  /**
   * Reads a part of a log, rotated files included. Rejects with `not-found` for no such log and for what is no longer kept, `unavailable`
   * for who cannot be reached or is too old, or `deadline-exceeded`.
   */
  readLog(request: LogPageRequest): Promise<LogPage>;
  /** The configuration of a process as last read, or of the daemon for null; without secrets. Rejects as `readLog`. */
  config(process: { readonly group: string; readonly name: string } | null): Promise<ConfigSection[]>;
}
