// The controller's figures of now, or why they cannot be shown.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { useControllerState, useOwnFigures } from "../../api/controller.js";
import { useLive } from "../../api/live-context.js";
import { Facts } from "../../components/facts.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { buildFigures, readFigures } from "../../model/controller.js";

export function Health() {
  const { state } = useLive();
  const figures = useOwnFigures();
  const version = useControllerState().data?.version;
  if (figures.data !== undefined) {
    const own = version === undefined ? [] : [{ name: t("controller:health.version"), value: version }];
    return <Facts facts={[...own, ...buildFigures(readFigures(figures.data), Date.now() + state.clockOffsetMs)]} />;
  }
  if (figures.isPending) return <Loading rows={3} />;
  return FleetError.from(figures.error).kind === "forbidden" ? (
    <NotForYou />
  ) : (
    <Failed error={figures.error} what={t("controller:health.failed")} retry={() => void figures.refetch()} />
  );
}

function NotForYou() {
  return (
    <Empty title={t("controller:notForYou")}>
      <p>{t("controller:notForYouMore")}</p>
    </Empty>
  );
}
