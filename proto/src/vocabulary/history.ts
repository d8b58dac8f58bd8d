// What history tells of, and by which causes it can be asked for: the lists behind the API, the store and the web page.

/** Kinds of events with what each means. */
export const HISTORY_KINDS = {
  "process-state": "a process changed its state",
  "process-added": "a process was added by the configuration",
  "process-removed": "a process was removed by the configuration",
  "instance-up": "an instance came, or was heard from again",
  "instance-down": "an instance went, or is no longer heard from",
  gap: "reports of an instance were lost",
} as const;

export type HistoryKind = keyof typeof HISTORY_KINDS;

export const HISTORY_KIND_NAMES = Object.keys(HISTORY_KINDS) as readonly HistoryKind[];

export const HISTORY_CAUSES = {
  order: "somebody asked for it",
  signal: "a signal ended it",
  unexpected: "an exit that was not expected",
  "spawn-error": "a start that failed",
  restart: "a restart that nobody asked for",
  "out-of-memory": "the system ended it for want of memory",
} as const;

export type HistoryCause = keyof typeof HISTORY_CAUSES;

export const HISTORY_CAUSE_NAMES = Object.keys(HISTORY_CAUSES) as readonly HistoryCause[];
