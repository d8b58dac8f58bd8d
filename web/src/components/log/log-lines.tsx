// The lines of a log as a virtual list that sticks to its end until one scrolls up.
import { useVirtualizer } from "@tanstack/react-virtual";
import { type Ref, useImperativeHandle, useLayoutEffect, useRef } from "react";
import type { LogBuffer } from "../../model/log-buffer.js";
import { LogText } from "../log-text.js";
import classes from "./log-lines.module.css";

export interface LinesHandle {
  /** Brings a row into view and stops following. */
  show(id: number): void;
}

interface LogLinesProps {
  readonly ref: Ref<LinesHandle>;
  readonly buffer: LogBuffer;
  readonly wrap: boolean;
  readonly query: string;
  readonly currentId: number | null;
  readonly following: boolean;
  readonly onFollowing: (following: boolean) => void;
  readonly empty: string;
}

/** Height of an unwrapped line, px; as in the style sheet. */
const LINE_PX = 20;
/** So near to the end counts as at the end, px. */
const END_PX = 24;

export function LogLines({ ref, buffer, wrap, query, currentId, following, onFollowing, empty }: LogLinesProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const { rows } = buffer;
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

  const lastDropped = useRef(buffer.dropped);
  useLayoutEffect(() => {
    const gone = buffer.dropped - lastDropped.current;
    lastDropped.current = buffer.dropped;
    // Old lines left at the head: what one is reading must not move.
    if (!following && gone > 0 && scroller.current !== null) scroller.current.scrollTop -= gone * LINE_PX;
  }, [buffer.dropped, following]);

  function onScroll() {
    const element = scroller.current;
    if (element === null) return;
    const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < END_PX;
    if (atEnd !== following) onFollowing(atEnd);
  }

  return (
    <div
      ref={scroller}
      className={classes.scroller}
      onScroll={onScroll}
      data-wrap={wrap || undefined}
      role="log"
      aria-live="off"
      aria-label="Log lines"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
    >
      {rows.length === 0 && <p className={classes.empty}>{empty}</p>}
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
              data-current={row.id === currentId || undefined}
              style={{ transform: `translateY(${item.start}px)` }}
            >
              {row.type === "note" ? row.text : <LogText text={row.text} spans={row.spans} query={query} />}
            </div>
          );
        })}
      </div>
    </div>
  );
}
