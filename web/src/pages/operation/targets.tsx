// Every target of an operation with what became of it, narrowed by result. The URL says which results are shown.
import type { Operation } from "@fleetvisor/proto/api/v1";
import { Button } from "@mantine/core";
import { useMemo, useState } from "react";
import { Link, useSearchParams } from "react-router";
import { Chip, Chips } from "../../components/chip.js";
import { ResultIcon, ResultMark } from "../../components/operation-marks.js";
import { Panel } from "../../components/panel.js";
import { type Column, Table } from "../../components/table.js";
import { Empty } from "../../components/words.js";
import { formatCount, formatUptime } from "../../lib/format.js";
import {
  buildTargetRows,
  parseResults,
  RESULT_LOOKS,
  RESULTS_WORST_FIRST,
  resultCounts,
  type TargetRow,
} from "../../model/operations.js";

/** Rows shown at first: a table of thousands is of no use to anybody. */
const FIRST = 200;

const TARGET: Column<TargetRow> = {
  key: "target",
  head: "Target",
  title: true,
  cell: ({ href, target }) => <Link to={href}>{target}</Link>,
};
const REST: readonly Column<TargetRow>[] = [
  { key: "result", head: "Result", cell: ({ result }) => <ResultMark result={result} /> },
  { key: "message", head: "In the words of its agent", grow: true, cell: ({ message }) => message },
  { key: "took", head: "Took", end: true, cell: ({ tookMs }) => (tookMs === null ? "" : formatUptime(tookMs)) },
];
const BATCH: Column<TargetRow> = { key: "batch", head: "Batch", cell: ({ batch }) => batch };

export function Targets({ operation }: { readonly operation: Operation }) {
  const [params, setParams] = useSearchParams();
  const [most, setMost] = useState(FIRST);
  const named = params.get("result");
  const results = useMemo(() => parseResults(named), [named]);
  const rows = useMemo(() => buildTargetRows(operation, results), [operation, results]);
  const counts = resultCounts(operation);
  const columns = (operation.batches ?? 1) > 1 ? [BATCH, TARGET, ...REST] : [TARGET, ...REST];
  return (
    <Panel
      title="Targets"
      flush
      actions={
        <Chips legend="Only these results">
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
        <Empty title="No target has these results now">
          <Button variant="default" size="xs" onClick={() => setParams({})}>
            Show every target
          </Button>
        </Empty>
      ) : (
        <Table
          label="Targets"
          columns={columns}
          rows={rows.slice(0, most)}
          keyOf={({ target }) => target}
          tone={({ result }) => (result === "failed" || result === "unknown" ? "bad" : undefined)}
        />
      )}
      {rows.length > most && (
        <Button variant="subtle" fullWidth onClick={() => setMost(most * 5)}>
          Show more of {formatCount(rows.length)}
        </Button>
      )}
    </Panel>
  );
}
