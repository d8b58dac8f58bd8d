// Versions and clocks of the agents.
import { Link } from "react-router";
import { useControllerState } from "../../api/controller.js";
import { useInstances } from "../../api/queries.js";
import { AskedList } from "../../components/asked-list.js";
import { Panel } from "../../components/panel.js";
import type { Column } from "../../components/table.js";
import { t } from "../../i18n/i18n.js";
import { buildClocks, buildVersions, type ClockRow, type VersionRow } from "../../model/controller.js";
import { links } from "../../model/links.js";

const versionColumns = (): readonly Column<VersionRow>[] => [
  {
    key: "version",
    head: t("controller:versions.head.version"),
    title: true,
    cell: ({ version, own }) => (
      <>
        <strong>{version}</strong> {own && <span className="dim">{t("controller:versions.own")}</span>}
      </>
    ),
  },
  {
    key: "count",
    head: t("controller:versions.head.agents"),
    end: true,
    cell: ({ count }) => <Link to={links.instances()}>{count}</Link>,
  },
  {
    key: "which",
    head: t("controller:versions.head.which"),
    grow: true,
    cell: ({ instances, count }) => (
      <>
        {instances.map(({ name, href }) => (
          <span key={name}>
            <Link to={href}>{name}</Link>{" "}
          </span>
        ))}
        {count > instances.length && (
          <span className="dim">{t("controller:versions.more", { count: count - instances.length })}</span>
        )}
      </>
    ),
  },
];

const clockColumns = (): readonly Column<ClockRow>[] => [
  {
    key: "name",
    head: t("controller:clocks.head.host"),
    title: true,
    grow: true,
    cell: ({ name, href }) => <Link to={href}>{name}</Link>,
  },
  { key: "words", head: t("controller:clocks.head.clock"), cell: ({ words }) => words },
];

export function Agents() {
  const instances = useInstances();
  const own = useControllerState().data?.version ?? null;
  const items = instances.data?.items ?? [];
  return (
    <>
      <Panel title={t("controller:versions.title")} flush>
        <AskedList
          asked={instances}
          rows={buildVersions(items, own)}
          label={t("controller:versions.label")}
          empty={t("controller:versions.none")}
          columns={versionColumns()}
          keyOf={({ version }) => version}
        />
      </Panel>
      <Panel title={t("controller:clocks.title")} flush>
        <AskedList
          asked={instances}
          rows={buildClocks(items)}
          label={t("controller:clocks.label")}
          empty={t("controller:clocks.none")}
          columns={clockColumns()}
          keyOf={({ name }) => name}
        />
      </Panel>
    </>
  );
}
