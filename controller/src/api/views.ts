// Domain values to the API's shapes, one function a shape.
import type * as api from "@fleetvisor/proto/api/v1";
import { MOST_TARGETS_TOLD } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Liveness } from "@fleetvisor/proto/vocabulary/states";
import type { SeenOperation, SeenSummary } from "../access/covered-operation.js";
import type { Person } from "../access/people.js";
import type { Instance, StateCounts } from "../core/fleet.js";
import type { HistoryEvent } from "../core/history.js";
import type { Located } from "../core/listing.js";
import { type OperationTarget, operationState, summarize } from "../core/operation.js";
import { type TargetPage, targetPage } from "../core/operation-page.js";
import type { Process } from "../core/rows.js";
import type { LiveFleet } from "../run/live-fleet.js";
import type { ApiTokenRecord, GrantRecord, JoinTokenRecord, SessionRecord } from "../store/records.js";

export function targetName(instance: string, process: { readonly group: string; readonly name: string }): string {
  return `${instance}/${process.group}:${process.name}`;
}

export function countsView(counts: StateCounts): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

export function instanceView(instance: Instance, live: LiveFleet): api.Instance {
  const view = live.contact(instance.name);
  const { supervisor } = instance;
  return {
    name: instance.name,
    id: instance.id,
    kind: "agent",
    labels: instance.labels,
    liveness: view?.contact.liveness ?? "lost",
    livenessReason: view?.contact.reason ?? null,
    warning: view?.warning?.message ?? null,
    livenessSinceMs: view?.sinceMs ?? 0,
    lastHeardAtMs: view?.lastHeardAtMs ?? 0,
    hostName: instance.hostName,
    version: instance.version,
    identifier: supervisor?.identifier ?? "",
    mood: supervisor?.mood ?? "",
    pid: supervisor?.pid ?? 0,
    supervisorStartedAtMs: supervisor?.startedAtMs ?? 0,
    configFile: supervisor?.configFile ?? "",
    clockSkewMs: Math.round(view?.clockSkewMs ?? 0),
    counts: countsView(instance.counts),
    processCount: instance.processes.size,
  };
}

export function processView(instance: string, process: Process, liveness: Liveness): api.Process {
  return {
    target: targetName(instance, process),
    instance,
    group: process.group,
    name: process.name,
    state: process.state,
    liveness,
    sinceMs: process.sinceMs,
    pid: process.pid,
    startedAtMs: process.startedAtMs,
    stoppedAtMs: process.stoppedAtMs,
    exitCode: process.exit?.code ?? null,
    exitSignal: process.exit?.signal ?? null,
    exitExpected: process.exit?.expected ?? null,
    spawnError: process.spawnError,
    tries: process.tries,
    description: process.description,
    command: process.command,
    priority: process.priority,
    autostart: process.autostart,
    autorestart: process.autorestart,
    hasStdoutLog: process.hasStdoutLog,
    hasStderrLog: process.hasStderrLog,
  };
}

export function locatedView({ instance, process }: Located, live: LiveFleet): api.Process {
  return processView(instance.name, process, live.livenessOf(instance.name));
}

export function historyView(event: HistoryEvent): api.HistoryEvent {
  const { exit, end } = event;
  return {
    id: event.id,
    kind: event.kind,
    atMs: event.atMs,
    instance: event.instance,
    group: event.group,
    name: event.name,
    fromState: event.fromState,
    toState: event.toState,
    pid: event.pid,
    exitCode: exit?.code ?? null,
    exitSignal: exit?.signal ?? null,
    exitExpected: exit?.expected ?? null,
    coreDumped: exit?.coreDumped ?? false,
    oomKilled: end?.oomKilled ?? false,
    spawnError: event.spawnError,
    uptimeMs: end?.uptimeMs ?? null,
    cpuMs: end?.cpuMs ?? null,
    peakMemoryBytes: end?.peakMemoryBytes ?? null,
    stdoutTail: end === null ? null : textOf(end.stdoutTail),
    stderrTail: end === null ? null : textOf(end.stderrTail),
    operationId: event.operationId,
    user: event.user,
    detail: event.detail,
  };
}

function textOf(bytes: Uint8Array): string | null {
  return bytes.length === 0 ? null : new TextDecoder().decode(bytes);
}

/** With the first of its targets. */
export function operationView(operation: SeenOperation, most: number = MOST_TARGETS_TOLD): api.Operation {
  const { targets, next } = targetPage(operation.targets, { results: [], from: 0, limit: most });
  return {
    ...operationHead(summarize(operation)),
    targets: targets.map(operationTargetView),
    ...(next === null ? {} : { moreTargets: writeTargetCursor(next) }),
  };
}

export function operationTargetsView({ targets, next }: TargetPage): api.OperationTargetList {
  return {
    items: targets.map(operationTargetView),
    nextCursor: next === null ? null : writeTargetCursor(next),
  };
}

/** Of the part that is seen: a place among all targets would tell how many lie between. */
function writeTargetCursor(next: number): string {
  return String(next);
}

/** Throws `invalid-argument`. */
export function readTargetCursor(cursor: string | undefined): number {
  if (cursor === undefined) return 0;
  if (!/^\d{1,9}$/.test(cursor)) throw new FleetError("invalid-argument", "the cursor is not one of this list");
  return Number(cursor);
}

/** Without its targets. */
export function operationSummaryView(summary: SeenSummary): api.Operation {
  return { ...operationHead(summary), targets: [] };
}

/** What changed of it: these targets, or null for too many to say. */
export function progressView(
  operation: SeenOperation,
  changed: readonly OperationTarget[] | null,
): api.OperationProgress {
  return {
    ...operationHead(summarize(operation)),
    changed: changed?.map(operationTargetView) ?? [],
    tooMany: changed === null,
  };
}

function operationHead(summary: SeenSummary): Omit<api.Operation, "targets"> {
  const { id, verb, selector, signal, groups, user, createdAtMs, finishedAtMs, plan, batch, holdUntilMs } = summary;
  return {
    id,
    verb,
    selector,
    signal,
    groups: [...groups],
    user,
    state: operationState(summary),
    reason: summary.skipReason,
    createdAtMs,
    finishedAtMs,
    plan,
    batch: batch + 1,
    batches: summary.batches,
    resumesAtMs: holdUntilMs,
    counts: Object.fromEntries(Object.entries(summary.counts).filter(([, count]) => count > 0)),
  };
}

/** Which boot an order left for, and how it is watched, is between the controller and its agent. */
export function operationTargetView({ sentTo, watched, batch, ...target }: OperationTarget): api.OperationTarget {
  const { instance, group, name } = target;
  const isProcess = group !== null && name !== null;
  return { target: isProcess ? targetName(instance, { group, name }) : instance, ...target, batch: batch + 1 };
}

/** Of a hash of a secret, and long enough to tell sessions apart: it names one and opens none. */
export function sessionId({ hash }: SessionRecord): string {
  return hash.slice(0, 16);
}

export function sessionInfoView(record: SessionRecord, ownHash: string | null): api.SessionInfo {
  const { user, origin, createdAtMs, seenAtMs, expiresAtMs, hash } = record;
  return { id: sessionId(record), user, origin, createdAtMs, seenAtMs, expiresAtMs, current: hash === ownHash };
}

export function joinTokenView(record: JoinTokenRecord): api.JoinTokenInfo {
  const { id, uses, used, createdBy, createdAtMs, expiresAtMs } = record;
  return { id, uses, used, createdBy, createdAtMs, expiresAtMs };
}

export function grantView({ verbs, ...grant }: GrantRecord): api.Grant {
  return { ...grant, verbs: [...verbs] };
}

export function userView({ user, grants }: Person): api.User {
  const { name, passwordHash, disabledAtMs, createdAtMs } = user;
  return { name, passwordSet: passwordHash !== null, disabledAtMs, createdAtMs, grants: grants.map(grantView) };
}

export function tokenView(record: ApiTokenRecord): api.ApiToken {
  const { id, name, user, createdAtMs, expiresAtMs, lastUsedAtMs } = record;
  return { id, name, user, createdAtMs, expiresAtMs, lastUsedAtMs };
}
