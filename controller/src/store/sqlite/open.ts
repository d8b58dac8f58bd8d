// Opens the database file with the settings every connection needs.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import Database from "better-sqlite3";

/** How long a connection waits for another process, such as `fvcontroller join-token`, to finish writing. */
const BUSY_TIMEOUT_MS = 5_000;

/**
 * Opens the file, making it for a writer. Throws `unavailable` naming the file when that cannot be done.
 */
export function openDatabase(file: string, access: "read" | "write"): Database.Database {
  try {
    const db = new Database(file, { readonly: access === "read", timeout: BUSY_TIMEOUT_MS });
    if (access === "write") {
      db.pragma("page_size = 8192");
      db.pragma("journal_mode = WAL");
      // What is acknowledged to an agent is gone there, so it must survive a power cut here; commits are few, since they are batched.
      db.pragma("synchronous = FULL");
      db.pragma("wal_autocheckpoint = 4000");
      db.pragma("foreign_keys = ON");
    }
    db.pragma("temp_store = MEMORY");
    db.pragma("mmap_size = 268435456");
    return db;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new FleetError("unavailable", `cannot open ${file}: ${reason}`, { cause: error });
  }
}
