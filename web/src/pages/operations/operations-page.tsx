// The latest operations: what was asked of what, by whom, how far it is. The URL says which states are shown.
import { OPERATION_STATE_NAMES, type OperationState } from "@fleetvisor/proto/vocabulary/operations";
import { Button } from "@mantine/core";
import { IconFilterOff, IconListCheck } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { useOperations } from "../../api/queries.js";
import { Chip, Chips } from "../../components/chip.js";
import { OperationBadge, ProgressBar, resultWords } from "../../components/operation-marks.js";
import { Panel } from "../../components/panel.js";
import { type Column, Table } from "../../components/table.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { Ago } from "../../lib/clock.js";
import { formatUptime, plural } from "../../lib/format.js";
import { usePageTitle } from "../../lib/page-title.js";
import { links } from "../../model/links.js";
import { buildOperationRows, type OperationRow, operationLook, parseOperationStates } from "../../model/operations.js";
import classes from "./operations-page.module.css";

const FIRST = 50;
/** The most that the API gives. */
const MOST = 200;

const COLUMNS: readonly Column<OperationRow>[] = [
  {
    key: "what",
    head: "Operation",
    title: true,
    grow: true,
    cell: ({ href, title, selector }) => (
      <>
        <Link to={href} className={classes.name}>
          {title}
        </Link>
        <span className={`mono dim ${classes.selector}`}>{selector}</span>
      </>
    ),
  },
  { key: "state", head: "State", cell: ({ state }) => <OperationBadge state={state} /> },
  {
    key: "progress",
    head: "Targets",
    cell: ({ progress, title }) => (
      <>
        <ProgressBar progress={progress} label={`Progress of: ${title}`} />
        <span className="dim num">{resultWords(progress.counts)}</span>
      </>
    ),
  },
  { key: "user", head: "By", cell: ({ user }) => user },
  { key: "when", head: "Asked for", end: true, cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} /> },
  {
    key: "took",
    head: "Took",
    end: true,
    cell: ({ tookMs }) => (tookMs === null ? <span className="dim">goes on</span> : formatUptime(tookMs)),
  },
];

export function OperationsPage() {
  usePageTitle("Operations");
  const [params, setParams] = useSearchParams();
  const [limit, setLimit] = useState(FIRST);
  const list = useOperations(limit);
  const named = params.get("state");
  const states = useMemo(() => parseOperationStates(named), [named]);
  const all = list.data?.items;
  const rows = useMemo(() => buildOperationRows(all ?? [], states), [all, states]);
  const toggle = (state: OperationState) => {
    const next = OPERATION_STATE_NAMES.filter((each) => states.includes(each) !== (each === state));
    setParams(next.length === 0 ? {} : { state: next.join(",") }, { replace: true });
  };
  return (
    <div className={classes.page}>
      <h1 className="sr-only">Operations</h1>
      <Chips legend="Only these states">
        {OPERATION_STATE_NAMES.map((state) => {
          const { word, colour } = operationLook(state);
          return (
            <Chip
              key={state}
              icon={null}
              {...{ word, colour }}
              count={(all ?? []).filter((operation) => operation.state === state).length}
              on={states.includes(state)}
              onToggle={() => toggle(state)}
            />
          );
        })}
      </Chips>
      <Panel title={<span className="num">{plural(rows.length, "operation", "operations")}, newest first</span>} flush>
        {list.isPending ? (
          <Loading rows={8} />
        ) : all === undefined ? (
          <Failed error={list.error} what="Operations cannot be shown" retry={() => void list.refetch()} />
        ) : all.length === 0 ? (
          <Empty icon={IconListCheck} title="Nobody has asked for anything yet">
            <p>
              Starting, stopping or restarting from the <Link to={links.processes()}>processes</Link> leaves its
              operation here, with what became of each target.
            </p>
          </Empty>
        ) : rows.length === 0 ? (
          <Empty icon={IconFilterOff} title="No operation is in these states">
            <Button variant="default" size="xs" onClick={() => setParams({})}>
              Show every operation
            </Button>
          </Empty>
        ) : (
          <Table label="Operations" columns={COLUMNS} rows={rows} keyOf={({ id }) => id} tone={toneOf} />
        )}
        {all !== undefined && all.length >= limit && limit < MOST && (
          <div className={classes.more}>
            <Button variant="default" size="xs" loading={list.isFetching} onClick={() => setLimit(MOST)}>
              Earlier
            </Button>
          </div>
        )}
      </Panel>
    </div>
  );
}

const toneOf = ({ state }: OperationRow) => (state === "failed" ? "bad" : undefined);
