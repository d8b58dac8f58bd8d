// API tokens, each of which can be revoked: one's own with a form for a new one, or everybody's.
import { useMemo } from "react";
import { accessChanges, useChange, useTokens } from "../../api/access.js";
import { AskedList } from "../../components/asked-list.js";
import { ConfirmButton } from "../../components/confirm-button.js";
import { Panel } from "../../components/panel.js";
import type { Column } from "../../components/table.js";
import { t } from "../../i18n/i18n.js";
import { Ago } from "../../lib/clock.js";
import { buildTokens, type TokenRow } from "../../model/access.js";
import { NewToken } from "./new-token.js";

export function Tokens({ all }: { readonly all: boolean }) {
  const tokens = useTokens(all);
  const change = useChange();
  const rows = useMemo(() => buildTokens(tokens.data?.items ?? [], Date.now()), [tokens.data]);
  const columns: readonly Column<TokenRow>[] = [
    { key: "name", head: t("access:tokens.head.token"), title: true, grow: true, cell: ({ name }) => name },
    ...(all ? [{ key: "user", head: t("access:tokens.head.of"), cell: ({ user }: TokenRow) => user }] : []),
    { key: "made", head: t("access:made"), cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} /> },
    {
      key: "used",
      head: t("access:lastUsed"),
      cell: ({ lastUsedAtMs }) => (lastUsedAtMs === null ? t("access:neverUsed") : <Ago atMs={lastUsedAtMs} />),
    },
    { key: "ends", head: t("access:endsHead"), cell: ({ ends }) => ends },
    {
      key: "act",
      head: "",
      end: true,
      cell: ({ id, name, user }) => (
        <ConfirmButton
          word={t("access:revoke")}
          label={t("access:revokeOne", { name })}
          title={t("access:tokens.revokeTitle", { name, user })}
          onConfirm={() => void change("revoke", () => accessChanges.deleteToken(id))}
        >
          {t("access:tokens.revokeMore")}
        </ConfirmButton>
      ),
    },
  ];
  return (
    <Panel title={all ? t("access:tokens.all") : t("access:tokens.yours")} flush>
      <AskedList
        asked={tokens}
        rows={rows}
        label={t("access:tokens.label")}
        empty={t("access:tokens.none")}
        columns={columns}
        keyOf={({ id }) => id}
        tone={({ ended }) => (ended ? "old" : undefined)}
      />
      {!all && <NewToken />}
    </Panel>
  );
}
