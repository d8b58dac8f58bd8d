// What a measurement of the benchmark is: figures with their targets, taken of one daemon or of both at once.
import type { DaemonKind } from "../helpers/supervisord.js";
import type { Programs } from "./programs.js";

export interface Figure {
  readonly key: string;
  /** With its unit. */
  readonly label: string;
  /** What to reach, in words; and whether it is. No target for figures that only explain others. */
  readonly target?: string;
  readonly reached?: (ours: number, theirs: number) => boolean;
}

export type Values = Readonly<Record<string, number>>;
export type Taken = Partial<Record<DaemonKind, Values>>;

export interface World {
  /** A folder for everything the measurement makes. */
  readonly dir: string;
  readonly programs: Programs;
}

export interface Bench {
  /** Word on the command line. */
  readonly name: string;
  readonly figures: readonly Figure[];
  take(kinds: readonly DaemonKind[], world: World): Promise<Taken>;
}

/** A measurement of one daemon after the other. */
export function inTurns(measure: (kind: DaemonKind, world: World) => Promise<Values>): Bench["take"] {
  return async (kinds, world) => {
    const taken: Taken = {};
    for (const kind of kinds) taken[kind] = await measure(kind, world);
    return taken;
  };
}

export const under = (limit: number) => (ours: number) => ours < limit;
export const over = (limit: number) => (ours: number) => ours > limit;
