// A log as it is written, as the answer to a request: supervisord's `/logtail` and `/mainlogtail`, read on the host.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifyReply } from "fastify";
import type { LogReader, LogRequest, LogStream } from "../instances/instance.js";

/** What supervisord begins with. */
const FIRST_BYTES = 1024;
/** Bytes of a log that may be under way to a reader. */
const WINDOW_BYTES = 256 * 1024;
const OPEN_WITHIN_MS = 15_000;

export interface FollowRequest {
  readonly log: Pick<LogRequest, "group" | "name" | "channel">;
  readonly reply: FastifyReply;
  readonly open: (request: LogRequest, reader: LogReader) => LogStream;
  /** Called when the answer begins, with what ends it; the result when it has ended. */
  readonly onBegin: (end: () => void) => () => void;
}

/**
 * Resolves when the answer has begun, which then lasts until its reader leaves or the log's host does. Rejects with `not-found` for no
 * such log or file, `unavailable` and `deadline-exceeded` when the host does not say; then nothing was answered.
 */
export function followLog({ log, reply, open, onBegin }: FollowRequest): Promise<void> {
  const { raw } = reply;
  return new Promise((resolve, reject) => {
    let ended: (() => void) | null = null;
    const begin = () => {
      clearTimeout(timer);
      reply.hijack();
      raw.writeHead(200, {
        "content-type": "text/plain;charset=utf-8",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        ...(log.channel === "main" ? {} : { "x-accel-buffering": "no" }),
      });
      raw.flushHeaders();
      raw.on("error", () => {});
      ended = onBegin(() => raw.end());
      resolve();
    };
    const fail = (error: FleetError) => {
      clearTimeout(timer);
      reject(error);
    };
    const request: LogRequest = {
      ...log,
      tailBytes: FIRST_BYTES,
      follow: true,
      creditBytes: WINDOW_BYTES,
      mustExist: true,
    };
    const timer = setTimeout(() => {
      stream.close();
      reject(new FleetError("deadline-exceeded", "the agent did not answer in time"));
    }, OPEN_WITHIN_MS);
    const stream = opened(() =>
      open(request, {
        chunk(data, skippedBytes) {
          if (ended === null) begin();
          if (skippedBytes > 0) raw.write(`\n==> ${skippedBytes} bytes skipped <==\n`);
          if (data.length === 0) return;
          if (raw.write(data)) stream.grant(data.length);
          else raw.once("drain", () => stream.grant(data.length));
        },
        end(error) {
          if (ended === null) fail(error ?? new FleetError("not-found", "there is no such log"));
          else raw.end();
        },
      }),
    );
    raw.once("close", () => {
      stream.close();
      ended?.();
      fail(new FleetError("unavailable", "nobody waits for the answer any more"));
    });

    function opened(make: () => LogStream): LogStream {
      try {
        return make();
      } catch (error) {
        clearTimeout(timer);
        throw error;
      }
    }
  });
}
