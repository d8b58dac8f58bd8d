// The states of a process over the chosen time: a strip for the eye, shares in words.
import type { Instance, Process } from "@fleetvisor/proto/api/v1";
import { useMemo } from "react";
import { useTimeline } from "../../api/measures.js";
import { useSpan } from "../../components/span-choice.js";
import { StateGlyphIcon, tintOf } from "../../components/state-badge.js";
import { Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { formatMoment, formatSpan } from "../../lib/format.js";
import { STATE_LOOKS } from "../../model/states.js";
import { sharesOf, stretchesOf, stripOf } from "../../model/timeline.js";
import classes from "./timeline.module.css";

/** A column is a few pixels on a wide screen and still visible on a narrow one. */
const COLUMNS = 180;

interface TimelineProps {
  readonly process: Process;
  /** Undefined while it is not known. */
  readonly host: Instance | undefined;
  readonly skewMs: number;
}

export function Timeline({ process, host, skewMs }: TimelineProps) {
  const told = useTimeline(process, useSpan());
  const view = useMemo(() => {
    if (told.data === undefined) return null;
    const { sinceMs, untilMs } = told.data;
    // Events are told by the clock of their host.
    const events = told.data.events.map((event) => ({ ...event, atMs: event.atMs - skewMs }));
    const heardAtMs = process.liveness === "live" || host === undefined ? untilMs : host.lastHeardAtMs;
    const startedAtMs = (host?.supervisorStartedAtMs ?? sinceMs + skewMs) - skewMs;
    const stretches = stretchesOf({ ...told.data, events, now: process.state, heardAtMs, startedAtMs });
    return { sinceMs, strip: stripOf(stretches, COLUMNS), shares: sharesOf(stretches) };
  }, [told.data, process.state, process.liveness, host, skewMs]);
  if (view === null) {
    return told.isError ? (
      <Failed error={told.error} what={t("process:timeline.failed")} retry={() => void told.refetch()} />
    ) : (
      <Loading rows={1} />
    );
  }
  return (
    <div>
      <div className={classes.strip} aria-hidden>
        {view.strip.map(({ state, fromMs, toMs }) => (
          <span
            key={fromMs}
            className={classes.part}
            data-unknown={state === null || undefined}
            title={t("process:timeline.part", {
              state: state === null ? t("process:timeline.notKnown") : STATE_LOOKS[state].word,
              moment: formatMoment(fromMs),
              span: formatSpan(toMs - fromMs),
            })}
            style={{
              flexGrow: toMs - fromMs,
              ...(state === null ? {} : { background: `var(--mantine-color-${STATE_LOOKS[state].colour}-6)` }),
            }}
          />
        ))}
      </div>
      <div className={classes.ends} aria-hidden>
        <span className="num">{formatMoment(view.sinceMs)}</span>
        <span>{t("process:timeline.now")}</span>
      </div>
      <ul className={`plain-list ${classes.shares}`} aria-label={t("process:timeline.label")}>
        {view.shares.map(({ state, word, ms, share }) => (
          <li key={word} className={classes.share}>
            {state !== null && (
              <span className={classes.glyph} style={{ color: tintOf(STATE_LOOKS[state].colour) }}>
                <StateGlyphIcon state={state} size={13} />
              </span>
            )}
            {word} <span className="num dim">{`${formatSpan(ms)}, ${share}`}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
