// Named facts in a dense grid.
import type { ReactNode } from "react";
import classes from "./facts.module.css";

export interface Fact {
  readonly name: string;
  readonly value: ReactNode;
  /** Takes a line of its own: commands and paths. */
  readonly wide?: boolean;
}

export function Facts({ facts }: { readonly facts: readonly Fact[] }) {
  return (
    <dl className={classes.facts}>
      {facts.map(({ name, value, wide }) => (
        <div key={name} className={classes.fact} data-wide={wide || undefined}>
          <dt>{name}</dt>
          <dd className="any-break">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
