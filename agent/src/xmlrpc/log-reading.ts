// Reading pieces of log files with the offsets and faults of supervisord's log methods.
import { open, stat } from "node:fs/promises";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { Fault } from "@fleetvisor/proto/vocabulary/faults";
import type { XmlRpcValue } from "@fleetvisor/proto/xmlrpc/codec";
import type { ChildLog } from "../run/child-log.js";
import { READ_FLAGS } from "../run/open-log.js";
import { integer } from "./parameters.js";

/** As the caller gave it: looked at only when there is a file to read. */
type Given = XmlRpcValue | undefined;

// biome-ignore lint/complexity/useRegexLiterals: control characters are clearer spelled out
const NOT_IN_XML = new RegExp("[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]", "g");

/** Log bytes as text that any XML reader accepts: what is not UTF-8 or not allowed in XML becomes U+FFFD. */
export function logText(bytes: Buffer): string {
  return bytes.toString("utf8").replace(NOT_IN_XML, "\ufffd");
}

/** What is read of a log: its file, when all that was written is there. */
export type ReadableLog = Pick<ChildLog, "path" | "settle">;

async function readRange(path: string, start: number, length: number): Promise<Buffer> {
  const file = await open(path, READ_FLAGS);
  try {
    const buffer = Buffer.alloc(Math.max(0, length));
    let done = 0;
    while (done < buffer.length) {
      const { bytesRead } = await file.read(buffer, done, buffer.length - done, start + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return buffer.subarray(0, done);
  } finally {
    await file.close();
  }
}

/** Size of a file; null when there is none. Rejects with the system's error when it cannot be told. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    return (await stat(path)).size;
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return null;
    throw error;
  }
}

/**
 * `readLog` and its kin (supervisor 4.x options.py, readFile): a negative offset with length 0 is the end of the file,
 * length 0 means up to the end. Faults NO_FILE, INCORRECT_PARAMETERS, BAD_ARGUMENTS, FAILED, in this order.
 */
export async function readLog(log: ReadableLog, givenOffset: Given, givenLength: Given): Promise<string> {
  const { path } = log;
  try {
    if (path !== null && !log.settle()) throw new Fault("FAILED");
    const size = path === null ? null : await sizeOf(path);
    if (path === null || size === null) throw new Fault("NO_FILE", path ?? undefined);
    const [offset, length] = [integer(givenOffset), integer(givenLength)];
    if ((offset < 0 && length !== 0) || (offset >= 0 && length < 0)) throw new Fault("BAD_ARGUMENTS");
    const start = offset < 0 ? Math.max(0, size + offset) : offset;
    const available = Math.max(0, size - start);
    return logText(await readRange(path, start, length === 0 ? available : Math.min(length, available)));
  } catch (error) {
    throw error instanceof Fault ? error : new Fault("FAILED");
  }
}

/**
 * `tailProcessStdoutLog` and its kin: text, size, whether more was written than fits (options.py, tailFile). Nothing when
 * there is no file. Fault INCORRECT_PARAMETERS.
 */
export async function tailLog(
  log: ReadableLog,
  givenOffset: Given,
  givenLength: Given,
): Promise<[string, number, boolean]> {
  const { path } = log;
  if (path !== null && !log.settle()) return ["", 0, false];
  const size = path === null ? null : await sizeOf(path).catch(() => 0);
  if (path === null || size === null) return ["", 0, false];
  const [offset, length] = [integer(givenOffset), integer(givenLength)];
  try {
    const overflow = size > offset + length;
    if (length <= 0 || (!overflow && offset >= size)) return ["", size, overflow];
    const bytes = Math.min(length, size);
    return [logText(await readRange(path, size - bytes, bytes)), size, overflow];
  } catch {
    return ["", offset, false];
  }
}
