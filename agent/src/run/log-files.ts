// The files of one log as a reader of pages finds them: opened newest first, each with a name that outlasts rotation.
import { createHash } from "node:crypto";
import { fstatSync, readSync } from "node:fs";
import { type FileHandle, open, readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { READ_FLAGS } from "./open-log.js";

export interface LogFile {
  /** 0 for the current file, N for `.N`. */
  readonly backup: number;
  readonly sizeBytes: number;
  readonly device: bigint;
  readonly inode: bigint;
  readonly handle: FileHandle;
}

/** Rotated files that are looked at. */
const MOST_FILES = 1_000;
/** An inode is given to a new file soon after its last one was deleted, and a file can be emptied: its first bytes tell such apart. */
const HEAD_BYTES = 64;
const HASH_CHARS = 12;

/**
 * Opens what there is, newest first: a rotation meanwhile then shows a file once more, which is known by its inode, and hides none. The
 * caller closes them. Rejects with the system's error.
 */
export async function openLogFiles(path: string): Promise<LogFile[]> {
  const files: LogFile[] = [];
  const seen = new Set<string>();
  try {
    for (const backup of [0, ...(await backupsOf(path))]) {
      const handle = await openIfThere(backup === 0 ? path : `${path}.${backup}`);
      if (handle === null) continue;
      const file = await describe(handle, backup);
      const key = file === null ? "" : `${file.device}:${file.inode}`;
      if (file === null || seen.has(key)) {
        await handle.close();
        continue;
      }
      seen.add(key);
      files.push(file);
    }
  } catch (error) {
    await closeAll(files);
    throw error;
  }
  return files;
}

export async function closeAll(files: readonly LogFile[]): Promise<void> {
  await Promise.all(files.map(({ handle }) => handle.close()));
}

/** Null for what is no regular file: it has no places to go back to. */
async function describe(handle: FileHandle, backup: number): Promise<LogFile | null> {
  const stats = await handle.stat({ bigint: true });
  if (!stats.isFile()) return null;
  return { backup, sizeBytes: Number(stats.size), device: stats.dev, inode: stats.ino, handle };
}

/** Bytes `from` to `to` of a file, fewer where it has become shorter. */
export async function readRange({ handle }: LogFile, from: number, to: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafe(Math.max(0, to - from));
  let done = 0;
  while (done < buffer.length) {
    const { bytesRead } = await handle.read(buffer, done, buffer.length - done, from + done);
    if (bytesRead === 0) break;
    done += bytesRead;
  }
  return buffer.subarray(0, done);
}

/** Names a file by where it lies on its disk and how it begins. */
export async function nameOf(file: LogFile): Promise<string> {
  const head = await readRange(file, 0, Math.min(HEAD_BYTES, file.sizeBytes));
  return formatName(file, head);
}

/** The same of a file that is open by its number; empty for what is no regular file. Throws the system's error. */
export function nameOfOpen(fd: number): string {
  const stats = fstatSync(fd, { bigint: true });
  if (!stats.isFile()) return "";
  const head = Buffer.alloc(HEAD_BYTES);
  return formatName({ device: stats.dev, inode: stats.ino }, head.subarray(0, readSync(fd, head, 0, HEAD_BYTES, 0)));
}

function formatName({ device, inode }: Pick<LogFile, "device" | "inode">, head: Buffer): string {
  return `${device.toString(36)}.${inode.toString(36)}.${head.length}.${hashOf(head)}`;
}

/** Whether a name that was given before is this file's. It may have been written to and renamed since. */
export async function isNamed(file: LogFile, name: string): Promise<boolean> {
  const [device = "", inode = "", length = "", hash] = name.split(".");
  if (device !== file.device.toString(36) || inode !== file.inode.toString(36)) return false;
  const headBytes = Number(length);
  if (!(headBytes >= 0 && headBytes <= HEAD_BYTES)) return false;
  const head = await readRange(file, 0, headBytes);
  return head.length === headBytes && hashOf(head) === hash;
}

function hashOf(head: Buffer): string {
  return createHash("sha256").update(head).digest("hex").slice(0, HASH_CHARS);
}

/** Numbers of the rotated files beside it, newest first. */
async function backupsOf(path: string): Promise<number[]> {
  const prefix = `${basename(path)}.`;
  try {
    const names = await readdir(dirname(path));
    return names
      .filter((name) => name.startsWith(prefix) && /^[1-9]\d{0,8}$/.test(name.slice(prefix.length)))
      .map((name) => Number(name.slice(prefix.length)))
      .sort((a, b) => a - b)
      .slice(0, MOST_FILES);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return [];
    throw error;
  }
}

/** What is no file, or has just been rotated away, is passed over. */
async function openIfThere(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, READ_FLAGS);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENXIO") return null;
    throw error;
  }
}
