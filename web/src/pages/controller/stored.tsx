// What the controller keeps: sizes, the last backup, and for each kind of rows how many, for how long and when they go. Not shown at
// all to who may not see the whole fleet: the figures above it say why.
import type { ControllerState } from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Trans } from "react-i18next";
import { BACKUP_HREF, useControllerState } from "../../api/controller.js";
import { Facts } from "../../components/facts.js";
import { Panel } from "../../components/panel.js";
import { useSession } from "../../components/session.js";
import { type Column, Table } from "../../components/table.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { Ago } from "../../lib/clock.js";
import { formatBytes } from "../../lib/format.js";
import { buildSizes, buildStored, type StoredRow } from "../../model/controller.js";
import classes from "./controller-page.module.css";

const columns = (): readonly Column<StoredRow>[] => [
  { key: "kind", head: t("controller:store.head.kind"), title: true, grow: true, cell: ({ word }) => word },
  { key: "rows", head: t("controller:store.head.rows"), end: true, cell: ({ rows }) => rows },
  {
    key: "oldest",
    head: t("controller:store.head.oldest"),
    end: true,
    cell: ({ oldestAtMs }) => (oldestAtMs === null ? "–" : <Ago atMs={oldestAtMs} />),
  },
  { key: "kept", head: t("controller:store.head.kept"), end: true, cell: ({ kept }) => kept },
  { key: "goes", head: t("controller:store.head.goes"), end: true, cell: ({ goes }) => goes },
];

export function Stored() {
  const state = useControllerState();
  if (state.data === undefined && state.error !== null && FleetError.from(state.error).kind === "forbidden")
    return null;
  return (
    <Panel title={t("controller:store.title")} flush>
      {state.data !== undefined ? (
        <Contents state={state.data} />
      ) : state.isPending ? (
        <Loading rows={5} />
      ) : (
        <Failed error={state.error} what={t("controller:store.failed")} retry={() => void state.refetch()} />
      )}
    </Panel>
  );
}

function Contents({ state }: { readonly state: ControllerState }) {
  const backup = { name: t("controller:store.backup"), value: <Backup backup={state.backup} /> };
  return (
    <>
      <div className={classes.sizes}>
        <Facts facts={[...buildSizes(state), backup]} />
        <Copies />
      </div>
      {state.store === null ? (
        <Empty title={t("controller:store.unreadable")}>
          <p className="sentence any-break">{state.trouble}</p>
        </Empty>
      ) : (
        <Table
          label={t("controller:store.label")}
          columns={columns()}
          rows={buildStored(state.store.kinds, state.atMs)}
          keyOf={({ kind }) => kind}
        />
      )}
    </>
  );
}

function Backup({ backup }: Pick<ControllerState, "backup">) {
  if (backup === null) return t("controller:store.noBackup");
  const { atMs, origin, sizeBytes } = backup;
  return (
    <>
      <Ago atMs={atMs} />, {t(`controller:store.backupBy.${origin}`, { size: formatBytes(sizeBytes) })}
    </>
  );
}

/** Ways to a backup, for who may have one. */
function Copies() {
  const { administers = false } = useSession();
  if (!administers) return null;
  return (
    <p className={classes.copies}>
      <a href={BACKUP_HREF} download>
        {t("controller:store.download")}
      </a>{" "}
      <span className="dim">
        <Trans ns="controller" i18nKey="store.keys" components={{ code: <code /> }} />
      </span>
    </p>
  );
}
