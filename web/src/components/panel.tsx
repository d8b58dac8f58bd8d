// The box that pages are made of: a heading, what may be done, and content.
import { type ReactNode, useId } from "react";
import classes from "./panel.module.css";

interface PanelProps {
  /** The heading; without one, `label` names the box for those who hear the page. */
  readonly title?: ReactNode;
  readonly label?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** Content reaches the edges: lists and tables. */
  readonly flush?: boolean;
  readonly className?: string | undefined;
}

export function Panel({ title, label, actions, children, flush = false, className = "" }: PanelProps) {
  const id = useId();
  return (
    <section
      className={`${classes.panel} ${className}`}
      {...(title === undefined ? { "aria-label": label } : { "aria-labelledby": id })}
    >
      {title !== undefined && (
        <header className={classes.head}>
          <h2 id={id} className={classes.title}>
            {title}
          </h2>
          {actions !== undefined && <div className={classes.actions}>{actions}</div>}
        </header>
      )}
      <div className={flush ? classes.flush : classes.body}>{children}</div>
    </section>
  );
}
