// `GET /logtail/NAME[/CHANNEL]` and `/mainlogtail`: the end of a log, then whatever is written, until the reader leaves.
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import type { ServerResponse } from "node:http";
import { parseNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import type { ChildLog } from "../run/child-log.js";
import { READ_FLAGS } from "../run/open-log.js";
import type { RpcContext } from "./rpc-context.js";

const FIRST_BYTES = 1024;
/** A reader who is this far behind is skipped ahead instead of being kept in memory. */
const BEHIND_BYTES = 1024 * 1024;

/** The log that a request path names, or null (then: 404). `path` is percent-decoded already. */
export function findLog(context: RpcContext, path: string): ChildLog | null {
  if (path.startsWith("/mainlogtail")) return context.mainLog;
  const [, , name = "", channel = "stdout", ...rest] = path.split("/");
  if (rest.length > 0 || (channel !== "stdout" && channel !== "stderr")) return null;
  const spec = parseNamespec(name);
  return spec.name === null ? null : (context.supervisor.process(spec.group, spec.name)?.[channel] ?? null);
}

/**
 * Streams a log into a response; ends when the reader does. False when there is no file to stream. Nothing is lost at a
 * rotation: what is written later comes from memory (supervisor 4.x http.py, tail_f_producer, follows the path instead).
 */
export function streamLog(log: ChildLog, response: ServerResponse, headers: Readonly<Record<string, string>>): boolean {
  const start = log.path === null || !log.settle() ? null : readEnd(log.path);
  if (start === null) return false;
  response.writeHead(200, {
    ...headers,
    "Last-Modified": start.modified.toUTCString(),
    "Content-Type": "text/plain;charset=utf-8",
  });
  response.flushHeaders();
  if (start.bytes.length > 0) response.write(start.bytes);
  let skippedBytes = 0;
  const unfollow = log.follow((chunk) => {
    if (response.writableLength > BEHIND_BYTES) {
      skippedBytes += chunk.length;
      return;
    }
    if (skippedBytes > 0) response.write(`\n==> ${skippedBytes} bytes skipped <==\n`);
    skippedBytes = 0;
    response.write(Buffer.from(chunk));
  });
  response.on("close", unfollow);
  return true;
}

function readEnd(path: string): { bytes: Buffer; modified: Date } | null {
  let fd: number;
  try {
    fd = openSync(path, READ_FLAGS);
  } catch {
    return null;
  }
  try {
    const stats = fstatSync(fd);
    const bytes = Buffer.alloc(Math.min(stats.isFile() ? stats.size : 0, FIRST_BYTES));
    const read = bytes.length === 0 ? 0 : readSync(fd, bytes, 0, bytes.length, stats.size - bytes.length);
    return { bytes: bytes.subarray(0, read), modified: stats.mtime };
  } finally {
    closeSync(fd);
  }
}
