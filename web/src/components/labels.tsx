// Labels of an instance as small tags, each a link to the instances that share it.
import { Link } from "react-router";
import { t } from "../i18n/i18n.js";
import type { LabelTag } from "../model/instances.js";
import classes from "./labels.module.css";

export function Labels({ labels }: { readonly labels: readonly LabelTag[] }) {
  if (labels.length === 0) return null;
  return (
    <ul className={`plain-list ${classes.list}`} aria-label={t("instances:labels")}>
      {labels.map(({ word, href }) => (
        <li key={word}>
          <Link className={classes.label} to={href}>
            {word}
          </Link>
        </li>
      ))}
    </ul>
  );
}
