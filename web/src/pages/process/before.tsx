// What changed on the host shortly before a life ended: the first question of whoever asks why.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { Link } from "react-router";
import { useBefore } from "../../api/measures.js";
import { buildBefore } from "../../model/exits.js";
import classes from "./before.module.css";

export function Before({ end }: { readonly end: HistoryEvent }) {
  const { data } = useBefore(end);
  if (data === undefined) return null;
  const rows = buildBefore(end, data.items);
  if (rows.length === 0)
    return <p className={classes.title}>Nothing else changed on the host in the 15 minutes before.</p>;
  return (
    <>
      <p className={classes.title}>What changed on the host just before</p>
      <ul className={`plain-list ${classes.list}`} aria-label="What changed on the host just before">
        {rows.map(({ id, words, subject, subjectHref, operationHref, when }) => (
          <li key={id} className="any-break">
            <span className="num dim">{when}</span> <Link to={subjectHref}>{subject}</Link> {words}
            {operationHref !== null && (
              <>
                {" "}
                <Link to={operationHref}>Show it</Link>
              </>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
