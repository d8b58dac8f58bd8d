// The batches of an operation as a row of boxes: done, under way, still to come. Of very many, several share a box.
import { t } from "../../i18n/i18n.js";
import { type BatchView, foldBatches, RESULT_LOOKS, resultWords } from "../../model/operations.js";
import classes from "./batches.module.css";

/** Boxes that the eye still takes in at once. */
const MOST_BOXES = 60;

export function Batches({ batches }: { readonly batches: readonly BatchView[] }) {
  return (
    <ol className={`plain-list ${classes.batches}`} aria-label={t("operations:one.batches")}>
      {foldBatches(batches, MOST_BOXES).map(({ number, through, size, counts, place }) => {
        const results = resultWords(counts);
        return (
          <li
            key={number}
            className={classes.batch}
            data-place={place}
            aria-current={place === "now" ? "step" : undefined}
            title={t("operations:one.batchTitle", { what: t("operations:target", { count: size }), results })}
          >
            <span className="num">{through === number ? number : `${number}–${through}`}</span>
            <span className="sr-only">
              {t("operations:one.batchSpoken", { place: t(`operations:one.places.${place}`), results })}
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
        );
      })}
    </ol>
  );
}
