// Charts of one series side by side, each with its words; their drawing comes in a file of its own when one is looked at.
import type { MetricSeries } from "@fleetvisor/proto/api/v1";
import { lazy, Suspense, useMemo, useState } from "react";
import { t } from "../../i18n/i18n.js";
import { formatMoment } from "../../lib/format.js";
import { buildChart, type ChartKind, pointWords } from "../../model/chart.js";
import classes from "./charts.module.css";

const Plot = lazy(() => import("./plot.js"));

interface ChartsProps {
  readonly series: MetricSeries;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly kinds: readonly ChartKind[];
}

export function Charts({ kinds, ...rest }: ChartsProps) {
  return (
    <div className={classes.charts}>
      {kinds.map((kind) => (
        <Chart key={kind} kind={kind} {...rest} />
      ))}
    </div>
  );
}

function Chart({ kind, series, sinceMs, untilMs }: Omit<ChartsProps, "kinds"> & { readonly kind: ChartKind }) {
  const view = useMemo(() => buildChart(series, kind), [series, kind]);
  const [at, setAt] = useState<number | null>(null);
  const seconds = at === null ? undefined : view.seconds[at];
  return (
    <figure className={classes.chart}>
      <figcaption className={classes.caption}>
        <strong>{t(`chart.${kind}`)}</strong>{" "}
        <span className="num dim">
          {at === null || seconds === undefined
            ? view.words
            : t("chart.at", { moment: formatMoment(seconds * 1_000), words: pointWords(kind, view, at) })}
        </span>
      </figcaption>
      {view.empty ? (
        <div className={`${classes.area} ${classes.empty}`}>{t("chart.empty")}</div>
      ) : (
        <Suspense fallback={<div className={classes.area} />}>
          <Plot className={classes.area ?? ""} {...{ view, kind, sinceMs, untilMs }} onPoint={setAt} />
        </Suspense>
      )}
    </figure>
  );
}
