// The time of day as a log has it.

// As in format.ts: Swedes write times as ISO 8601 does.
const TIME = new Intl.DateTimeFormat("sv-SE", { timeStyle: "medium" });

/** In the reader's own time zone, to the second: `09:05:48`. */
export function formatTimeOfDay(atMs: number): string {
  return TIME.format(atMs);
}
