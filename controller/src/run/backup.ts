// A backup: a folder of the same shape as a data directory, so that a controller started on a copy of it is the one that was.
import { chmod, copyFile, mkdir, open, readdir, rename, rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { errnoOf, FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { authorityFiles } from "../pki/authority.js";
import { copyDatabase } from "../store/sqlite/copy.js";
import { type Finding, inspectDatabase } from "../store/sqlite/inspect.js";

export interface BackupOptions {
  /** The store's file. */
  readonly file: string;
  readonly dataDir: string;
  /** The folder to make; it may be there when it is empty. */
  readonly target: string;
  readonly onProgress?: (done: number) => void;
}

/**
 * Makes a backup of a controller that may be running: the database as of one moment, and the certificate authority with its keys. All
 * of it is its owner's alone. The folder has its name only once it is whole and was looked over. Rejects with `conflict` when
 * something is there already, `unavailable` for what cannot be read or written or is damaged; then nothing is left.
 */
export async function makeBackup({ file, dataDir, target, onProgress }: BackupOptions): Promise<readonly Finding[]> {
  await requireFree(target);
  const partial = `${target}.partial`;
  try {
    await mkdir(partial, { mode: 0o700 });
  } catch (error) {
    if (errnoOf(error) === "EEXIST") {
      throw new FleetError(
        "conflict",
        `${partial} is there: another backup makes it, or was cut short; then remove it`,
      );
    }
    throw new FleetError("unavailable", `cannot make ${partial}: ${FleetError.from(error).message}`);
  }
  try {
    const copy = join(partial, basename(file));
    await copyDatabase(file, copy, onProgress === undefined ? {} : { onProgress });
    const findings = inspectDatabase(copy, true);
    const damages = findings.filter(({ good }) => !good).map(({ what, detail }) => `${what}: ${detail}`);
    if (damages.length > 0) {
      throw new FleetError("unavailable", `no backup is made of a damaged database: ${damages.join("; ")}`);
    }
    // Looking at it makes them; they hold nothing.
    for (const suffix of ["-wal", "-shm"]) await rm(copy + suffix, { force: true });
    await copyAuthority(dataDir, partial);
    await rename(partial, target);
    return findings;
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    if (error instanceof FleetError) throw error;
    throw new FleetError("unavailable", `cannot make a backup in ${target}: ${FleetError.from(error).message}`);
  }
}

async function requireFree(target: string): Promise<void> {
  try {
    if ((await readdir(target)).length === 0) return;
  } catch (error) {
    if (errnoOf(error) === "ENOENT") return;
    if (errnoOf(error) !== "ENOTDIR") throw FleetError.from(error, "unavailable");
  }
  throw new FleetError("conflict", `${target} is there already: a backup is never written over`);
}

async function copyAuthority(dataDir: string, target: string): Promise<void> {
  for (const [from, to] of await authorityFiles(dataDir, target)) {
    await copyFile(from, to);
    await chmod(to, 0o600);
    const handle = await open(to);
    await handle.sync();
    await handle.close();
  }
}
