// When the controller's data was last copied: a small file in its data directory, written by whoever copies.
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BACKUP_ORIGIN_NAMES, type BackupOrigin } from "@fleetvisor/proto/vocabulary/stored";

const FILE = "last-backup";

export interface BackupNote {
  readonly atMs: number;
  readonly origin: BackupOrigin;
  /** Of the database. */
  readonly sizeBytes: number;
}

/** Never rejects: a backup counts, noted or not. */
export async function noteBackup(dataDir: string, note: BackupNote): Promise<void> {
  await writeFile(join(dataDir, FILE), `${JSON.stringify(note)}\n`, { mode: 0o600 }).catch(() => {});
}

/** Null when none is known of. */
export async function lastBackup(dataDir: string): Promise<BackupNote | null> {
  try {
    const { atMs, origin, sizeBytes } = JSON.parse(await readFile(join(dataDir, FILE), "utf8")) as Partial<BackupNote>;
    const known = BACKUP_ORIGIN_NAMES.find((each) => each === origin);
    if (!Number.isInteger(atMs) || !Number.isInteger(sizeBytes) || known === undefined) return null;
    return { atMs: Number(atMs), origin: known, sizeBytes: Number(sizeBytes) };
  } catch {
    return null;
  }
}
