// The live stream: one SSE connection whose changes are gathered for a frame and then patched into the query cache.
// What is not known by a patch (counts, membership of filtered lists) is fetched again, at a bounded rate.

import { apiPath } from "@fleetvisor/proto/api/paths";
import type {
  HistoryEvent,
  Instance,
  Operation,
  OperationProgress,
  Process,
  StreamEvents,
} from "@fleetvisor/proto/api/v1";
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { joinProgress } from "../model/operation-patch.js";
import { applyBatch } from "./apply-batch.js";
import { keys } from "./keys.js";
import { LiveState } from "./live-status.js";
import { Pace } from "./pace.js";
import { RecentChanges } from "./recent-changes.js";
import { Refetcher } from "./refetcher.js";

/** How long a hidden page keeps its connection: browsers allow six a host, and each open page takes one. */
const HIDDEN_MS = 20_000;

/** Pause before a new connection after the server refused one; doubled up to the maximum, with jitter. */
const RETRY_MS = 1_000;
const RETRY_MAX_MS = 30_000;

/** Start it once, after login; stop it on logout. Nothing reaches the cache after `stop`. */
export class Live {
  readonly state = new LiveState();
  readonly recent = new RecentChanges();
  readonly #client: QueryClient;
  readonly #refetcher: Refetcher;
  #source: EventSource | null = null;
  readonly #pace = new Pace();
  #frame: number | null = null;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #hide: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  /** Whether the next hello begins a connection that resumes nothing, so that changes may have been missed. */
  #mayHaveMissed = true;
  #helloAtMs = Number.POSITIVE_INFINITY;
  #processes = new Map<string, Process | null>();
  #instances = new Map<string, Instance | null>();
  #operations = new Map<string, Operation>();
  #progress = new Map<string, OperationProgress>();
  #history: HistoryEvent[] = [];

  constructor(client: QueryClient) {
    this.#client = client;
    this.#refetcher = new Refetcher(
      (key) => client.invalidateQueries({ queryKey: key }),
      (key) => client.getQueryData<{ readonly pages?: readonly unknown[] }>(key)?.pages?.length ?? 1,
    );
  }

  start(): void {
    document.addEventListener("visibilitychange", this.#onVisibility);
    this.#open();
    // A page that was opened behind another one is told nothing of it.
    if (document.hidden) this.#onVisibility();
  }

  stop(): void {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    clearTimeout(this.#hide);
    this.#close();
    this.#refetcher.stop();
  }

  /** Whether an answer asked for at that time (performance.now) may lack a change that the stream did not carry either. */
  predatesStream(askedAtMs: number): boolean {
    return askedAtMs < this.#helloAtMs && this.state.status === "live";
  }

  #open(): void {
    const source = new EventSource(apiPath("stream"));
    this.#source = source;
    const on = <K extends keyof StreamEvents>(type: K, take: (data: StreamEvents[K]) => void) =>
      source.addEventListener(type, (event: MessageEvent<string>) => {
        if (this.#source === source) take(JSON.parse(event.data) as StreamEvents[K]);
      });
    on("hello", (hello) => this.#onHello(hello));
    on("reset", () => this.#refetchAll());
    on("process", (process) => this.#noteProcess(process.target, process));
    on("process-removed", ({ target }) => this.#noteProcess(target, null));
    on("instance", (instance) => this.#noteInstance(instance.name, instance));
    on("instance-removed", ({ name }) => this.#noteInstance(name, null));
    on("operation", (operation) => {
      this.#operations.set(operation.id, operation);
      this.#schedule();
    });
    on("operation-progress", (progress) => {
      this.#progress.set(progress.id, joinProgress(this.#progress.get(progress.id), progress));
      this.#schedule();
    });
    on("history", (event) => {
      this.#history.push(event);
      this.#schedule();
    });
    source.onerror = () => {
      if (this.#source !== source) return;
      this.state.set("reconnecting");
      // A refusal (401, 503) ends the EventSource for good; a lost connection it resumes by itself.
      if (source.readyState === EventSource.CLOSED) this.#retryLater();
    };
  }

  #onHello(hello: StreamEvents["hello"]): void {
    this.#failures = 0;
    this.state.setServerTime(hello.atMs);
    this.state.set("live");
    if (!this.#mayHaveMissed) return;
    this.#mayHaveMissed = false;
    this.#helloAtMs = performance.now();
    this.#refetchAll();
  }

  #retryLater(): void {
    this.#source = null;
    this.#mayHaveMissed = true;
    const pauseMs = Math.min(RETRY_MAX_MS, RETRY_MS * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
    this.#retry = setTimeout(() => this.#open(), pauseMs);
    // If the session has ended this answer says so, and the page goes to the login.
    void this.#client.invalidateQueries({ queryKey: keys.session });
  }

  readonly #onVisibility = () => {
    clearTimeout(this.#hide);
    if (document.hidden) {
      this.#hide = setTimeout(() => {
        this.#close();
        this.#mayHaveMissed = true;
        this.state.set("paused");
      }, HIDDEN_MS);
    } else if (this.state.status === "paused") {
      this.state.set("connecting");
      this.#open();
    }
  };

  #close(): void {
    clearTimeout(this.#retry);
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#rest);
    this.#rest = undefined;
    if (this.#frame !== null) cancelAnimationFrame(this.#frame);
    this.#frame = null;
  }

  #noteProcess(target: string, process: Process | null): void {
    this.#processes.set(target, process);
    this.recent.noteProcess(target, process, performance.now());
    this.#schedule();
  }

  #noteInstance(name: string, instance: Instance | null): void {
    this.#instances.set(name, instance);
    this.recent.noteInstance(name, instance, performance.now());
    this.#schedule();
  }

  #schedule(): void {
    if (this.#frame !== null || this.#rest !== undefined) return;
    const waitMs = this.#pace.waitMs(performance.now());
    if (waitMs === 0) this.#frame = requestAnimationFrame(() => this.#flush());
    else {
      this.#rest = setTimeout(() => {
        this.#rest = undefined;
        this.#frame = requestAnimationFrame(() => this.#flush());
      }, waitMs);
    }
  }

  #hasChanges(): boolean {
    const { size } = this.#processes;
    return size + this.#instances.size + this.#operations.size + this.#progress.size + this.#history.length > 0;
  }

  #flush(): void {
    const begunMs = performance.now();
    // The next frame but one begins when what this batch changes has been drawn; until then no other one is begun.
    this.#frame = requestAnimationFrame(() => {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = null;
        this.#pace.drawn(begunMs, performance.now());
        if (this.#hasChanges()) this.#schedule();
      });
    });
    const batch = {
      processes: this.#processes,
      instances: this.#instances,
      operations: this.#operations,
      progress: this.#progress,
      history: this.#history,
    };
    this.#processes = new Map();
    this.#instances = new Map();
    this.#operations = new Map();
    this.#progress = new Map();
    this.#history = [];
    for (const key of applyBatch(this.#client, batch)) this.#refetcher.ask(key);
  }

  #refetchAll(): void {
    const live: readonly QueryKey[] = [
      keys.fleet,
      keys.instances,
      ["instance"],
      keys.allProcesses,
      ["process"],
      keys.allHistory,
      keys.allFreshEvents,
      keys.allOperations,
      keys.allOperationPages,
      ["operation"],
    ];
    for (const queryKey of live) void this.#client.invalidateQueries({ queryKey }, { cancelRefetch: false });
  }
}
