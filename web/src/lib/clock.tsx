// The shared second hand: components that show an age tick together, by the controller's clock.
import { useSyncExternalStore } from "react";
import { useLive } from "../api/live-context.js";
import { t } from "../i18n/i18n.js";
import { formatAgo, formatMoment, formatSpan } from "./format.js";

const listeners = new Set<() => void>();
let tick = Date.now();
let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(() => {
    tick = Date.now();
    for (const each of listeners) each();
  }, 1_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    clearInterval(timer);
    timer = undefined;
  };
}

/** Now by the controller's clock, ms since the epoch; renewed every second. */
function useNow(): number {
  const now = useSyncExternalStore(subscribe, () => tick);
  return now + useLive().state.clockOffsetMs;
}

interface MomentProps {
  readonly atMs: number;
  /** Clock of the host that told the moment, minus the controller's. */
  readonly skewMs?: number;
}

/** `4s ago`, ticking; the full moment as its title. */
export function Ago({ atMs, skewMs = 0 }: MomentProps) {
  return (
    <time className="num" dateTime={new Date(atMs).toISOString()} title={formatMoment(atMs - skewMs)}>
      {formatAgo(useNow() + skewMs - atMs)}
    </time>
  );
}

/** `3m 07s` since the moment, ticking. */
export function Since({ atMs, skewMs = 0 }: MomentProps) {
  return (
    <time
      className="num"
      dateTime={new Date(atMs).toISOString()}
      title={t("since", { moment: formatMoment(atMs - skewMs) })}
    >
      {formatSpan(useNow() + skewMs - atMs)}
    </time>
  );
}

/** `in 12s`, ticking down; `now` once it is past. */
export function Until({ atMs }: Pick<MomentProps, "atMs">) {
  const leftMs = atMs - useNow();
  return (
    <time className="num" dateTime={new Date(atMs).toISOString()} title={formatMoment(atMs)}>
      {leftMs < 1_000 ? t("now") : t("in", { span: formatSpan(leftMs) })}
    </time>
  );
}
