// The files of one log, current and rotated, opened for a search: as many of the newest bytes as were asked for, oldest first.
import { closeSync, fstatSync, openSync, readdirSync } from "node:fs";
import { basename, dirname } from "node:path";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { READ_FLAGS } from "./open-log.js";

export interface SearchedFile {
  readonly fd: number;
  /** 0 for the current file, N for `.N`. */
  readonly backup: number;
  readonly startBytes: number;
  readonly endBytes: number;
}

export interface OpenedLog {
  /** Oldest first. The caller closes them. */
  readonly files: readonly SearchedFile[];
  /** Older bytes that are left out. */
  readonly skippedBytes: number;
}

/**
 * Opens what there is. A log without any file is empty. Opened from the newest on, so that a rotation meanwhile shows the same
 * file once more, which is known by its inode, and hides none. Throws the system's error.
 */
export function openLogFiles(path: string, newestBytes: number): OpenedLog {
  const files: SearchedFile[] = [];
  const seen = new Set<string>();
  let leftBytes = newestBytes;
  let skippedBytes = 0;
  try {
    for (const backup of [0, ...backupsOf(path)]) {
      const fd = openIfThere(backup === 0 ? path : `${path}.${backup}`);
      if (fd === null) continue;
      const stats = fstatSync(fd, { bigint: true });
      const identity = `${stats.dev}:${stats.ino}`;
      const size = Number(stats.size);
      if (!stats.isFile() || seen.has(identity) || size === 0 || leftBytes === 0) {
        closeSync(fd);
        if (stats.isFile() && !seen.has(identity)) skippedBytes += size;
        continue;
      }
      seen.add(identity);
      const taken = Math.min(size, leftBytes);
      files.push({ fd, backup, startBytes: size - taken, endBytes: size });
      leftBytes -= taken;
      skippedBytes += size - taken;
    }
  } catch (error) {
    for (const { fd } of files) closeSync(fd);
    throw error;
  }
  return { files: files.reverse(), skippedBytes };
}

/** Numbers of the rotated files beside it, newest first. */
function backupsOf(path: string): number[] {
  const prefix = `${basename(path)}.`;
  try {
    return readdirSync(dirname(path))
      .filter((name) => name.startsWith(prefix) && /^[1-9]\d{0,8}$/.test(name.slice(prefix.length)))
      .map((name) => Number(name.slice(prefix.length)))
      .sort((a, b) => a - b);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENOTDIR") return [];
    throw error;
  }
}

/** What is no file, or has just been rotated away, is passed over. */
function openIfThere(path: string): number | null {
  try {
    return openSync(path, READ_FLAGS);
  } catch (error) {
    if (errnoOf(error) === "ENOENT" || errnoOf(error) === "ENXIO") return null;
    throw error;
  }
}
