// The head of a page about one thing: where it is, its name, its state, what may be done.
import type { ReactNode } from "react";
import classes from "./page-head.module.css";
import { Trail } from "./trail.js";

interface PageHeadProps {
  readonly steps: readonly { readonly word: string; readonly to: string }[];
  readonly title: ReactNode;
  readonly mark: ReactNode;
  readonly more?: ReactNode;
  readonly actions?: ReactNode;
}

export function PageHead({ steps, title, mark, more, actions }: PageHeadProps) {
  return (
    <div className={classes.head}>
      <div className={classes.what}>
        <Trail steps={steps} />
        <div className={classes.line}>
          <h1 className={classes.title}>{title}</h1>
          {mark}
          {more}
        </div>
      </div>
      {actions}
    </div>
  );
}
