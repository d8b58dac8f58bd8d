// Every process of the fleet: selector box, state chips, table, views and export. The URL is the view.
import { Button, Kbd } from "@mantine/core";
import { IconFilterOff, IconNotes, IconServerOff } from "@tabler/icons-react";
import { useMemo } from "react";
import { Trans } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { processExport } from "../../api/export.js";
import { useFleet } from "../../api/queries.js";
import { ColumnsMenu } from "../../components/columns-menu.js";
import { ExportMenu } from "../../components/export-menu.js";
import { ProcessList } from "../../components/process-list.js";
import { SelectorBox } from "../../components/selector-box.js";
import { useSession } from "../../components/session.js";
import { StateChips } from "../../components/state-chips.js";
import { Empty } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { useKeptColumns } from "../../lib/kept-columns.js";
import { usePageTitle } from "../../lib/page-title.js";
import { links, type ProcessView, parseProcessView, processViewParams } from "../../model/links.js";
import { mayAnywhere } from "../../model/may.js";
import { buildChips, namesState, shownSelector, toggleState } from "../../model/processes.js";
import { asInstances } from "../../model/selector.js";
import classes from "./processes-page.module.css";
import { ViewsMenu } from "./views-menu.js";

export function ProcessesPage() {
  usePageTitle(t("processes:title"));
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => parseProcessView(params), [params]);
  const fleet = useFleet();
  const session = useSession();
  const show = (part: Partial<ProcessView>, replace = false) =>
    setParams(processViewParams({ ...view, ...part }), { replace });
  const { columns, choose } = useKeptColumns(view.columns ?? null, (chosen, quietly) =>
    show({ columns: chosen }, quietly),
  );
  const selector = shownSelector(view);
  return (
    <div className={classes.page}>
      <h1 className="sr-only">{t("processes:title")}</h1>
      <ProcessList
        label={t("processes:title")}
        view={view}
        onSort={(sort) => show({ sort })}
        withInstance
        columns={columns}
        tools={
          <StateChips
            chips={buildChips(view, fleet.data?.counts ?? null)}
            disabled={namesState(view.selector)}
            onToggle={(state) => show({ states: toggleState(view.states, state) })}
          />
        }
        empty={
          view.selector === "" && view.states.length === 0 ? (
            <Empty icon={IconServerOff} title={t("processes:none")}>
              <Trans ns="processes" i18nKey="noneMore" components={{ home: <Link to={links.home()} /> }} />
            </Empty>
          ) : (
            <NothingMatches view={view} onEvery={() => show({ selector: "", states: [] })} />
          )
        }
      >
        {(problem) => (
          <div className={classes.bar}>
            <search className={classes.search}>
              <SelectorBox
                placeholder={t("processes:selectorExample")}
                hint={<Kbd size="xs">/</Kbd>}
                value={view.selector}
                error={problem}
                onValue={(typed) => show({ selector: typed }, true)}
              />
            </search>
            <div className={classes.tools}>
              <ViewsMenu
                query={processViewParams({ ...view, columns }).toString()}
                addressOf={(query) => links.processes(parseProcessView(new URLSearchParams(query)))}
              />
              <ColumnsMenu columns={columns} onColumns={choose} />
              {mayAnywhere(session, "logs") && (
                <Button
                  component={Link}
                  to={links.logs({ selector: selector === "" ? "*/*" : selector })}
                  variant="default"
                  size="xs"
                  leftSection={<IconNotes size={15} />}
                  title={t("processes:logsTip")}
                >
                  {t("processes:logs")}
                </Button>
              )}
              <ExportMenu
                source={processExport(selector)}
                name="fleetvisor-processes"
                disabled={problem !== null || fleet.data?.processes === 0}
              />
            </div>
          </div>
        )}
      </ProcessList>
    </div>
  );
}

function NothingMatches({ view, onEvery }: { readonly view: ProcessView; readonly onEvery: () => void }) {
  const hosts = asInstances(view.selector);
  return (
    <Empty icon={IconFilterOff} title={t("processes:noneMatches")}>
      <p>{t("processes:noneMatchesMore")}</p>
      {hosts !== null && (
        <p>
          <Trans
            ns="processes"
            i18nKey="asHosts"
            values={{ hosts }}
            components={{ hosts: <Link to={links.processes({ ...view, selector: hosts })} className="mono" /> }}
          />
        </p>
      )}
      <Button variant="default" size="xs" onClick={onEvery}>
        {t("processes:showEvery")}
      </Button>
    </Empty>
  );
}
