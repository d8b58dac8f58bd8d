// Moving over the rows of the process table by keys: `j` and `k` to the next and the one before, `x` to pick it; Enter opens what is focused.
import { type RefObject, useEffect, useRef } from "react";
import { meantKey } from "../model/key-meant.js";

interface RowKeys {
  /** The element whose children are the rows that are drawn, each with its place as `data-index`. */
  readonly body: RefObject<HTMLElement | null>;
  readonly total: number;
  /** Below what stands over the rows, px from the top of the window. */
  readonly top: number;
  readonly scrollTo: (index: number) => void;
}

/** Frames that a row may take to be drawn after the window has moved. */
const MOST_FRAMES = 30;

export function useRowKeys(keys: RowKeys): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    const rowOf = (index: number) =>
      latest.current.body.current?.querySelector<HTMLElement>(`:scope > [data-index="${index}"]`) ?? null;
    const focus = (index: number, frames = 0): void => {
      const link = rowOf(index)?.querySelector<HTMLElement>("a");
      if (link) link.focus({ preventScroll: true });
      else if (frames < MOST_FRAMES) requestAnimationFrame(() => focus(index, frames + 1));
    };
    const firstInView = () => {
      const rows = [...(latest.current.body.current?.children ?? [])];
      const row = rows.find((each) => each.getBoundingClientRect().top >= latest.current.top);
      return Number(row?.getAttribute("data-index") ?? 0);
    };
    const onKey = (event: KeyboardEvent) => {
      const { target, ctrlKey, metaKey, altKey } = event;
      if (ctrlKey || metaKey || altKey || event.defaultPrevented || !(target instanceof HTMLElement)) return;
      const { body, total, scrollTo } = latest.current;
      const isOwn = body.current?.contains(target) === true;
      // A box of a row takes no letters; every other field does, and what is open above the page has keys of its own.
      const other = target.closest("input, textarea, select, [contenteditable], [role='dialog'], [role='menu']");
      if (other !== null && !(isOwn && other.getAttribute("type") === "checkbox")) return;
      const key = meantKey(event);
      const row = isOwn ? target.closest("[data-index]") : null;
      if (key === "x" && row !== null) {
        event.preventDefault();
        row.querySelector<HTMLElement>("input[type='checkbox']")?.click();
      } else if ((key === "j" || key === "k") && total > 0) {
        event.preventDefault();
        const index = row === null ? firstInView() : Number(row.getAttribute("data-index")) + (key === "j" ? 1 : -1);
        const wanted = Math.min(total - 1, Math.max(0, index));
        scrollTo(wanted);
        focus(wanted);
      }
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, []);
}
