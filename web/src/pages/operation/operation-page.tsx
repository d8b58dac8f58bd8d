// One operation as it goes: state, who and when, its batches, what became of each target, and pausing, resuming or aborting it.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { operationVerb } from "@fleetvisor/proto/vocabulary/operations";
import { Alert } from "@mantine/core";
import { IconZoomQuestion } from "@tabler/icons-react";
import { Link, useParams } from "react-router";
import { useOneOperation } from "../../api/queries.js";
import { Facts } from "../../components/facts.js";
import { OperationBadge, ProgressBar } from "../../components/operation-marks.js";
import { PageHead } from "../../components/page-head.js";
import { Panel } from "../../components/panel.js";
import { useSession } from "../../components/session.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { formatCount } from "../../lib/format.js";
import { usePageTitle } from "../../lib/page-title.js";
import { links } from "../../model/links.js";
import { mayAnywhere } from "../../model/may.js";
import { buildBatches, controlsOf, operationTitle, progressOf } from "../../model/operations.js";
import { Batches } from "./batches.js";
import { Controls } from "./controls.js";
import { operationFacts } from "./operation-facts.js";
import classes from "./operation-page.module.css";
import { Targets } from "./targets.js";

export function OperationPage() {
  const { id = "" } = useParams();
  const session = useSession();
  const operation = useOneOperation(id);
  usePageTitle(operation.data === undefined ? t("operations:one.title") : operationTitle(operation.data));
  if (operation.data === undefined) {
    if (!operation.isError) return <Loading rows={10} />;
    return FleetError.from(operation.error).kind === "not-found" ? (
      <Empty icon={IconZoomQuestion} title={t("operations:one.none")}>
        <p>{t("operations:one.noneMore")}</p>
        <Link to={links.operations()}>{t("operations:one.latest")}</Link>
      </Empty>
    ) : (
      <Failed error={operation.error} what={t("operations:one.failed")} retry={() => void operation.refetch()} />
    );
  }
  const { data } = operation;
  const may = data.user === session.user || mayAnywhere(session, operationVerb(data.verb).access);
  const batches = buildBatches(data);
  return (
    <div className={classes.page}>
      <PageHead
        steps={[{ word: t("operations:title"), to: links.operations() }]}
        title={operationTitle(data)}
        mark={<OperationBadge state={data.state} large />}
        actions={may ? <Controls id={data.id} title={operationTitle(data)} controls={controlsOf(data)} /> : undefined}
      />
      {data.reason != null && (
        <Alert color={data.state === "failed" ? "red" : "orange"} variant="light" role="status">
          <span className="sentence any-break">{data.reason}</span>
        </Alert>
      )}
      <Panel label={t("operations:one.progress")}>
        <ProgressBar progress={progressOf(data)} label={t("operations:one.finished")} />
      </Panel>
      <Panel label={t("operations:one.facts")}>
        <Facts facts={operationFacts(data)} />
      </Panel>
      {batches.length > 0 && (
        <Panel
          title={t("operations:one.batchesOver", {
            done: formatCount(batches.filter(({ place }) => place === "done").length),
            total: formatCount(batches.length),
          })}
        >
          <Batches batches={batches} />
        </Panel>
      )}
      <Targets operation={data} />
    </div>
  );
}
