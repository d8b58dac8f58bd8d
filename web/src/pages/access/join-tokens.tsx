// Tokens with which hosts join: those that are about, and a new one with the lines to type.
import { useMemo } from "react";
import { accessChanges, useChange, useJoinTokens } from "../../api/access.js";
import { AskedList } from "../../components/asked-list.js";
import { ConfirmButton } from "../../components/confirm-button.js";
import { Panel } from "../../components/panel.js";
import type { Column } from "../../components/table.js";
import { Ago } from "../../lib/clock.js";
import { buildJoins, type JoinRow } from "../../model/access.js";
import { AddHost } from "../home/add-host.js";

export function JoinTokens() {
  const tokens = useJoinTokens();
  const change = useChange();
  const rows = useMemo(() => buildJoins(tokens.data?.items ?? [], Date.now()), [tokens.data]);
  const columns: readonly Column<JoinRow>[] = [
    { key: "id", head: "Token", title: true, grow: true, cell: ({ id }) => <span className="mono">{id}</span> },
    { key: "by", head: "Made by", cell: ({ createdBy }) => createdBy },
    { key: "made", head: "Made", cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} /> },
    { key: "left", head: "Lets in", cell: ({ left }) => left },
    { key: "ends", head: "Ends", cell: ({ ends }) => ends },
    {
      key: "act",
      head: "",
      end: true,
      cell: ({ id }) => (
        <ConfirmButton
          word="Revoke"
          label={`Revoke ${id}`}
          title={`Revoke join token ${id}`}
          onConfirm={() => void change("revoke it", () => accessChanges.deleteJoinToken(id))}
        >
          No host joins by it any more; hosts that did stay.
        </ConfirmButton>
      ),
    },
  ];
  return (
    <>
      <Panel title="Add a host">
        <AddHost />
      </Panel>
      <Panel title="Join tokens" flush>
        <AskedList
          asked={tokens}
          rows={rows}
          label="Join tokens"
          empty="No join token"
          columns={columns}
          keyOf={({ id }) => id}
          tone={({ ended }) => (ended ? "old" : undefined)}
        />
      </Panel>
    </>
  );
}
