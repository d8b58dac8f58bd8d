// Where one is: the way from the list to this page.
import { Link } from "react-router";
import { t } from "../i18n/i18n.js";
import classes from "./trail.module.css";

interface TrailProps {
  readonly steps: readonly { readonly word: string; readonly to: string }[];
}

export function Trail({ steps }: TrailProps) {
  return (
    <nav className={classes.trail} aria-label={t("shell:where")}>
      {steps.map(({ word, to }, place) => (
        <span key={to} className={classes.step}>
          {place > 0 && <span aria-hidden>/</span>}
          <Link to={to} className="any-break">
            {word}
          </Link>
        </span>
      ))}
    </nav>
  );
}
