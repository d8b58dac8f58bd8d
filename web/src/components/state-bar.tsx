// How an instance's processes divide over the states: a bar for the eye and linked counts for reading.
import { Link } from "react-router";
import { t } from "../i18n/i18n.js";
import { formatCount } from "../lib/format.js";
import type { InstanceRow } from "../model/instances.js";
import { STATE_LOOKS } from "../model/states.js";
import { StateGlyphIcon, tintOf } from "./state-badge.js";
import classes from "./state-bar.module.css";

type Counts = InstanceRow["counts"];

export function StateBar({ counts }: { readonly counts: Counts }) {
  return (
    <div className={classes.bar} aria-hidden>
      {counts.map(({ state, count }) => (
        <span
          key={state}
          className={classes.part}
          style={{ flexGrow: count, background: `var(--mantine-color-${STATE_LOOKS[state].colour}-6)` }}
        />
      ))}
    </div>
  );
}

export function StateCountLinks({ counts }: { readonly counts: Counts }) {
  return (
    <ul className={`plain-list ${classes.counts}`} aria-label={t("byState")}>
      {counts.map(({ state, count, href }) => {
        const { word, colour } = STATE_LOOKS[state];
        return (
          <li key={state}>
            <Link className={classes.count} to={href} title={`${formatCount(count)} ${word.toLowerCase()}`}>
              <span className={classes.tint} style={{ color: tintOf(colour) }}>
                <StateGlyphIcon state={state} size={12} />
              </span>
              <span className="num">{formatCount(count)}</span>
              <span className="sr-only">{word}</span>
            </Link>
          </li>
        );
      })}
    </ul>
  );
}
