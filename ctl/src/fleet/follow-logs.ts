// Follows the logs of all processes that selectors mean: those that begin to be meant are taken up, those that go are told.
import { API_PATHS, apiPath } from "@fleetvisor/proto/api/paths";
import type { Instance, ProcessList, StreamEvents } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { type Exit, exitOfKind, worst } from "../exit.js";
import type { LinePrinter } from "../render/log-lines.js";
import { plural } from "../render/words.js";
import type { ApiClient } from "./client.js";
import { Followed } from "./followed.js";
import { GatheredNotes } from "./gathered-notes.js";
import { type FollowedLog, followLog } from "./log-follow.js";
import { onNews } from "./news.js";
import { keepConnected } from "./retry.js";
import type { World } from "./world.js";

/** A log with the target whose it is. */
export interface Source extends FollowedLog {
  readonly target: string;
}

export interface FollowPlan {
  readonly client: ApiClient;
  readonly selectors: readonly string[];
  /** The logs of processes, as many as are wanted of each. */
  readonly sourcesOf: (processes: ProcessList["items"]) => readonly Source[];
  readonly printer: LinePrinter;
  /** Lines of the end with which each begins, and the bytes to ask for. */
  readonly lines: number;
  readonly tailBytes: number;
  /** Most logs at a time. */
  readonly most: number;
  readonly signal: AbortSignal;
}

/** A line without an end is shown after this. */
const PATIENCE_MS = 1_000;
/** News of the fleet that come within this time are one look at it. */
const LOOK_MS = 2_000;
/** Rows looked at: with more that match nobody is said to be gone. */
const MOST_ROWS = 1_000;

const keyOf = ({ target, channel }: Source) => `${target} ${channel}`;
/** As the lines themselves are marked. */
const nameOf = (key: string) => key.replace(/ stdout$/, "");

/** Follows until `signal` aborts, or nothing is left after something failed. The worst of what failed is the exit. */
export async function followLogs(world: World, plan: FollowPlan, first: readonly Source[]): Promise<Exit> {
  return new LogFollowing(world, plan).run(first);
}

class LogFollowing {
  readonly #world: World;
  readonly #plan: FollowPlan;
  readonly #followed: Followed;
  readonly #notes: GatheredNotes;
  readonly #open = new Map<string, { readonly ending: AbortController; readonly ended: Promise<void> }>();
  /** Ends everything: the person's word, or that there is nothing to wait for. */
  readonly #over = new AbortController();
  readonly #signal: AbortSignal;
  #exit: Exit = "ok";
  #isFleetHeard = true;
  #left = 0;

  constructor(world: World, plan: FollowPlan) {
    this.#world = world;
    this.#plan = plan;
    this.#followed = new Followed(plan.most);
    this.#notes = new GatheredNotes((text) => world.note(text));
    this.#signal = AbortSignal.any([plan.signal, this.#over.signal]);
  }

  async run(first: readonly Source[]): Promise<Exit> {
    this.#take(first, { isWhole: true, isFirst: true });
    await this.#hearFleet();
    await Promise.all([...this.#open.values()].map(({ ended }) => ended));
    await this.#notes.flush();
    return this.#exit;
  }

  /** Looks again at what is meant whenever the fleet changes. Resolves at the end of everything. */
  async #hearFleet(): Promise<void> {
    const { client } = this.#plan;
    try {
      await keepConnected(
        async ({ works }) => {
          const news = {
            signal: this.#signal,
            isNews: (event: keyof StreamEvents, data: string) => this.#isNews(event, data),
            gatherMs: LOOK_MS,
            onNews: async () => {
              works();
              await this.#look();
            },
          };
          await onNews(client, news);
          return "again";
        },
        // The logs tell of the same break.
        { signal: this.#signal, onBroken: async () => {} },
      );
    } catch (thrown) {
      this.#isFleetHeard = false;
      if (this.#signal.aborted) return;
      await this.#world.note(`processes that match from now on are not followed: ${FleetError.from(thrown).message}`);
      this.#endIfNothingLeft();
    }
  }

  /** Where no selector asks for a state, what happens to a process that is followed changes nothing. */
  #isNews(event: keyof StreamEvents, data: string): boolean {
    if (event === "instance" || event === "instance-removed" || event === "process-removed") return true;
    if (event !== "process") return false;
    if (this.#plan.selectors.some((selector) => /(^|[,/\s])state!?=/.test(selector))) return true;
    const { target } = JSON.parse(data) as StreamEvents["process"];
    return !["stdout", "stderr"].some((channel) => this.#followed.has(`${target} ${channel}`));
  }

  async #look(): Promise<void> {
    const { client, selectors, sourcesOf } = this.#plan;
    const query = { selector: selectors.join(" "), limit: MOST_ROWS };
    const { items, total } = await client.get<ProcessList>(API_PATHS.processes, query, this.#signal);
    const meant = sourcesOf(items);
    const present = new Set(meant.map(keyOf));
    const missing = [...this.#open.keys()].filter((key) => this.#followed.has(key) && !present.has(key));
    // A controller that has just started does not know yet what its agents run.
    const hasToldAll = missing.length === 0 || (await this.#haveTold(missing));
    this.#take(meant, { isWhole: total === items.length && hasToldAll, isFirst: false });
  }

  async #haveTold(keys: readonly string[]): Promise<boolean> {
    const instances = new Set(keys.map((key) => key.split("/", 1)[0] ?? ""));
    const told = [...instances].map(async (instance) => {
      try {
        return (await this.#plan.client.get<Instance>(apiPath("instance", { instance }), {}, this.#signal)).mood !== "";
      } catch (thrown) {
        if (thrown instanceof FleetError && thrown.kind === "not-found") return true;
        throw thrown;
      }
    });
    return (await Promise.all(told)).every((each) => each);
  }

  #take(
    meant: readonly Source[],
    { isWhole, isFirst }: { readonly isWhole: boolean; readonly isFirst: boolean },
  ): void {
    const byKey = new Map(meant.map((source) => [keyOf(source), source]));
    const { come, gone, left, before } = this.#followed.look([...byKey.keys()], isWhole);
    for (const key of gone) {
      this.#open.get(key)?.ending.abort();
      this.#note(key, "no longer followed: it is gone or does not match any more");
    }
    for (const key of come) {
      const source = byKey.get(key);
      if (source === undefined) continue;
      if (!isFirst) this.#note(key, before.has(key) ? "followed again: it is back" : "followed too: it matches now");
      this.#follow(source, before.has(key));
    }
    if (left > 0 && left !== this.#left) {
      const what = plural(left, "log that matches is", "logs that match are");
      void this.#world.note(`${what} not followed: ${this.#plan.most} are at most`);
    }
    this.#left = left;
    if (gone.length > 0 && this.#followed.size === 0) void this.#notes.flush().then(() => this.#tellWaiting());
  }

  async #tellWaiting(): Promise<void> {
    if (this.#followed.size === 0) await this.#world.note("nothing matches now; waiting for what will");
  }

  /** Of one that was followed before the end is on the screen already. */
  #follow(source: Source, isAgain: boolean): void {
    const key = keyOf(source);
    const ending = new AbortController();
    const ended = this.#print(source, isAgain, AbortSignal.any([this.#signal, ending.signal])).finally(() => {
      if (this.#open.get(key)?.ending === ending) this.#open.delete(key);
    });
    this.#open.set(key, { ending, ended });
  }

  async #print(source: Source, isAgain: boolean, signal: AbortSignal): Promise<void> {
    const { client, printer, lines, tailBytes } = this.#plan;
    const { io } = this.#world;
    const key = keyOf(source);
    printer.expect(source.target, source.channel);
    const log = printer.open(source, isAgain ? 0 : lines);
    const patience = setInterval(() => void io.out(log.overdue(PATIENCE_MS)), PATIENCE_MS);
    try {
      await followLog(client, source, {
        tailBytes: isAgain ? 0 : tailBytes,
        signal,
        hearer: {
          text: async (text, skippedBytes) => {
            if (skippedBytes > 0)
              await this.#world.note(`${nameOf(key)}: skipped ${skippedBytes} bytes: read too slowly`);
            await io.out(log.feed(text));
          },
          broken: async (message) => this.#note(key, `${message}; following again as soon as that is possible`),
          resumed: () => this.#note(key, "following again"),
        },
      });
      this.#followed.end(key);
    } catch (thrown) {
      if (!signal.aborted) this.#failed(key, FleetError.from(thrown));
    } finally {
      clearInterval(patience);
      await io.out(log.overdue(0));
    }
  }

  /** One that cannot be followed does not end the others. */
  #failed(key: string, error: FleetError): void {
    this.#followed.end(key);
    if (error.kind === "not-found") {
      this.#note(key, "no longer followed: it is gone");
    } else {
      this.#note(key, error.message);
      this.#exit = worst(this.#exit, exitOfKind(error.kind));
    }
    this.#endIfNothingLeft();
  }

  #note(key: string, text: string): void {
    this.#notes.add(nameOf(key), text);
  }

  #endIfNothingLeft(): void {
    if (this.#followed.size === 0 && (this.#exit !== "ok" || !this.#isFleetHeard)) this.#over.abort();
  }
}
