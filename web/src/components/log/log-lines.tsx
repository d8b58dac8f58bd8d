// The lines of a log as a virtual list that sticks to its end until one scrolls up, and stays where one reads when lines come before.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, type Ref, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { t } from "../../i18n/i18n.js";
import type { Range } from "../../model/highlight.js";
import type { LogRow } from "../../model/log-buffer.js";
import { levelOf } from "../../model/log-level.js";
import { LogText, NO_HITS } from "../log-text.js";
import classes from "./log-lines.module.css";

export interface LinesHandle {
  /** Brings a row into view and stops following. */
  show(id: number): void;
}

interface LogLinesProps {
  readonly ref: Ref<LinesHandle>;
  readonly rows: readonly LogRow[];
  /** Rows that have left at the head so far. */
  readonly dropped: number;
  readonly wrap: boolean;
  readonly hits: ReadonlyMap<number, readonly Range[]>;
  readonly currentId: number | null;
  readonly following: boolean;
  readonly onFollowing: (following: boolean) => void;
  /** The reader has scrolled near one end of what is here. */
  readonly onEnd?: (end: "top" | "bottom") => void;
  /** Whether the first lines are in view or nearly. */
  readonly onTop?: (isNear: boolean) => void;
  /** Before the text of a row. */
  readonly label?: (row: LogRow) => ReactNode;
  readonly empty: ReactNode;
}

/** Height of an unwrapped line, px; as in the style sheet. */
const LINE_PX = 20;
/** So near to the end counts as at the end, px. */
const END_PX = 24;
/** So near to an end more is wanted, px. */
const NEAR_PX = 240;

export function LogLines({
  ref,
  rows,
  dropped,
  wrap,
  hits,
  currentId,
  following,
  onFollowing,
  onEnd,
  onTop,
  label,
  empty,
}: LogLinesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => LINE_PX,
    overscan: 20,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const total = virtualizer.getTotalSize();

  useImperativeHandle(ref, () => ({
    show(id) {
      onFollowing(false);
      const index = rows.findIndex((row) => row.id === id);
      if (index >= 0) virtualizer.scrollToIndex(index, { align: "center" });
    },
  }));

  // biome-ignore lint/correctness/useExhaustiveDependencies: every change of the height must move the view
  useLayoutEffect(() => {
    const element = scroller.current;
    if (following && element !== null) element.scrollTop = element.scrollHeight;
  }, [following, total, rows]);

  const lastDropped = useRef(dropped);
  useLayoutEffect(() => {
    const gone = dropped - lastDropped.current;
    lastDropped.current = dropped;
    // Old lines left at the head: what one is reading must not move.
    if (!following && gone > 0 && scroller.current !== null) scroller.current.scrollTop -= gone * LINE_PX;
  }, [dropped, following]);

  const first = useRef(rows[0]?.id);
  useLayoutEffect(() => {
    const before = first.current;
    first.current = rows[0]?.id;
    const element = scroller.current;
    if (following || element === null || before === undefined || (rows[0]?.id ?? before) >= before) return;
    // Lines came before the first, which stays where it was.
    const index = rows.findIndex(({ id }) => id === before);
    const [offset = 0] = virtualizer.getOffsetForIndex(index, "start") ?? [];
    if (index > 0) element.scrollTop += offset;
  }, [rows, following, virtualizer]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: what is in view depends on them
  useLayoutEffect(() => {
    if (scroller.current !== null) onTop?.(scroller.current.scrollTop < NEAR_PX);
  }, [total, rows]);

  function onScroll() {
    const element = scroller.current;
    if (element === null) return;
    onTop?.(element.scrollTop < NEAR_PX);
    const below = element.scrollHeight - element.scrollTop - element.clientHeight;
    if (below < END_PX !== following) onFollowing(below < END_PX);
    if (element.scrollTop < NEAR_PX) onEnd?.("top");
    if (below < NEAR_PX) onEnd?.("bottom");
  }

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      onScroll={onScroll}
      data-wrap={wrap || undefined}
      role="log"
      aria-live="off"
      aria-label={t("logs:lines")}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      {rows.length === 0 && <div className={classes.empty}>{empty}</div>}
      <div className={classes.lines} style={{ height: total }}>
        {virtualizer.getVirtualItems().map((item) => {
          const row = rows[item.index];
          if (row === undefined) return null;
          return (
            <div
              key={item.key}
              ref={virtualizer.measureElement}
              data-index={item.index}
              className={classes.line}
              data-note={row.type === "note" || undefined}
              data-level={row.type === "text" ? (levelOf(row.text) ?? undefined) : undefined}
              data-current={row.id === currentId || undefined}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {label?.(row)}
              {row.type === "note" ? (
                row.text
              ) : (
                <LogText text={row.text} spans={row.spans} hits={hits.get(row.id) ?? NO_HITS} />
              )}
            </div>
          );
        })}
      </div>
    </div>
  );
}
