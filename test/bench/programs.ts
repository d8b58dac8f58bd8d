// The benchmark's own programs, compiled from C so that they cost next to nothing beside the supervisor that runs them.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { ROOT } from "../helpers/paths.js";

/** Paths of the compiled programs; each source says what it does. */
export interface Programs {
  readonly trail: string;
  readonly writer: string;
  readonly listener: string;
}

/** Compiles them into `dir`. Needs a C compiler. */
export function buildPrograms(dir: string): Programs {
  const build = (name: string): string => {
    const program = join(dir, name);
    const source = join(ROOT, `test/bench/programs/${name}.c`);
    try {
      execFileSync("cc", ["-O2", "-static", "-o", program, source], { stdio: "inherit" });
    } catch (error) {
      throw new Error("the benchmark needs a C compiler (Debian: apt-get install gcc libc6-dev)", { cause: error });
    }
    return program;
  };
  return { trail: build("trail"), writer: build("writer"), listener: build("listener") };
}
