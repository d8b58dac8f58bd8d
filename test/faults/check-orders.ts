// Compares what became of each order, by the controller's word, with what happened on the hosts.
import type { HistoryEvent, Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import type { Report } from "./check-lives.js";
import type { Disturbance, Evidence, Host, Life, Target } from "./evidence.js";
import { targetName } from "./evidence.js";

/** Times are of one clock, read by several processes. */
const SLACK_MS = 100;
/** An order whose time was over when it was under way still has its effect. */
const AFTERMATH_MS = 15_000;

/** One order for one target. */
interface Asked {
  readonly operation: Operation;
  readonly target: OperationTarget;
  readonly fromMs: number;
  /** Until when it may have had its effect. */
  readonly toMs: number;
}

/** What an order did, at a time. */
interface Deed {
  readonly atMs: number;
  readonly what: string;
}

export function checkOrders(evidence: Evidence, target: Target, host: Host, report: Report): void {
  const name = targetName(target);
  const events = evidence.history.filter((event) => event.kind === "process-state" && targetName(event) === name);
  const asked = evidence.operations.flatMap((operation) =>
    operation.targets.flatMap((one) => (one.target === name ? [askedOf(operation, one)] : [])),
  );
  const { births, afterStop, stops } = deedsOf(target, host);

  // Nothing but an order stops a process, or starts one that was stopped.
  const mayStop = asked.filter(({ operation }) => operation.verb === "stop" || operation.verb === "restart");
  const mayStart = asked.filter(({ operation }) => operation.verb === "start" || operation.verb === "restart");
  // Orders that were given while nothing could be written, and that a kill then made forgotten, may have asked as well.
  const forgotten = evidence.disturbances.filter(({ forgets = false }) => forgets);
  const mayBeForgotten = ({ atMs }: Deed) =>
    forgotten.some(({ fromMs, toMs }) => fromMs - SLACK_MS <= atMs && atMs <= toMs + AFTERMATH_MS);
  const unasked = (deeds: readonly Deed[], may: readonly Asked[]) =>
    pair(deeds, may).deeds.filter((deed) => !mayBeForgotten(deed));
  for (const deed of unasked(stops, mayStop)) report("order-twice", `${deed.what}, and no order is left that asked`);
  for (const deed of unasked(afterStop, mayStart)) {
    report("order-twice", `${deed.what} after a stop, and no order is left that asked`);
  }
  for (const { operation } of asked) checkOnce(operation, ofOperation(events, operation), report);

  const done = (list: readonly Asked[]) => list.filter(({ target: one }) => one.result === "succeeded");
  for (const { operation } of pair(births, done(mayStart)).asked) {
    report("false-success", `${operation.verb} ${operation.id}: nothing was started`);
  }
  const stopping = done(asked.filter(({ operation }) => operation.verb === "stop"));
  for (const { operation } of pair(stops, stopping).asked) {
    // What waits for another try has no child to end: only history tells of it.
    const waited = ofOperation(events, operation).some(
      ({ fromState, toState }) => fromState === "BACKOFF" && toState === "STOPPED",
    );
    if (!waited) report("false-success", `stop ${operation.id}: nothing was stopped`);
  }
  for (const one of asked) checkFate(one, events, evidence.disturbances, host, report);
}

/** What was accepted is remembered, and what was told is so. */
export function checkTold({ told, operations }: Evidence, report: Report): void {
  const known = new Map(operations.map((operation) => [operation.id, operation]));
  for (const { operationId, succeeded, recorded } of told) {
    const operation = known.get(operationId);
    if (operation === undefined) {
      if (recorded) report("lost-order", `operation ${operationId}`);
    } else if (succeeded && recorded && operation.state !== "succeeded") {
      report("false-success", `${operation.verb} ${operationId} was told as done and is ${operation.state}`);
    }
  }
}

function askedOf(operation: Operation, target: OperationTarget): Asked {
  const known = target.result === "succeeded" ? (target.finishedAtMs ?? 0) + SLACK_MS : null;
  const failed = target.result === "failed" ? (target.finishedAtMs ?? 0) + AFTERMATH_MS : Number.POSITIVE_INFINITY;
  return { operation, target, fromMs: operation.createdAtMs - SLACK_MS, toMs: known ?? failed };
}

function ofOperation(events: readonly HistoryEvent[], { id }: Operation): HistoryEvent[] {
  return events.filter(({ operationId }) => operationId === id);
}

function deedsOf({ name }: Target, { boots }: Host): { births: Deed[]; afterStop: Deed[]; stops: Deed[] } {
  const births: Deed[] = [];
  const afterStop: Deed[] = [];
  const stops: Deed[] = [];
  for (const boot of boots) {
    let before: Life | undefined;
    for (const life of boot.lives.get(name) ?? []) {
      const birth = { atMs: life.bornMs, what: `pid ${life.pid} was started` };
      births.push(birth);
      if (before?.end?.how === "stopped") afterStop.push(birth);
      if (life.end?.how === "stopped") stops.push({ atMs: life.end.atMs, what: `pid ${life.pid} was stopped` });
      before = life;
    }
  }
  return { births, afterStop, stops };
}

/** Gives each deed an order of its own that may have asked for it, the one that ends first; what is left of both. */
function pair(deeds: readonly Deed[], asked: readonly Asked[]): { deeds: Deed[]; asked: Asked[] } {
  const free = [...asked].sort((a, b) => a.toMs - b.toMs);
  const left: Deed[] = [];
  for (const deed of deeds) {
    const at = free.findIndex(({ fromMs, toMs }) => fromMs <= deed.atMs && deed.atMs <= toMs);
    if (at < 0) left.push(deed);
    else free.splice(at, 1);
  }
  return { deeds: left, asked: free };
}

/** How often a verb may lead to a stop and to a start. Another try after BACKOFF belongs to the start before. */
const LIMITS: Readonly<Partial<Record<Operation["verb"], { readonly starts: number; readonly stops: number }>>> = {
  start: { starts: 1, stops: 0 },
  stop: { starts: 0, stops: 1 },
  restart: { starts: 1, stops: 1 },
  signal: { starts: 0, stops: 0 },
};

function checkOnce(operation: Operation, events: readonly HistoryEvent[], report: Report): void {
  const starts = events.filter(({ fromState, toState }) => toState === "STARTING" && fromState !== "BACKOFF").length;
  const stops = events.filter(({ toState }) => toState === "STOPPING").length;
  const limits = LIMITS[operation.verb] ?? { starts: 0, stops: 0 };
  if (starts > limits.starts || stops > limits.stops) {
    report("order-twice", `${operation.verb} ${operation.id} led to ${starts} starts and ${stops} stops`);
  }
}

function checkFate(
  { operation, target, fromMs }: Asked,
  events: readonly HistoryEvent[],
  disturbances: readonly Disturbance[],
  host: Host,
  report: Report,
): void {
  const { verb, id } = operation;
  const endMs = (target.finishedAtMs ?? Number.POSITIVE_INFINITY) + SLACK_MS;
  switch (target.result) {
    case "pending":
    case "sent":
      return report("unfinished", `${verb} ${id} is ${target.result}`);
    case "succeeded":
      return;
    case "failed":
      if (target.code === null && ofOperation(events, operation).length > 0) {
        report("false-refusal", `${verb} ${id} had an effect: ${target.message}`);
      }
      return;
    case "unknown": {
      const overlaps = disturbances.some(
        (one) => (one.instance === null || one.instance === host.instance) && one.fromMs <= endMs && one.toMs >= fromMs,
      );
      const killed = host.boots.some(({ killedMs }) => killedMs !== null && killedMs >= fromMs && killedMs <= endMs);
      if (!overlaps || (target.message.includes("anew") && !killed)) {
        report("false-unknown", `${verb} ${id}: ${target.message}`);
      }
    }
  }
}
