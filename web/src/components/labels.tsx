// Labels of an instance as small tags, each a link to the instances that share it.
import { Link } from "react-router";
import { links } from "../model/links.js";
import classes from "./labels.module.css";

export function Labels({ labels }: { readonly labels: readonly string[] }) {
  if (labels.length === 0) return null;
  return (
    <ul className={`plain-list ${classes.list}`} aria-label="Labels">
      {labels.map((label) => (
        <li key={label}>
          <Link className={classes.label} to={links.instances({ text: label })}>
            {label}
          </Link>
        </li>
      ))}
    </ul>
  );
}
