// What history can be asked for by cause: the one list behind the API, the store and the web page.

export const HISTORY_CAUSES = {
  order: "somebody asked for it",
  signal: "a signal ended it",
  unexpected: "an exit that was not expected",
  "spawn-error": "a start that failed",
  restart: "a restart that nobody asked for",
} as const;

export type HistoryCause = keyof typeof HISTORY_CAUSES;

export const HISTORY_CAUSE_NAMES = Object.keys(HISTORY_CAUSES) as readonly HistoryCause[];
