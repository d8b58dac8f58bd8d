// Every target of an operation with what became of it, what went wrong first, narrowed by result. The URL says which results are shown.
import type { Operation } from "@fleetvisor/proto/api/v1";
import { Button } from "@mantine/core";
import { useMemo } from "react";
import { Link, useSearchParams } from "react-router";
import { Chip, Chips } from "../../components/chip.js";
import { ResultIcon, ResultMark } from "../../components/operation-marks.js";
import { Panel } from "../../components/panel.js";
import { type SizedColumn, VirtualTable } from "../../components/virtual-table.js";
import { Empty } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { formatUptime } from "../../lib/format.js";
import {
  buildTargetRows,
  parseResults,
  RESULT_LOOKS,
  RESULTS_WORST_FIRST,
  resultCounts,
  type TargetRow,
} from "../../model/operations.js";

function columnsOf(withBatch: boolean): readonly SizedColumn<TargetRow>[] {
  const columns: readonly SizedColumn<TargetRow>[] = [
    {
      key: "target",
      head: t("operations:targets.target"),
      width: "minmax(0, 3fr)",
      title: true,
      cell: ({ href, target }) => <Link to={href}>{target}</Link>,
    },
    {
      key: "result",
      head: t("operations:targets.result"),
      width: "9rem",
      cell: ({ result }) => <ResultMark result={result} />,
    },
    {
      key: "message",
      head: t("operations:targets.message"),
      width: "minmax(0, 4fr)",
      grow: true,
      cell: ({ message }) => message,
    },
    {
      key: "took",
      head: t("operations:targets.took"),
      width: "6rem",
      end: true,
      cell: ({ tookMs }) => (tookMs === null ? "" : formatUptime(tookMs)),
    },
  ];
  if (!withBatch) return columns;
  return [
    { key: "batch", head: t("operations:targets.batch"), width: "4.5rem", cell: ({ batch }) => batch },
    ...columns,
  ];
}

export function Targets({ operation }: { readonly operation: Operation }) {
  const [params, setParams] = useSearchParams();
  const named = params.get("result");
  const results = useMemo(() => parseResults(named), [named]);
  const rows = useMemo(() => buildTargetRows(operation, results), [operation, results]);
  const counts = resultCounts(operation);
  return (
    <Panel
      title={t("operations:targets.title")}
      flush
      actions={
        <Chips legend={t("operations:targets.onlyResults")}>
          {counts.map(({ result, count }) => (
            <Chip
              key={result}
              icon={<ResultIcon result={result} />}
              word={RESULT_LOOKS[result].word}
              colour={RESULT_LOOKS[result].colour}
              count={count}
              on={results.includes(result)}
              onToggle={() => {
                const next = RESULTS_WORST_FIRST.filter((each) => results.includes(each) !== (each === result));
                setParams(next.length === 0 ? {} : { result: next.join(",") }, { replace: true });
              }}
            />
          ))}
        </Chips>
      }
    >
      {rows.length === 0 ? (
        <Empty title={t("operations:targets.none")}>
          <Button variant="default" size="xs" onClick={() => setParams({})}>
            {t("operations:targets.showEvery")}
          </Button>
        </Empty>
      ) : (
        <VirtualTable
          label={t("operations:targets.title")}
          columns={columnsOf((operation.batches ?? 1) > 1)}
          rows={rows}
          keyOf={({ target }) => target}
          tone={({ result }) => (result === "failed" || result === "unknown" ? "bad" : undefined)}
        />
      )}
    </Panel>
  );
}
