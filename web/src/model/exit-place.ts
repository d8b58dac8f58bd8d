// Where in its log a life ended: by which of its last lines that place is looked for, and how many later ends said the same.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";

/** Bytes of last lines that are looked for: enough to be found at one place only. */
const MOST_CHARS = 900;

export type ExitTail = Pick<HistoryEvent, "id" | "stdoutTail" | "stderrTail">;
type Channel = "stdout" | "stderr";

/** The lines to look for, from the most telling to the last line alone; none where nothing was written. */
export function needlesOf(tail: string): readonly string[] {
  // What could not be read as text is not what is in the file.
  const readable = tail.slice(tail.lastIndexOf("\ufffd") + 1);
  const lines = readable.split(/(?<=\n)/).slice(readable === tail ? 0 : 1);
  const needles: string[] = [];
  for (const most of [lines.length, 3, 1]) {
    let needle = "";
    for (const line of lines.slice(-most).reverse()) {
      if (needle.length + line.length > MOST_CHARS) break;
      needle = line + needle;
    }
    if (needle.trim() !== "" && !needles.includes(needle)) needles.push(needle);
  }
  return needles;
}

/** How many ends after this one have the same last lines: so many places are passed over. `events` are newest first. */
export function sameAfter(events: readonly ExitTail[], end: ExitTail, channel: Channel): number {
  const tailOf = (event: ExitTail) => (channel === "stdout" ? event.stdoutTail : event.stderrTail);
  const [needle] = needlesOf(tailOf(end) ?? "");
  return events.filter((event) => event.id > end.id && needlesOf(tailOf(event) ?? "")[0] === needle).length;
}
