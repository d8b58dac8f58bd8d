// Browser sessions, each of which can be ended.
import type { SessionInfo } from "@fleetvisor/proto/api/v1";
import { accessChanges, useChange, useSessions } from "../../api/access.js";
import { AskedList } from "../../components/asked-list.js";
import { ConfirmButton } from "../../components/confirm-button.js";
import { Panel } from "../../components/panel.js";
import type { Column } from "../../components/table.js";
import { Ago, Until } from "../../lib/clock.js";

const ORIGINS: Readonly<Record<SessionInfo["origin"], string>> = { code: "one-time link", password: "password" };

export function Sessions({ all }: { readonly all: boolean }) {
  const sessions = useSessions(all);
  const change = useChange();
  const columns: readonly Column<SessionInfo>[] = [
    {
      key: "user",
      head: "Session",
      title: true,
      grow: true,
      cell: ({ user, current }) => (current ? `${user}, this one` : user),
    },
    { key: "origin", head: "Began by", cell: ({ origin }) => ORIGINS[origin] },
    { key: "began", head: "Began", cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} /> },
    { key: "seen", head: "Last used", cell: ({ seenAtMs }) => <Ago atMs={seenAtMs} /> },
    { key: "ends", head: "Ends", cell: ({ expiresAtMs }) => <Until atMs={expiresAtMs} /> },
    {
      key: "act",
      head: "",
      end: true,
      cell: ({ id, user, current }) =>
        current ? (
          ""
        ) : (
          <ConfirmButton
            word="End"
            label={`End a session of ${user}`}
            title={`End this session of ${user}`}
            onConfirm={() => void change("end it", () => accessChanges.endSession(id))}
          >
            Its browser has to log in again.
          </ConfirmButton>
        ),
    },
  ];
  return (
    <Panel title={all ? "Everybody's sessions" : "Your sessions"} flush>
      <AskedList
        asked={sessions}
        rows={sessions.data?.items ?? []}
        label="Sessions"
        empty="No session"
        columns={columns}
        keyOf={({ id }) => id}
      />
    </Panel>
  );
}
