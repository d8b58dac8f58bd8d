// What a process did: everything that happened to it, or only how its lives ended.
import type { HistoryEvent } from "@fleetvisor/proto/api/v1";
import { SegmentedControl } from "@mantine/core";
import { useState } from "react";
import { HistoryList } from "../../components/history-list.js";
import { Panel } from "../../components/panel.js";
import { t } from "../../i18n/i18n.js";
import type { HistoryFilter } from "../../model/live-patch.js";
import { Exits } from "./exits.js";

interface PastProps {
  readonly filter: HistoryFilter;
  readonly skewMs: number;
  readonly className: string | undefined;
  readonly onJump: ((end: HistoryEvent, channel: "stdout" | "stderr") => void) | null;
}

export function Past({ filter, skewMs, className, onJump }: PastProps) {
  const [exits, setExits] = useState(false);
  return (
    <Panel
      title={t("process:past.title")}
      flush
      className={className}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t("process:past.what")}
          data={[
            { value: "all", label: t("process:past.everything") },
            { value: "exits", label: t("process:past.exits") },
          ]}
          value={exits ? "exits" : "all"}
          onChange={(value) => setExits(value === "exits")}
        />
      }
    >
      {exits ? (
        <Exits filter={filter} skewMs={skewMs} onJump={onJump} />
      ) : (
        <HistoryList filter={filter} skewMs={skewMs} />
      )}
    </Panel>
  );
}
