// Copies a database as of one moment while others write to it.
import { randomBytes } from "node:crypto";
import { open, readdir, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { openDatabase } from "./open.js";

/** Pages between two looks at whether to go on, of 8 KiB: about a millisecond. */
const STEP_PAGES = 100;
const PARTIAL = ".copy-";

export interface CopyOptions {
  /** Hears how much is done, 0 to 1. */
  readonly onProgress?: (done: number) => void;
  readonly signal?: AbortSignal;
}

/**
 * Writes a copy to a file that must not be there yet, for its owner alone, and returns when it is on the disk. Rejects with `conflict`
 * for a file that is there, `unavailable` for what cannot be read or written, and then leaves nothing behind.
 */
export async function copyDatabase(file: string, target: string, options: CopyOptions = {}): Promise<void> {
  const { onProgress = () => {}, signal } = options;
  const made = await open(target, "wx", 0o600).catch((error: unknown) => {
    const taken = error instanceof Error && "code" in error && error.code === "EEXIST";
    if (taken) throw new FleetError("conflict", `${target} is there already: a backup is never written over`);
    throw new FleetError("unavailable", `cannot write ${target}: ${FleetError.from(error).message}`);
  });
  try {
    const db = openDatabase(file, "read");
    try {
      // Held for as long as the copying takes: without it every write begins the copy anew, and under load it would never end.
      db.exec("BEGIN");
      db.prepare("SELECT count(*) FROM sqlite_schema").get();
      await db.backup(target, {
        progress({ totalPages, remainingPages }) {
          signal?.throwIfAborted();
          onProgress(totalPages === 0 ? 0 : 1 - remainingPages / totalPages);
          return STEP_PAGES;
        },
      });
    } finally {
      db.close();
    }
    await made.sync();
  } catch (error) {
    await rm(target, { force: true });
    if (error instanceof FleetError) throw error;
    throw new FleetError("unavailable", `cannot copy ${file}: ${FleetError.from(error).message}`, { cause: error });
  } finally {
    await made.close();
  }
}

/** A name for a copy beside the file that is only there for a moment. */
export function partialCopyOf(file: string): string {
  return join(dirname(file), `${PARTIAL}${randomBytes(6).toString("hex")}-${basename(file)}`);
}

/** Removes what copies that were cut short by a crash left beside the file. */
export async function removePartialCopies(file: string): Promise<void> {
  const left = (await readdir(dirname(file))).filter((name) => name.startsWith(PARTIAL));
  await Promise.all(left.map((name) => rm(join(dirname(file), name), { force: true })));
}
