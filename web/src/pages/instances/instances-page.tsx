// Every instance: liveness, labels and counts, worst first, filtered by text and liveness. The URL is the view.
import { Button, TextInput } from "@mantine/core";
import { IconFilterOff, IconSearch, IconServerOff } from "@tabler/icons-react";
import { useMemo } from "react";
import { Link, useSearchParams } from "react-router";
import { useInstances } from "../../api/queries.js";
import { Chip, Chips } from "../../components/chip.js";
import { Panel } from "../../components/panel.js";
import { LivenessIcon } from "../../components/state-badge.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { plural } from "../../lib/format.js";
import { usePageTitle } from "../../lib/page-title.js";
import { buildInstanceRows } from "../../model/instances.js";
import { type InstanceFilter, instanceFilterParams, links, parseInstanceFilter } from "../../model/links.js";
import { LIVENESS_LOOKS, LIVENESS_WORST_FIRST } from "../../model/states.js";
import { InstanceRows } from "./instance-rows.js";
import classes from "./instances-page.module.css";

export function InstancesPage() {
  usePageTitle("Instances");
  const [params, setParams] = useSearchParams();
  const filter = parseInstanceFilter(params);
  const instances = useInstances();
  const rows = useMemo(
    () => buildInstanceRows(instances.data?.items ?? [], { text: filter.text, liveness: filter.liveness }),
    [instances.data, filter.text, filter.liveness],
  );
  const show = (part: Partial<InstanceFilter>, replace: boolean) =>
    setParams(instanceFilterParams({ ...filter, ...part }), { replace });
  const all = instances.data?.items ?? [];
  return (
    <div className={classes.page}>
      <h1 className="sr-only">Instances</h1>
      <search className={classes.filters}>
        <TextInput
          className={classes.search}
          aria-label="Name, host or label"
          placeholder="Name, host or label: web  role=db"
          leftSection={<IconSearch size={17} />}
          value={filter.text}
          spellCheck={false}
          onChange={(event) => show({ text: event.currentTarget.value }, true)}
        />
        <Chips legend="Only this liveness">
          {LIVENESS_WORST_FIRST.map((liveness) => (
            <Chip
              key={liveness}
              icon={<LivenessIcon liveness={liveness} size={14} />}
              {...LIVENESS_LOOKS[liveness]}
              count={all.filter((instance) => instance.liveness === liveness).length}
              on={filter.liveness === liveness}
              onToggle={() => show({ liveness: filter.liveness === liveness ? null : liveness }, false)}
            />
          ))}
        </Chips>
      </search>
      <Panel title={<span className="num">{plural(rows.length, "instance", "instances")}</span>} flush>
        {instances.isPending ? (
          <Loading rows={10} />
        ) : instances.isError && all.length === 0 ? (
          <Failed error={instances.error} what="Instances cannot be shown" retry={() => void instances.refetch()} />
        ) : all.length === 0 ? (
          <Empty icon={IconServerOff} title="No hosts yet">
            <Link to={links.home()}>Add the first one</Link>
          </Empty>
        ) : rows.length === 0 ? (
          <Empty icon={IconFilterOff} title="No instance matches">
            <Button variant="default" size="xs" onClick={() => show({ text: "", liveness: null }, false)}>
              Show every instance
            </Button>
          </Empty>
        ) : (
          <InstanceRows rows={rows} />
        )}
      </Panel>
    </div>
  );
}
