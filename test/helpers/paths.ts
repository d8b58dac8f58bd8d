// Where things of the checkout are: built commands, fixture programs.
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const ROOT = join(dirname(fileURLToPath(import.meta.url)), "../..");

/** The built commands, as users run them. Run with `process.execPath`. */
export const FVAGENT = join(ROOT, "agent/bin/fvagent.cjs");
export const FVCONTROLLER = join(ROOT, "controller/bin/fvcontroller.cjs");
export const FVCTL = join(ROOT, "ctl/bin/fvctl.cjs");

/** A fixture program by its file name: `program("exits.sh")`. */
export function program(name: string): string {
  return join(ROOT, "test/fixtures/programs", name);
}
