// What a fault run leaves behind to be compared: what really happened on the hosts, what the driver did, what the controller says.
import type { HistoryEvent, Operation, Process } from "@fleetvisor/proto/api/v1";

export interface LifeEnd {
  /** As the activity log has it: `exited` by itself or by a stranger's signal, `stopped` because somebody asked. */
  readonly how: "exited" | "stopped";
  readonly atMs: number;
  /** Null when it ended with a code. */
  readonly signal: string | null;
}

/** One life of a process by its agent's own log; wall clock, ms. */
export interface Life {
  readonly pid: number;
  readonly bornMs: number;
  /** When it was said to have stayed up; null while it was not. */
  readonly upMs: number | null;
  readonly end: LifeEnd | null;
}

/** One life of an agent. */
export interface Boot {
  readonly startedMs: number;
  /** When the driver stopped it for good; null for the one that runs. */
  readonly killedMs: number | null;
  /** When a controller first welcomed it; null for never. */
  readonly connectedMs: number | null;
  /** By process name, oldest first. */
  readonly lives: ReadonlyMap<string, readonly Life[]>;
}

export interface Host {
  readonly instance: string;
  readonly boots: readonly Boot[];
  /** By process name: every pid that the children wrote down themselves. */
  readonly trails: ReadonlyMap<string, readonly number[]>;
}

export interface Target {
  readonly instance: string;
  readonly group: string;
  /** Unique on its host. */
  readonly name: string;
  /** `startsecs`. */
  readonly startMs: number;
}

/** Something that was not as it should be, for one instance or for all (null). */
export interface Disturbance {
  readonly what: string;
  readonly instance: string | null;
  readonly fromMs: number;
  readonly toMs: number;
  /** The controller was killed while it could not write: orders of that time were done and are forgotten. */
  readonly forgets?: boolean;
}

/** A SIGKILL of the driver's to a child that lived. */
export interface Kill {
  readonly instance: string;
  readonly pid: number;
  readonly atMs: number;
}

/** What somebody who gave an order was told. */
export interface Told {
  readonly operationId: string;
  /** Whether the answer claimed that everything was done. */
  readonly succeeded: boolean;
  /** False where the answer said that a crash of the controller would make it forget the order. */
  readonly recorded: boolean;
}

export interface Evidence {
  readonly targets: readonly Target[];
  readonly hosts: readonly Host[];
  readonly disturbances: readonly Disturbance[];
  readonly kills: readonly Kill[];
  readonly told: readonly Told[];
  /** In the order of the API's pages turned round: oldest first. */
  readonly history: readonly HistoryEvent[];
  readonly operations: readonly Operation[];
  /** The live view, after all has settled. */
  readonly processes: readonly Process[];
}

export const RULES = {
  ids: "history ids rise",
  missing: "everything that happened is in history",
  invented: "nothing is in history that did not happen",
  doubled: "everything is in history once",
  reordered: "history is in the order of what happened",
  "wrong-end": "an end is told as it was",
  chain: "each change begins where the one before ended",
  gap: "nothing is given up but by an outbox that is full",
  trail: "the agent's log and its children's own word agree",
  unexplained: "no child ends but by the driver or an order",
  "order-twice": "an order is done at most once",
  "false-success": "what is told as done was done",
  "false-unknown": "a fate is unknown only where something was in the way",
  "false-refusal": "what is told as never sent was not done",
  unfinished: "every order comes to an end",
  "lost-order": "an order that was accepted is remembered",
  instance: "instances come up and go down by turns, each start of an agent seen",
  live: "the live view shows what is",
} as const;

export type Rule = keyof typeof RULES;

export interface Finding {
  readonly rule: Rule;
  readonly where: string;
  readonly what: string;
}

export interface Verdict {
  readonly findings: readonly Finding[];
  /** Losses that were accepted, each with its reason: they must stay few. */
  readonly allowances: readonly string[];
}

/** As the API names it. */
export function targetName(of: Pick<HistoryEvent, "instance" | "group" | "name">): string {
  return `${of.instance}/${of.group}:${of.name}`;
}
