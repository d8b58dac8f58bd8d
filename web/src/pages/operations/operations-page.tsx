// Every operation, newest first: what was asked of what, by whom, how far it is; page after page. The URL is the filter.
import {
  OPERATION_STATE_NAMES,
  OPERATION_VERB_NAMES,
  type OperationState,
} from "@fleetvisor/proto/vocabulary/operations";
import { Button, NativeSelect } from "@mantine/core";
import { IconFilterOff, IconListCheck } from "@tabler/icons-react";
import { useMemo } from "react";
import { Trans } from "react-i18next";
import { Link, useSearchParams } from "react-router";
import { useOperationPages } from "../../api/operations.js";
import { Chip, Chips } from "../../components/chip.js";
import { OperationBadge, ProgressBar } from "../../components/operation-marks.js";
import { Panel } from "../../components/panel.js";
import { type Column, Table } from "../../components/table.js";
import { TypedInput } from "../../components/typed-input.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { Ago } from "../../lib/clock.js";
import { formatUptime } from "../../lib/format.js";
import { usePageTitle } from "../../lib/page-title.js";
import { verbWords } from "../../model/actions.js";
import { links } from "../../model/links.js";
import {
  ANY_OPERATION,
  isOperationFiltered,
  type OperationFilter,
  operationFilterParams,
  parseOperationFilter,
} from "../../model/operation-filter.js";
import { buildOperationRows, type OperationRow, operationLook, resultWords } from "../../model/operations.js";
import classes from "./operations-page.module.css";

const columnsOf = (): readonly Column<OperationRow>[] => [
  {
    key: "what",
    head: t("operations:list.operation"),
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
  { key: "state", head: t("operations:list.state"), cell: ({ state }) => <OperationBadge state={state} /> },
  {
    key: "progress",
    head: t("operations:list.targets"),
    cell: ({ progress, title }) => (
      <>
        <ProgressBar progress={progress} label={t("operations:list.progressOf", { title })} />
        <span className="dim num">{resultWords(progress.counts)}</span>
      </>
    ),
  },
  { key: "user", head: t("operations:list.by"), cell: ({ user }) => user },
  {
    key: "when",
    head: t("operations:list.askedFor"),
    end: true,
    cell: ({ createdAtMs }) => <Ago atMs={createdAtMs} />,
  },
  {
    key: "took",
    head: t("operations:list.took"),
    end: true,
    cell: ({ tookMs }) =>
      tookMs === null ? <span className="dim">{t("operations:list.goesOn")}</span> : formatUptime(tookMs),
  },
];

export function OperationsPage() {
  usePageTitle(t("operations:title"));
  const [params, setParams] = useSearchParams();
  const filter = useMemo(() => parseOperationFilter(params), [params]);
  const list = useOperationPages(filter);
  const rows = useMemo(
    () => buildOperationRows(list.data?.pages.flatMap(({ items }) => items) ?? [], filter.states),
    [list.data, filter.states],
  );
  const show = (part: Partial<OperationFilter>) =>
    setParams(operationFilterParams({ ...filter, ...part }), { replace: true });
  return (
    <div className={classes.page}>
      <h1 className="sr-only">{t("operations:title")}</h1>
      <Filters filter={filter} show={show} />
      <Panel
        title={
          <span className="num">
            {list.hasNextPage ? t("operations:list.newestFirst") : t("operations:list.count", { count: rows.length })}
          </span>
        }
        flush
      >
        {list.isPending ? (
          <Loading rows={8} />
        ) : list.data === undefined ? (
          <Failed error={list.error} what={t("operations:list.failed")} retry={() => void list.refetch()} />
        ) : rows.length > 0 ? (
          <Table
            label={t("operations:title")}
            columns={columnsOf()}
            rows={rows}
            keyOf={({ id }) => id}
            tone={({ state }) => (state === "failed" ? "bad" : undefined)}
          />
        ) : isOperationFiltered(filter) ? (
          <Empty icon={IconFilterOff} title={t("operations:list.noneMatches")}>
            <Button variant="default" size="xs" onClick={() => show(ANY_OPERATION)}>
              {t("operations:list.showEvery")}
            </Button>
          </Empty>
        ) : (
          <Empty icon={IconListCheck} title={t("operations:list.nobody")}>
            <p>
              <Trans
                ns="operations"
                i18nKey="list.nobodyMore"
                components={{ processes: <Link to={links.processes()} /> }}
              />
            </p>
          </Empty>
        )}
        {list.hasNextPage && (
          <div className={classes.more}>
            <Button
              variant="default"
              size="xs"
              loading={list.isFetchingNextPage}
              onClick={() => void list.fetchNextPage()}
            >
              {t("operations:list.earlier")}
            </Button>
          </div>
        )}
      </Panel>
    </div>
  );
}

interface FiltersProps {
  readonly filter: OperationFilter;
  readonly show: (part: Partial<OperationFilter>) => void;
}

function Filters({ filter, show }: FiltersProps) {
  const toggle = (state: OperationState) =>
    show({ states: OPERATION_STATE_NAMES.filter((each) => filter.states.includes(each) !== (each === state)) });
  return (
    <search className={classes.filters}>
      <Chips legend={t("operations:list.onlyStates")}>
        {OPERATION_STATE_NAMES.map((state) => {
          const { word, colour } = operationLook(state);
          return (
            <Chip
              key={state}
              icon={null}
              {...{ word, colour }}
              count={null}
              on={filter.states.includes(state)}
              onToggle={() => toggle(state)}
            />
          );
        })}
      </Chips>
      <NativeSelect
        aria-label={t("operations:list.verb")}
        value={filter.verb ?? ""}
        data={[
          { value: "", label: t("operations:list.anyVerb") },
          ...OPERATION_VERB_NAMES.map((value) => ({ value, label: verbWords(value).name })),
        ]}
        onChange={({ currentTarget: { value } }) =>
          show({ verb: OPERATION_VERB_NAMES.find((name) => name === value) ?? null })
        }
      />
      <TypedInput
        label={t("operations:list.user")}
        placeholder={t("operations:list.user")}
        value={filter.user}
        onValue={(user) => show({ user })}
      />
    </search>
  );
}
