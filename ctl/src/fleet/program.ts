import type { Io } from "../io.js";
export async function runFleet(io: Io, _args: readonly string[]): Promise<number> {
  await io.out("help\n");
  return 0;
}
