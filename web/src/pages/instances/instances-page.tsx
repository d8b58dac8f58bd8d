// Every instance: liveness, labels and counts, worst first, filtered by text, liveness and worst state. The URL is the view.
import { Button, TextInput } from "@mantine/core";
import { IconFilterOff, IconSearch, IconServerOff } from "@tabler/icons-react";
import { useMemo } from "react";
import { Link, useSearchParams } from "react-router";
import { useInstances } from "../../api/queries.js";
import { Chip, Chips } from "../../components/chip.js";
import { Panel } from "../../components/panel.js";
import { LivenessIcon, StateGlyphIcon, tintOf } from "../../components/state-badge.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { usePageTitle } from "../../lib/page-title.js";
import { useSteady } from "../../lib/steady.js";
import {
  ANY_INSTANCE,
  type InstanceFilter,
  instanceFilterParams,
  parseInstanceFilter,
  toggle,
} from "../../model/instance-filter.js";
import { buildInstanceChips, buildInstanceRows, type InstanceRow } from "../../model/instances.js";
import { links } from "../../model/links.js";
import { LIVENESS_LOOKS } from "../../model/states.js";
import { type Worst, worstLook } from "../../model/worst.js";
import { InstanceRows } from "./instance-rows.js";
import classes from "./instances-page.module.css";

const nameOf = ({ instance }: InstanceRow) => instance.name;

export function InstancesPage() {
  usePageTitle(t("instances:title"));
  const [params, setParams] = useSearchParams();
  const query = params.toString();
  const filter = useMemo(() => parseInstanceFilter(new URLSearchParams(query)), [query]);
  const instances = useInstances();
  const items = instances.data?.items;
  const found = useMemo(() => buildInstanceRows(items ?? [], filter), [items, filter]);
  const chips = useMemo(() => buildInstanceChips(items ?? [], filter), [items, filter]);
  const { rows, hold } = useSteady(found, nameOf, query);
  const show = (part: Partial<InstanceFilter>, replace: boolean) =>
    setParams(instanceFilterParams({ ...filter, ...part }), { replace });
  return (
    <div className={classes.page}>
      <h1 className="sr-only">{t("instances:title")}</h1>
      <search className={classes.filters}>
        <TextInput
          className={classes.search}
          aria-label={t("instances:search")}
          placeholder={t("instances:placeholder")}
          leftSection={<IconSearch size={17} />}
          value={filter.text}
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          onChange={(event) => show({ text: event.currentTarget.value }, true)}
        />
        <Chips legend={t("instances:onlyLiveness")}>
          {chips.livenesses.map(({ liveness, count, on }) => (
            <Chip
              key={liveness}
              icon={<LivenessIcon liveness={liveness} size={14} />}
              {...LIVENESS_LOOKS[liveness]}
              {...{ count, on }}
              onToggle={() => show({ livenesses: toggle(filter.livenesses, liveness) }, false)}
            />
          ))}
        </Chips>
        <Chips legend={t("instances:onlyWorst")}>
          {chips.worst.map(({ worst, count, on }) => (
            <Chip
              key={worst}
              icon={<WorstIcon worst={worst} on={on} />}
              {...worstLook(worst)}
              {...{ count, on }}
              onToggle={() => show({ worst: toggle(filter.worst, worst) }, false)}
            />
          ))}
        </Chips>
      </search>
      <Panel title={<span className="num">{t("instance", { count: rows.length })}</span>} flush>
        {instances.isPending ? (
          <Loading rows={10} />
        ) : instances.isError && items === undefined ? (
          <Failed error={instances.error} what={t("instances:failed")} retry={() => void instances.refetch()} />
        ) : items === undefined || items.length === 0 ? (
          <Empty icon={IconServerOff} title={t("instances:none")}>
            <Link to={links.home()}>{t("instances:addFirst")}</Link>
          </Empty>
        ) : rows.length === 0 ? (
          <Empty icon={IconFilterOff} title={t("instances:noMatch")}>
            <Button variant="default" size="xs" onClick={() => show(ANY_INSTANCE, false)}>
              {t("instances:showAll")}
            </Button>
          </Empty>
        ) : (
          <div {...hold}>
            <InstanceRows rows={rows} />
          </div>
        )}
      </Panel>
    </div>
  );
}

function WorstIcon({ worst, on }: { readonly worst: Worst; readonly on: boolean }) {
  if (worst === "none") return null;
  if (worst === "lost" || worst === "late") return <LivenessIcon liveness={worst} size={14} />;
  return (
    <span style={on ? {} : { color: tintOf(worstLook(worst).colour) }}>
      <StateGlyphIcon state={worst} size={13} />
    </span>
  );
}
