// What something used over the chosen time, in its own words while there is nothing to draw.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { type Place, useMetrics } from "../../api/measures.js";
import { t } from "../../i18n/i18n.js";
import type { ChartKind } from "../../model/chart.js";
import { useSpan } from "../span-choice.js";
import { Empty, Failed, Loading } from "../words.js";
import { Charts } from "./charts.js";

interface MetricsProps {
  readonly of: Place | { readonly instance: string };
  readonly kinds: readonly ChartKind[];
}

export function Metrics({ of, kinds }: MetricsProps) {
  const measured = useMetrics(of, useSpan());
  if (measured.data !== undefined) return <Charts {...measured.data} kinds={kinds} />;
  if (measured.isPending) return <Loading rows={4} />;
  return FleetError.from(measured.error).kind === "not-found" ? (
    <Empty title={t("chart.forbidden")}>{t("chart.forbiddenMore")}</Empty>
  ) : (
    <Failed error={measured.error} what={t("chart.failed")} retry={() => void measured.refetch()} />
  );
}
