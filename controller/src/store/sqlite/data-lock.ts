// One controller a data directory: a lock that the system lets go of when its holder ends, however it ends.
import { join } from "node:path";
import type { Lifecycle } from "@fleetvisor/proto/lifecycle";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import Database from "better-sqlite3";

export class DataLock implements Lifecycle {
  readonly #dataDir: string;
  #db: Database.Database | null = null;

  constructor(dataDir: string) {
    this.#dataDir = dataDir;
  }

  /** Rejects with `conflict` when another controller works in the directory, `unavailable` when it cannot be written. */
  async start(): Promise<void> {
    this.hold();
  }

  /** Takes the lock unless it is held already; throws as `start` rejects. */
  hold(): void {
    if (this.#db !== null) return;
    const file = join(this.#dataDir, "lock");
    try {
      const db = new Database(file, { timeout: 0 });
      try {
        db.exec("BEGIN EXCLUSIVE");
      } catch (error) {
        db.close();
        throw error;
      }
      this.#db = db;
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "SQLITE_BUSY") {
        throw new FleetError("conflict", `another controller is running in ${this.#dataDir}`, { cause: error });
      }
      throw new FleetError("unavailable", `cannot lock ${file}: ${FleetError.from(error).message}`, { cause: error });
    }
  }

  async stop(): Promise<void> {
    this.#db?.close();
    this.#db = null;
  }
}
