// Tokens with which hosts join: a new one with the line to run on the host, and those that are about.
import { useMemo } from "react";
import { accessChanges, useChange, useJoinTokens } from "../../api/access.js";
import { AddHost } from "../../components/add-host/add-host.js";
import { AskedList } from "../../components/asked-list.js";
import { ConfirmButton } from "../../components/confirm-button.js";
import { Panel } from "../../components/panel.js";
import type { Column } from "../../components/table.js";
import { t } from "../../i18n/i18n.js";
import { Ago } from "../../lib/clock.js";
import { buildJoins, type JoinRow } from "../../model/access.js";

export function JoinTokens() {
  const tokens = useJoinTokens();
  const change = useChange();
  const rows = useMemo(() => buildJoins(tokens.data?.items ?? [], Date.now()), [tokens.data]);
  const columns: readonly Column<JoinRow>[] = [
    {
      key: "id",
      head: t("access:joins.head.token"),
      title: true,
      grow: true,
      cell: ({ id }) => <span className="mono">{id}</span>,
    },
    { key: "by", head: t("access:madeBy"), cell: ({ createdBy }) => createdBy },
    { key: "made", head: t("access:made"), cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} /> },
    { key: "left", head: t("access:joins.head.left"), cell: ({ left }) => left },
    { key: "ends", head: t("access:endsHead"), cell: ({ ends }) => ends },
    {
      key: "act",
      head: "",
      end: true,
      cell: ({ id }) => (
        <ConfirmButton
          word={t("access:revoke")}
          label={t("access:revokeOne", { name: id })}
          title={t("access:joins.revokeTitle", { id })}
          onConfirm={() => void change("revoke", () => accessChanges.deleteJoinToken(id))}
        >
          {t("access:joins.revokeMore")}
        </ConfirmButton>
      ),
    },
  ];
  return (
    <>
      <Panel title={t("access:joins.add")} flush>
        <AddHost many />
      </Panel>
      <Panel title={t("access:joins.title")} flush>
        <AskedList
          asked={tokens}
          rows={rows}
          label={t("access:joins.title")}
          empty={t("access:joins.none")}
          columns={columns}
          keyOf={({ id }) => id}
          tone={({ ended }) => (ended ? "old" : undefined)}
        />
      </Panel>
    </>
  );
}
