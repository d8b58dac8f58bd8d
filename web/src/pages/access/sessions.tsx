// Browser sessions, each of which can be ended.
import type { SessionInfo } from "@fleetvisor/proto/api/v1";
import { accessChanges, useChange, useSessions } from "../../api/access.js";
import { AskedList } from "../../components/asked-list.js";
import { ConfirmButton } from "../../components/confirm-button.js";
import { Panel } from "../../components/panel.js";
import type { Column } from "../../components/table.js";
import { t } from "../../i18n/i18n.js";
import { Ago, Until } from "../../lib/clock.js";

export function Sessions({ all }: { readonly all: boolean }) {
  const sessions = useSessions(all);
  const change = useChange();
  const columns: readonly Column<SessionInfo>[] = [
    {
      key: "user",
      head: t("access:sessions.head.session"),
      title: true,
      grow: true,
      cell: ({ user, current }) => (current ? t("access:sessions.current", { user }) : user),
    },
    {
      key: "origin",
      head: t("access:sessions.head.origin"),
      cell: ({ origin }) => t(`access:sessions.origin.${origin}`),
    },
    {
      key: "began",
      head: t("access:sessions.head.began"),
      cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} />,
    },
    { key: "seen", head: t("access:lastUsed"), cell: ({ seenAtMs }) => <Ago atMs={seenAtMs} /> },
    { key: "ends", head: t("access:endsHead"), cell: ({ expiresAtMs }) => <Until atMs={expiresAtMs} /> },
    {
      key: "act",
      head: "",
      end: true,
      cell: ({ id, user, current }) =>
        current ? (
          ""
        ) : (
          <ConfirmButton
            word={t("access:sessions.end")}
            label={t("access:sessions.endLabel", { user })}
            title={t("access:sessions.endTitle", { user })}
            onConfirm={() => void change("end", () => accessChanges.endSession(id))}
          >
            {t("access:sessions.endMore")}
          </ConfirmButton>
        ),
    },
  ];
  return (
    <Panel title={all ? t("access:sessions.all") : t("access:sessions.yours")} flush>
      <AskedList
        asked={sessions}
        rows={sessions.data?.items ?? []}
        label={t("access:sessions.label")}
        empty={t("access:sessions.none")}
        columns={columns}
        keyOf={({ id }) => id}
      />
    </Panel>
  );
}
