// Follows one log as it is written, over breaks of the connection.
import { apiPath } from "@fleetvisor/proto/api/paths";
import type { Instance, LogChunk, Process } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { ApiClient } from "./client.js";
import { type Attempt, keepConnected } from "./retry.js";

/** When a connection without a word is made anew. */
const SILENCE_MS = 240_000;

export interface FollowedLog {
  readonly instance: string;
  readonly group: string;
  readonly name: string;
  readonly channel: "stdout" | "stderr";
}

export interface LogHearer {
  /** What was written; bytes before it may have been skipped because it was read too slowly. */
  text(text: string, skippedBytes: number): Promise<void>;
  /** The connection broke; it is made again as soon as that is possible, and what is written meanwhile is not heard. */
  broken(message: string): Promise<void>;
  /** After a break: it is heard again from here on. */
  resumed(): void;
}

/** Resolves when the log is over or `signal` aborts. Throws FleetError for what will not pass by itself. */
export async function followLog(
  client: ApiClient,
  log: FollowedLog,
  {
    tailBytes,
    signal,
    hearer,
  }: { readonly tailBytes: number; readonly signal: AbortSignal; readonly hearer: LogHearer },
): Promise<void> {
  let isBroken = false;
  const connect = async ({ isAgain, works }: Attempt) => {
    const onOpen = () => {
      works();
      if (isBroken) hearer.resumed();
      isBroken = false;
    };
    if (isAgain) await checkStillThere(client, log, signal);
    // What was written while there was no connection is not known here: a second tail would double what was printed.
    const query = { tailBytes: isAgain ? 0 : tailBytes };
    try {
      // A log may stay quiet for long: that it could be opened is what counts.
      const options = { query, signal, silenceMs: SILENCE_MS, onOpen };
      const events = client.stream(apiPath("logStream", { ...log }), options);
      for await (const { event, data } of events) {
        if (event === "end") {
          const { reason } = JSON.parse(data) as { reason: string };
          if (reason === "") return "over";
          throw new FleetError("unavailable", `${log.instance}/${log.group}:${log.name}: ${reason}`);
        }
        if (event !== "chunk") continue;
        const { text, skippedBytes } = JSON.parse(data) as LogChunk;
        await hearer.text(text, skippedBytes);
      }
    } catch (thrown) {
      // A quiet log looks like a dead connection; making it anew loses nothing.
      if (!(thrown instanceof FleetError) || thrown.kind !== "deadline-exceeded") throw thrown;
      return "quietly again";
    }
    return "again";
  };
  const onBroken = (error: FleetError | null) => {
    isBroken = true;
    return hearer.broken(error?.message ?? "the connection broke");
  };
  await keepConnected(connect, { signal, onBroken });
}

/** Throws `not-found` for what is gone for good; that its host is away, or has not told yet what it runs, is `unavailable`. */
async function checkStillThere(client: ApiClient, log: FollowedLog, signal: AbortSignal): Promise<void> {
  // In this order: a host that has told what it runs goes on knowing it.
  const { liveness, mood } = await client.get<Instance>(apiPath("instance", { ...log }), {}, signal);
  if (liveness === "lost" || mood === "") {
    throw new FleetError("unavailable", `${log.instance} has not told yet what it runs`);
  }
  await client.get<Process>(apiPath("process", { ...log }), {}, signal);
}
