// What a process did: everything that happened to it, or only how its lives ended.
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { HistoryList } from "../../components/history-list.js";
import { Panel } from "../../components/panel.js";
import type { HistoryFilter } from "../../model/live-patch.js";
import { Exits } from "./exits.js";

interface PastProps {
  readonly filter: HistoryFilter;
  readonly skewMs: number;
  readonly className: string | undefined;
}

export function Past({ filter, skewMs, className }: PastProps) {
  const [exits, setExits] = useState(false);
  return (
    <Panel
      title="History"
      flush
      className={className}
      actions={
        <SegmentedControl
          size="xs"
          aria-label="What of history"
          data={[
            { value: "all", label: "Everything" },
            { value: "exits", label: "Exits" },
          ]}
          value={exits ? "exits" : "all"}
          onChange={(value) => setExits(value === "exits")}
        />
      }
    >
      {exits ? <Exits filter={filter} skewMs={skewMs} /> : <HistoryList filter={filter} skewMs={skewMs} />}
    </Panel>
  );
}
