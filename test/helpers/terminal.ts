// A program on a terminal of its own, at which somebody types.
import { join } from "node:path";
import { ROOT } from "./paths.js";
import { runProcess } from "./processes.js";

/** Once what it names was seen: keys to type, a signal to send, or another size of the terminal. */
export type Step = readonly [
  seen: string,
  then: string | { readonly signal: number } | { readonly size: readonly [number, number] },
];

export interface Typed {
  /** What a person would have seen, scrolled pages included. */
  readonly screen: string;
  /** Everything that was written, as it was. */
  readonly raw: string;
  readonly code: number | null;
  readonly signal: number | null;
  /** Whether the settings of the terminal (echo, lines, signals) are what they were before. */
  readonly isRestored: boolean;
}

/** Throws when something that a step waits for never came. The terminal is 50 lines of `columns` (100) cells. */
export async function atTerminal(
  argv: readonly string[],
  steps: readonly Step[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>>; readonly columns?: number },
): Promise<Typed> {
  const { cwd, columns = 100 } = options;
  const order = JSON.stringify({ argv, cwd, steps, columns });
  const { stdout, stderr } = await runProcess("python3", [join(ROOT, "test/fixtures/python/in_pty.py")], {
    stdin: order,
    env: options.env,
    withinMs: 110_000,
  });
  if (stdout === "") throw new Error(stderr);
  const { missed, ...typed } = JSON.parse(stdout) as Typed & { readonly missed: string | null };
  if (missed !== null)
    throw new Error(
      `${JSON.stringify(missed)} was never seen; the screen:\n${typed.screen}\n${JSON.stringify(typed.raw)}`,
    );
  return typed;
}
