// A folder of a test's own, gone after it.
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defer, type Scope } from "./scope.js";

/** Makes an empty folder. Its path is short, since a unix socket inside may not be longer than 107 bytes. */
export function tempDir(t: Scope): string {
  const dir = realpathSync(mkdtempSync(join(tmpdir(), "fvt-")));
  defer(t, () =>
    rmSync(dir, {
      recursive: true,
      force: true,
      maxRetries: 5,
      retryDelay: 50,
    }),
  );
  return dir;
}
