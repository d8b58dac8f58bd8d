// A disk of its own that a test can hang: an ext4 in a file, of which a freeze stops every write until it is thawed.
import { execFileSync } from "node:child_process";
import { closeSync, ftruncateSync, mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { defer, type Scope } from "./scope.js";
import { tempDir } from "./temp-dir.js";

const SIZE_BYTES = 64 * 1024 * 1024;
/** Not on every user's path. */
const PATH = `${process.env.PATH ?? ""}:/usr/sbin:/sbin`;

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: ["ignore", "ignore", "pipe"], env: { ...process.env, PATH } });
}

export class FreezableDisk {
  readonly dir: string;
  #isFrozen = false;

  private constructor(dir: string) {
    this.dir = dir;
  }

  /** Mounts one until the test is over; the reason why not where that is not permitted. */
  static mount(t: Scope): FreezableDisk | string {
    const parent = tempDir(t);
    const [image, dir] = [join(parent, "image"), join(parent, "disk")];
    mkdirSync(dir);
    const file = openSync(image, "w");
    ftruncateSync(file, SIZE_BYTES);
    closeSync(file);
    try {
      run("mkfs.ext4", "-q", "-F", image);
      run("mount", "-o", "loop", image, dir);
    } catch (error) {
      const said = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : String(error);
      return `no disk of its own can be mounted here: ${said}`;
    }
    const disk = new FreezableDisk(dir);
    defer(t, () => {
      disk.thaw();
      run("umount", "-l", dir);
    });
    return disk;
  }

  /** From now on whoever writes waits. */
  freeze(): void {
    run("fsfreeze", "--freeze", this.dir);
    this.#isFrozen = true;
  }

  thaw(): void {
    if (!this.#isFrozen) return;
    run("fsfreeze", "--unfreeze", this.dir);
    this.#isFrozen = false;
  }
}
