// The batches of an operation as a row of boxes: done, under way, still to come.
import { resultWords } from "../../components/operation-marks.js";
import { plural } from "../../lib/format.js";
import { type BatchView, RESULT_LOOKS } from "../../model/operations.js";
import classes from "./batches.module.css";

const PLACES = { done: "done", now: "under way", later: "to come" } as const;

export function Batches({ batches }: { readonly batches: readonly BatchView[] }) {
  return (
    <ol className={`plain-list ${classes.batches}`} aria-label="Batches">
      {batches.map(({ number, size, counts, place }) => (
        <li
          key={number}
          className={classes.batch}
          data-place={place}
          aria-current={place === "now" ? "step" : undefined}
          title={`${plural(size, "target", "targets")}: ${resultWords(counts)}`}
        >
          <span className="num">{number}</span>
          <span className="sr-only">
            , {PLACES[place]}: {resultWords(counts)}
          </span>
          <span className={classes.bar} aria-hidden>
            {counts.map(({ result, count }) => (
              <span
                key={result}
                data-rest={result === "pending" || undefined}
                style={{ flexGrow: count, background: `var(--mantine-color-${RESULT_LOOKS[result].colour}-6)` }}
              />
            ))}
          </span>
        </li>
      ))}
    </ol>
  );
}
