// Counts of the eight states and the three livenesses, each a link to the rows behind it.
import { Link } from "react-router";
import { LivenessIcon, StateGlyphIcon } from "../../components/state-badge.js";
import { t } from "../../i18n/i18n.js";
import { formatCount } from "../../lib/format.js";
import type { LivenessTile, StateTile } from "../../model/home.js";
import { LIVENESS_LOOKS, STATE_LOOKS } from "../../model/states.js";
import classes from "./counts.module.css";

interface CountsProps {
  readonly states: readonly StateTile[];
  readonly livenesses: readonly LivenessTile[];
}

export function Counts({ states, livenesses }: CountsProps) {
  return (
    <div className={classes.groups}>
      <ul className={`plain-list ${classes.tiles} ${classes.states}`} aria-label={t("byState")}>
        {states.map(({ state, count, href }) => {
          const look = STATE_LOOKS[state];
          return (
            <li key={state}>
              <Link to={href} className={classes.tile} data-none={count === 0 || undefined} title={look.meaning}>
                <span className={`${classes.count} num`}>{formatCount(count)}</span>
                <span className={classes.word}>
                  <span
                    className={classes.glyph}
                    style={
                      count === 0
                        ? {}
                        : {
                            background: `var(--mantine-color-${look.colour}-light)`,
                            color: `var(--mantine-color-${look.colour}-light-color)`,
                          }
                    }
                  >
                    <StateGlyphIcon state={state} size={12} />
                  </span>
                  {look.word}
                </span>
              </Link>
            </li>
          );
        })}
      </ul>
      <ul className={`plain-list ${classes.tiles} ${classes.livenesses}`} aria-label={t("home:byLiveness")}>
        {livenesses.map(({ liveness, count, href }) => (
          <li key={liveness}>
            <Link
              to={href}
              className={classes.tile}
              data-none={count === 0 || undefined}
              title={LIVENESS_LOOKS[liveness].meaning}
            >
              <span className={`${classes.count} num`}>{formatCount(count)}</span>
              <span className={classes.word}>
                <LivenessIcon liveness={liveness} size={16} />
                {LIVENESS_LOOKS[liveness].word}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  );
}
