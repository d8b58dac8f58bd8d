// Alarms of the fleet to what is drawn of them: the controller's own first, the rest counted when there are many.
import type { Alarm } from "@fleetvisor/proto/api/v1";
import { t } from "../i18n/i18n.js";
import { links } from "./links.js";

export interface AlarmLine {
  readonly key: string;
  readonly title: string;
  readonly message: string;
  readonly sinceMs: number;
  /** Where more is to be seen. */
  readonly to: { readonly word: string; readonly href: string };
}

const MOST_SHOWN = 3;

const toController = () => ({ word: t("alarms:all"), href: links.controller() });
const toInstance = (instance: string) => ({ word: t("alarms:show", { instance }), href: links.instance(instance) });

export function alarmLines(alarms: readonly Alarm[]): AlarmLine[] {
  const sorted = [...alarms].sort(
    (a, b) => Number(a.instance !== null) - Number(b.instance !== null) || a.sinceMs - b.sinceMs,
  );
  const lines = sorted.slice(0, MOST_SHOWN).map(({ kind, message, sinceMs, instance }) => ({
    key: `${kind} ${instance ?? ""}`,
    title: t(`alarms:${kind}`, { instance: instance ?? t("alarms:controller") }),
    message,
    sinceMs,
    to: instance === null ? toController() : toInstance(instance),
  }));
  const rest = sorted.slice(MOST_SHOWN);
  const [oldest] = rest;
  if (oldest !== undefined) {
    const named = rest.flatMap(({ instance }) => (instance === null ? [] : [instance])).join(", ");
    const message = named.length > 200 ? `${named.slice(0, 200)} …` : named;
    lines.push({
      key: "more",
      title: t("alarms:more", { count: rest.length }),
      message,
      sinceMs: oldest.sinceMs,
      to: toController(),
    });
  }
  return lines;
}
