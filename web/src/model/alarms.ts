// Alarms of the fleet to what is drawn of them: the controller's own first, the rest counted when there are many.
import type { Alarm } from "@fleetvisor/proto/api/v1";

export interface AlarmLine {
  readonly key: string;
  readonly title: string;
  readonly message: string;
  readonly sinceMs: number;
}

const MOST_SHOWN = 3;

const TITLES: Readonly<Record<Alarm["kind"], (instance: string) => string>> = {
  store: () => "History is not kept as it should be",
  identity: (instance) => `Somebody else claims to be ${instance}`,
};

export function alarmLines(alarms: readonly Alarm[]): AlarmLine[] {
  const sorted = [...alarms].sort(
    (a, b) => Number(a.instance !== null) - Number(b.instance !== null) || a.sinceMs - b.sinceMs,
  );
  const lines = sorted.slice(0, MOST_SHOWN).map(({ kind, message, sinceMs, instance }) => ({
    key: `${kind} ${instance ?? ""}`,
    title: TITLES[kind](instance ?? "the controller"),
    message,
    sinceMs,
  }));
  const rest = sorted.slice(MOST_SHOWN);
  const [oldest] = rest;
  if (oldest !== undefined) {
    const named = rest.flatMap(({ instance }) => (instance === null ? [] : [instance])).join(", ");
    const message = named.length > 200 ? `${named.slice(0, 200)} …` : named;
    lines.push({ key: "more", title: `${rest.length} more alarms`, message, sinceMs: oldest.sinceMs });
  }
  return lines;
}
