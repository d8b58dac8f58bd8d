// The live log of a process: channel, search, pause, wrap, and lines that follow until one scrolls up.
import { ActionIcon, Button, SegmentedControl, TextInput, Tooltip } from "@mantine/core";
import {
  IconArrowDown,
  IconChevronDown,
  IconChevronUp,
  IconClearAll,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconSearch,
  IconTextWrap,
} from "@tabler/icons-react";
import { type KeyboardEvent, useDeferredValue, useMemo, useRef, useState } from "react";
import type { LogSource } from "../../api/log-follow.js";
import { formatCount, plural } from "../../lib/format.js";
import { findHits } from "../../model/highlight.js";
import type { LogBuffer } from "../../model/log-buffer.js";
import { type LinesHandle, LogLines } from "./log-lines.js";
import classes from "./log-viewer.module.css";
import { useLog } from "./use-log.js";

interface LogViewerProps {
  readonly source: LogSource;
  readonly channels: readonly LogSource["channel"][];
  readonly onChannel: (channel: LogSource["channel"]) => void;
}

/** Give it a `key` of its source: another log begins with nothing paused or searched. */
export function LogViewer({ source, channels, onChannel }: LogViewerProps) {
  const log = useLog(source);
  const [frozen, setFrozen] = useState<LogBuffer | null>(null);
  const [wrap, setWrap] = useState(true);
  const [query, setQuery] = useState("");
  const [hit, setHit] = useState<number | null>(null);
  const [following, setFollowing] = useState(true);
  const lines = useRef<LinesHandle>(null);
  const buffer = frozen ?? log.view.buffer;
  const wanted = useDeferredValue(query);
  const hits = useMemo(
    () =>
      wanted === "" ? [] : buffer.rows.filter((row) => row.type === "text" && findHits(row.text, wanted).length > 0),
    [buffer.rows, wanted],
  );
  const current = hit === null ? -1 : hits.findIndex((row) => row.id === hit);
  const waiting = frozen === null ? 0 : log.view.buffer.nextId - frozen.nextId;

  function step(by: 1 | -1) {
    if (hits.length === 0) return;
    // The newest hit first: that is where one looks in a log.
    const next = hits[current < 0 ? hits.length - 1 : (current + by + hits.length) % hits.length];
    if (next === undefined) return;
    setHit(next.id);
    lines.current?.show(next.id);
  }

  function onKey(event: KeyboardEvent) {
    if (event.key === "Enter") step(event.shiftKey ? 1 : -1);
    if (event.key === "Escape") setQuery("");
  }

  return (
    <div className={classes.viewer}>
      <div className={classes.bar}>
        {channels.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label="Log channel"
            data={channels.map((channel) => ({ value: channel, label: channel }))}
            value={source.channel}
            onChange={(value) => onChannel(value === "stderr" ? "stderr" : "stdout")}
          />
        )}
        <TextInput
          className={classes.search}
          size="xs"
          aria-label="Search the log"
          placeholder="Search"
          leftSection={<IconSearch size={15} />}
          value={query}
          spellCheck={false}
          onChange={(event) => {
            setQuery(event.currentTarget.value);
            setHit(null);
          }}
          onKeyDown={onKey}
        />
        <span className={`${classes.hits} num dim`} role="status" data-none={query === "" || undefined}>
          {query !== "" &&
            (current < 0 ? plural(hits.length, "line", "lines") : `${current + 1} of ${formatCount(hits.length)}`)}
        </span>
        {query !== "" && (
          <>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Earlier hit"
              disabled={hits.length === 0}
              onClick={() => step(-1)}
            >
              <IconChevronUp size={16} />
            </ActionIcon>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Later hit"
              disabled={hits.length === 0}
              onClick={() => step(1)}
            >
              <IconChevronDown size={16} />
            </ActionIcon>
          </>
        )}
        <div className={classes.tools}>
          <Tooltip label={wrap ? "Do not wrap long lines" : "Wrap long lines"}>
            <ActionIcon
              variant={wrap ? "light" : "subtle"}
              color={wrap ? "indigo" : "gray"}
              aria-label="Wrap long lines"
              aria-pressed={wrap}
              onClick={() => setWrap(!wrap)}
            >
              <IconTextWrap size={16} />
            </ActionIcon>
          </Tooltip>
          <Tooltip label="Clear this view; the log itself stays">
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label="Clear this view"
              onClick={() => {
                setFrozen(null);
                log.clear();
              }}
            >
              <IconClearAll size={16} />
            </ActionIcon>
          </Tooltip>
          <Button
            className={classes.pause ?? ""}
            size="compact-sm"
            variant={frozen === null ? "default" : "light"}
            leftSection={frozen === null ? <IconPlayerPauseFilled size={13} /> : <IconPlayerPlayFilled size={13} />}
            onClick={() => setFrozen(frozen === null ? log.view.buffer : null)}
          >
            {frozen === null ? "Pause" : "Resume"}
          </Button>
        </div>
      </div>
      <div className={classes.area}>
        <LogLines
          ref={lines}
          buffer={buffer}
          wrap={wrap}
          query={wanted}
          currentId={hit}
          following={following}
          onFollowing={setFollowing}
          empty={emptyWords(log.view.status, source.channel)}
        />
        {!following && (
          <Button
            className={classes.end ?? ""}
            size="compact-sm"
            leftSection={<IconArrowDown size={14} />}
            onClick={() => setFollowing(true)}
          >
            To the end
          </Button>
        )}
      </div>
      <p className={classes.status} data-problem={log.view.problem !== null || undefined} role="status">
        {frozen !== null
          ? waiting > 0
            ? `Paused, ${plural(waiting, "new line", "new lines")}`
            : "Paused"
          : log.view.problem !== null
            ? `${log.view.problem}; trying again`
            : STATUS_WORDS[log.view.status]}
        {log.view.problem !== null && (
          <Button variant="subtle" size="compact-xs" onClick={log.again}>
            Try now
          </Button>
        )}
        {buffer.dropped > 0 && (
          <span>, {plural(buffer.dropped, "earlier line", "earlier lines")} no longer kept here</span>
        )}
      </p>
    </div>
  );
}

const STATUS_WORDS = {
  connecting: "Connecting",
  following: "Following",
  reconnecting: "Reconnecting",
  paused: "This page was hidden",
  failed: "Not following",
} as const;

function emptyWords(status: string, channel: string): string {
  return status === "following" ? `Nothing written to ${channel} yet` : "";
}
