// What changed on a host shortly before a life ended there: operations, the configuration, and who else died.
import type { HistoryEvent, Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import { t } from "../i18n/i18n.js";
import { formatSpan } from "../lib/format.js";
import { askWords } from "./actions.js";
import { isEnd } from "./exits.js";
import { buildHistory } from "./history.js";
import { links } from "./links.js";

/** How far before an end one looks for its reason. */
export const LOOK_BACK_MS = 15 * 60_000;

export interface BeforeRow {
  readonly key: string;
  /** What happened: `ann asked for an operation: Restart web1/db:db`, `added by the configuration`. */
  readonly words: string;
  readonly subject: string;
  readonly subjectHref: string;
  readonly operationHref: string | null;
  /** `12s before`. */
  readonly when: string;
}

export interface ToldBefore {
  /** Of the host, newest first. */
  readonly events: readonly HistoryEvent[];
  /** With their targets; those of others are passed over. */
  readonly operations: readonly Operation[];
  /** Clock of the host, which tells the events, minus that of the controller, which tells the operations. */
  readonly skewMs: number;
}

const MOST_BEFORE = 6;

interface Timed {
  readonly beforeMs: number;
  readonly row: Omit<BeforeRow, "when">;
}

/**
 * What changed in the quarter of an hour before an end, newest first: what people asked for (each operation once), what the
 * configuration brought or took, and ends of other processes. What the process did by itself is left out, and so is the order that
 * ended this very life: it is told beside it.
 */
export function buildBefore(end: HistoryEvent, { events, operations, skewMs }: ToldBefore): readonly BeforeRow[] {
  const told = new Set(end.operationId === null ? [] : [end.operationId]);
  const known = new Map(operations.map((operation) => [operation.id, operation]));
  const rows: Timed[] = [];
  for (const event of events) {
    const beforeMs = end.atMs - event.atMs;
    if (event.id >= end.id || beforeMs < 0 || beforeMs > LOOK_BACK_MS) continue;
    const row = event.operationId === null ? changeRow(event, end) : askedRow(event, event.operationId, known, told);
    if (row !== null) rows.push({ beforeMs, row });
  }
  for (const operation of operations) {
    const beforeMs = end.atMs - skewMs - operation.createdAtMs;
    const target = operation.targets.find(({ instance }) => instance === end.instance);
    if (target === undefined || told.has(operation.id) || beforeMs < 0 || beforeMs > LOOK_BACK_MS) continue;
    told.add(operation.id);
    rows.push({ beforeMs, row: operationRow(operation, target) });
  }
  return rows
    .sort((a, b) => a.beforeMs - b.beforeMs)
    .slice(0, MOST_BEFORE)
    .map(({ beforeMs, row }) => ({ ...row, when: t("process:before.when", { span: formatSpan(beforeMs) }) }));
}

/** A change that nobody asked for; null for what says nothing. */
function changeRow(event: HistoryEvent, end: HistoryEvent): Timed["row"] | null {
  const isItself = event.group === end.group && event.name === end.name;
  if (event.kind === "process-state" && (isItself || !isEnd(event))) return null;
  const [row] = buildHistory([event]);
  if (row === undefined) return null;
  const words = event.user === null ? row.words : t("process:before.by", { what: row.words, user: event.user });
  return { key: `event ${event.id}`, subject: row.subject, subjectHref: row.href, words, operationHref: null };
}

/** A change that an operation brought; null when that is told already. */
function askedRow(
  event: HistoryEvent,
  id: string,
  known: ReadonlyMap<string, Operation>,
  told: Set<string>,
): Timed["row"] | null {
  const [row] = buildHistory([event]);
  if (row === undefined || told.has(id)) return null;
  told.add(id);
  const operation = known.get(id);
  const user = event.user ?? t("process:before.somebody");
  return {
    key: `operation ${id}`,
    subject: row.subject,
    subjectHref: row.href,
    words: operation === undefined ? t("process:before.asked", { user }) : operationWords(operation),
    operationHref: links.operation(id),
  };
}

function operationRow(operation: Operation, { target, instance, group, name }: OperationTarget): Timed["row"] {
  return {
    key: `operation ${operation.id}`,
    subject: target,
    subjectHref: group === null || name === null ? links.instance(instance) : links.process({ instance, group, name }),
    words: operationWords(operation),
    operationHref: links.operation(operation.id),
  };
}

function operationWords({ verb, signal, user, targets }: Operation): string {
  const [first] = targets;
  const many = t(first?.group === null ? "instance" : "process", { count: targets.length });
  const what = askWords(verb, signal, targets.length === 1 ? (first?.target ?? "") : many);
  return t("process:before.askedFor", { user, what });
}
