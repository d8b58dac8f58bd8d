// A disk of a few megabytes under a folder, that a test can fill and free again.
import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import { errnoOf } from "@fleetvisor/proto/vocabulary/errors";
import { defer, type Scope } from "../helpers/scope.js";

const FILLER = "filler";

export class SmallDisk {
  readonly #dir: string;

  private constructor(dir: string) {
    this.#dir = dir;
  }

  /** Mounts a tmpfs on the folder until the test is over; the reason why not where that is not permitted. */
  static mount(t: Scope, dir: string, sizeBytes: number): SmallDisk | string {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    try {
      execFileSync("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes},mode=0700`, "fleetvisor-test", dir], {
        stdio: ["ignore", "ignore", "pipe"],
      });
    } catch (error) {
      const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
      return `no small disk can be mounted here: ${said}`;
    }
    defer(t, () => execFileSync("umount", ["-l", dir]));
    return new SmallDisk(dir);
  }

  /** Takes every byte that is left. */
  fill(): void {
    const file = openSync(join(this.#dir, FILLER), "a");
    try {
      for (let bytes = 65_536; bytes >= 1; ) {
        try {
          if (writeSync(file, Buffer.alloc(bytes)) < bytes) bytes = Math.floor(bytes / 2);
        } catch (error) {
          if (errnoOf(error) !== "ENOSPC") throw error;
          bytes = Math.floor(bytes / 2);
        }
      }
    } finally {
      closeSync(file);
    }
  }

  free(): void {
    rmSync(join(this.#dir, FILLER), { force: true });
  }
}
