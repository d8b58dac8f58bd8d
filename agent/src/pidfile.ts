// The file that tells others the daemon's pid: overwritten when it is up, removed by whoever wrote it.
import { readFileSync, unlinkSync, writeFileSync } from "node:fs";

export class Pidfile {
  readonly #path: string;
  #isWritten = false;

  constructor(path: string) {
    this.#path = path;
  }

  /** False when it cannot be written, which stops nobody (supervisor 4.x options.py, write_pidfile). */
  write(): boolean {
    try {
      writeFileSync(this.#path, `${process.pid}\n`);
      this.#isWritten = true;
    } catch {
      // Said by the caller.
    }
    return this.#isWritten;
  }

  /** Leaves what somebody else has written since. */
  remove(): void {
    try {
      if (this.#isWritten && readFileSync(this.#path, "utf8").trim() === String(process.pid)) unlinkSync(this.#path);
    } catch {
      // Gone already, or no longer ours to remove.
    }
    this.#isWritten = false;
  }
}
