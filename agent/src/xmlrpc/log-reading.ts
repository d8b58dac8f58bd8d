// Reading pieces of log files with the offsets and faults of supervisord's log methods.
import { open, stat } from "node:fs/promises";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { Fault } from "@fleetvisor/proto/vocabulary/faults";

// biome-ignore lint/complexity/useRegexLiterals: control characters are clearer spelled out
const NOT_IN_XML = new RegExp("[\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\ufffe\\uffff]", "g");

/** Log bytes as text that any XML reader accepts: what is not UTF-8 or not allowed in XML becomes U+FFFD. */
export function logText(bytes: Buffer): string {
  return bytes.toString("utf8").replace(NOT_IN_XML, "\ufffd");
}

async function readRange(path: string, start: number, length: number): Promise<Buffer> {
  const file = await open(path, "r");
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

/**
 * `readLog` and its kin (supervisor 4.x options.py, readFile): a negative offset with length 0 is the end of the file,
 * length 0 means up to the end. Faults BAD_ARGUMENTS, NO_FILE, FAILED.
 */
export async function readLog(path: string | null, offset: number, length: number): Promise<string> {
  if (path === null) throw new Fault("NO_FILE");
  if ((offset < 0 && length !== 0) || (offset >= 0 && length < 0)) throw new Fault("BAD_ARGUMENTS");
  try {
    const { size } = await stat(path);
    const start = offset < 0 ? Math.max(0, size + offset) : offset;
    const available = Math.max(0, size - start);
    return logText(await readRange(path, start, length === 0 ? available : Math.min(length, available)));
  } catch (error) {
    throw errnoOf(error) === "ENOENT" ? new Fault("NO_FILE", path) : new Fault("FAILED");
  }
}

/** `tailProcessStdoutLog` and its kin: text, size, whether more was written than fits (options.py, tailFile). */
export async function tailLog(path: string | null, offset: number, length: number): Promise<[string, number, boolean]> {
  if (path === null) return ["", 0, false];
  try {
    const { size } = await stat(path);
    const overflow = size > offset + length;
    if (length <= 0 || (!overflow && offset >= size)) return ["", size, overflow];
    const bytes = Math.min(length, size);
    return [logText(await readRange(path, size - bytes, bytes)), size, overflow];
  } catch (error) {
    return ["", errnoOf(error) === "ENOENT" ? 0 : offset, false];
  }
}
