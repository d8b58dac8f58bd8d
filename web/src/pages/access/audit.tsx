// The audit: whether it is as it was written, and every change and every refusal that fits, newest first.
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { useSearchParams } from "react-router";
import { useAudit } from "../../api/access.js";
import { AskedList } from "../../components/asked-list.js";
import { Panel } from "../../components/panel.js";
import type { Column } from "../../components/table.js";
import { Empty } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { formatMoment } from "../../lib/format.js";
import {
  type AuditRow,
  type AuditView,
  auditParams,
  buildAudit,
  isWholeAudit,
  parseAuditView,
  WHOLE_AUDIT,
} from "../../model/audit.js";
import classes from "./access-page.module.css";
import { AuditCheck } from "./audit-check.js";
import { AuditFilter } from "./audit-filter.js";

const columns = (): readonly Column<AuditRow>[] => [
  {
    key: "what",
    head: t("access:audit.head.what"),
    title: true,
    grow: true,
    cell: ({ action, subject, refused }) => (
      <>
        <strong>{action}</strong> {refused && <span className={classes.bad}>{t("access:audit.refused")} </span>}
        <span className="dim">{subject}</span>
      </>
    ),
  },
  { key: "who", head: t("access:audit.head.who"), cell: ({ actor }) => actor },
  {
    key: "from",
    head: t("access:audit.head.from"),
    cell: ({ address }) => <span className="mono">{address}</span>,
  },
  {
    key: "row",
    head: t("access:audit.head.row"),
    cell: ({ id, hash }) => <span className="mono">{`${id} ${hash}`}</span>,
  },
  { key: "when", head: t("access:audit.head.when"), end: true, cell: ({ atMs }) => formatMoment(atMs) },
];

export function Audit() {
  const [params, setParams] = useSearchParams();
  const view = parseAuditView(params);
  const show = (next: AuditView) => setParams(auditParams(next), { replace: true });
  return (
    <>
      <AuditCheck />
      <Panel title={t("access:audit.title")} flush>
        <AuditFilter key={params.toString() === "" ? "all" : "some"} view={view} onChange={show} />
        <Rows view={view} onClear={() => show(WHOLE_AUDIT)} />
      </Panel>
    </>
  );
}

function Rows({ view, onClear }: { readonly view: AuditView; readonly onClear: () => void }) {
  const audit = useAudit(view);
  const rows = useMemo(() => buildAudit(audit.data?.pages.flatMap(({ items }) => items) ?? []), [audit.data]);
  const filtered = !isWholeAudit(view);
  const further = audit.hasNextPage && (
    <div className={classes.more}>
      <Button variant="default" size="xs" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
        {filtered ? t("access:audit.further") : t("access:audit.earlier")}
      </Button>
    </div>
  );
  if (filtered && rows.length === 0 && audit.data !== undefined) {
    return (
      <>
        <Empty title={audit.hasNextPage ? t("access:audit.noneSoFar") : t("access:audit.noneFits")}>
          <p>{t("access:audit.noneFitsMore")}</p>
          <Button variant="default" size="xs" onClick={onClear}>
            {t("access:audit.clear")}
          </Button>
        </Empty>
        {further}
      </>
    );
  }
  return (
    <>
      <AskedList
        asked={audit}
        rows={rows}
        label={t("access:audit.label")}
        empty={t("access:audit.none")}
        columns={columns()}
        keyOf={({ id }) => id}
        tone={({ refused }) => (refused ? "bad" : undefined)}
      />
      {further}
    </>
  );
}
