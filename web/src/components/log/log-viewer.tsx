// The log of a process: channel, search, pause, wrap, lines that follow until one scrolls up, and what lies before them.
import { ActionIcon, Button, SegmentedControl, Tooltip } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconClearAll,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconTextWrap,
} from "@tabler/icons-react";
import { useEffect, useMemo, useRef, useState } from "react";
import type { LogSource } from "../../api/log-follow.js";
import type { ExitPlace } from "../../api/log-past.js";
import { t } from "../../i18n/i18n.js";
import { NOTHING_WANTED, type Wanted } from "../../model/line-match.js";
import type { LogBuffer } from "../../model/log-buffer.js";
import { buildHits, nextHit } from "../../model/log-hits.js";
import { earlierOf, isAtEnd } from "../../model/log-window.js";
import { DownloadMenu } from "./download-menu.js";
import { type LinesHandle, LogLines } from "./log-lines.js";
import { LogStatus } from "./log-status.js";
import classes from "./log-viewer.module.css";
import { SearchBar } from "./search-bar.js";
import { useLineSearch } from "./use-line-search.js";
import { useLog } from "./use-log.js";
import { usePast } from "./use-past.js";

/** A place to go to; another object goes there again. */
export interface Jump {
  readonly place: ExitPlace;
}

interface LogViewerProps {
  readonly source: LogSource;
  readonly channels: readonly LogSource["channel"][];
  readonly onChannel: (channel: LogSource["channel"]) => void;
  readonly jump: Jump | null;
}

/** Give it a `key` of its source: another log begins with nothing paused or searched. */
export function LogViewer({ source, channels, onChannel, jump }: LogViewerProps) {
  const log = useLog(source);
  const past = usePast(source);
  const [frozen, setFrozen] = useState<LogBuffer | null>(null);
  const [wrap, setWrap] = useState(true);
  const [wanted, setWanted] = useState<Wanted>(NOTHING_WANTED);
  const [only, setOnly] = useState(false);
  const [markedId, setMarkedId] = useState<number | null>(null);
  const [following, setFollowing] = useState(true);
  const [isAtTop, setIsAtTop] = useState(false);
  const lines = useRef<LinesHandle>(null);
  const { reader } = past;
  const { window, reading, rowId } = past.view;
  const buffer = frozen ?? log.view.buffer;
  const held = window?.rows ?? buffer.rows;
  const search = useLineSearch(held, wanted);
  const isOnly = only && wanted.text !== "" && search.problem === null;
  const view = useMemo(
    () => buildHits(held, search.hits, { currentId: markedId, only: isOnly }),
    [held, search.hits, markedId, isOnly],
  );

  useEffect(() => {
    if (jump !== null) void reader?.find(jump.place);
  }, [jump, reader]);

  // Once what was looked for has come it is shown, in the middle.
  useEffect(() => {
    if (window === null || rowId === null) return;
    setFollowing(false);
    setMarkedId(rowId);
    setOnly(false);
    requestAnimationFrame(() => lines.current?.show(rowId));
  }, [window, rowId]);

  function step(by: 1 | -1) {
    const id = nextHit(view, by);
    if (id === null) return;
    setMarkedId(id);
    lines.current?.show(id);
  }

  /** The hit that was found stays in view among the lines around it. */
  function showAll() {
    setOnly(false);
    if (markedId !== null) requestAnimationFrame(() => lines.current?.show(markedId));
  }

  function toEnd() {
    reader?.leave();
    setMarkedId(null);
    setFrozen(null);
    setFollowing(true);
  }

  const canEarlier = window === null ? log.view.status !== "connecting" : earlierOf(window) !== null;
  return (
    <div className={classes.viewer}>
      <div className={classes.bar}>
        {channels.length > 1 && (
          <SegmentedControl
            size="xs"
            aria-label={t("logs:channel")}
            data={channels.map((channel) => ({ value: channel, label: channel }))}
            value={source.channel}
            onChange={(value) => onChannel(value === "stderr" ? "stderr" : "stdout")}
          />
        )}
        <SearchBar
          wanted={wanted}
          onWanted={(part) => {
            setWanted({ ...wanted, ...part });
            setMarkedId(null);
          }}
          only={only}
          onOnly={(next) => (next ? setOnly(true) : showAll())}
          problem={search.isTooSlow ? t("logs:search.tooSlow") : search.problem}
          count={view.hitIds.length}
          current={view.current}
          step={step}
        />
        <div className={classes.tools}>
          <Tooltip label={wrap ? t("logs:noWrap") : t("logs:wrap")}>
            <ActionIcon
              variant={wrap ? "light" : "subtle"}
              color={wrap ? "indigo" : "gray"}
              aria-label={t("logs:wrap")}
              aria-pressed={wrap}
              onClick={() => setWrap(!wrap)}
            >
              <IconTextWrap size={16} />
            </ActionIcon>
          </Tooltip>
          <DownloadMenu source={source} rows={view.rows} />
          <Tooltip label={t("logs:clearTip")}>
            <ActionIcon
              variant="subtle"
              color="gray"
              aria-label={t("logs:clear")}
              disabled={window !== null}
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
            disabled={window !== null}
            leftSection={frozen === null ? <IconPlayerPauseFilled size={13} /> : <IconPlayerPlayFilled size={13} />}
            onClick={() => setFrozen(frozen === null ? log.view.buffer : null)}
          >
            {frozen === null ? t("logs:pause") : t("logs:resume")}
          </Button>
        </div>
      </div>
      <div className={classes.area}>
        <LogLines
          key={window === null ? "end" : "past"}
          ref={lines}
          rows={view.rows}
          dropped={window === null ? buffer.dropped : 0}
          wrap={wrap}
          hits={search.hits}
          currentId={markedId}
          following={following && window === null}
          onFollowing={(next) => {
            if (window === null) setFollowing(next);
          }}
          onTop={setIsAtTop}
          onEnd={(end) => {
            if (window === null || isOnly) return;
            if (end === "top") void reader?.earlier();
            else if (!isAtEnd(window)) void reader?.later();
          }}
          empty={
            isOnly && held.length > 0 ? (
              <NoneShown onAll={() => setOnly(false)} />
            ) : log.view.status === "following" ? (
              t("logs:nothingYet", { channel: source.channel })
            ) : (
              ""
            )
          }
        />
        {canEarlier && isAtTop && (
          <Button
            className={classes.start ?? ""}
            size="compact-sm"
            variant="default"
            leftSection={<IconArrowUp size={14} />}
            loading={reading === "earlier" || reading === "place"}
            onClick={() => {
              if (window === null) void reader?.open(log.view.head);
              else void reader?.earlier();
            }}
          >
            {t("logs:earlier")}
          </Button>
        )}
        {(!following || window !== null) && (
          <Button
            className={classes.end ?? ""}
            size="compact-sm"
            leftSection={<IconArrowDown size={14} />}
            onClick={toEnd}
          >
            {t("logs:toEnd")}
          </Button>
        )}
      </div>
      <LogStatus log={log} past={past.view} frozen={frozen} onSeen={() => reader?.seen()} />
    </div>
  );
}

function NoneShown({ onAll }: { readonly onAll: () => void }) {
  return (
    <>
      <p>{t("logs:search.noneShown")}</p>
      <Button variant="default" size="xs" onClick={onAll}>
        {t("logs:search.showAll")}
      </Button>
    </>
  );
}
