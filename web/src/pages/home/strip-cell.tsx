// One instance in the strip: a mark that tells its worst by shape and colour, with its name where there is room.
import { memo } from "react";
import { LivenessIcon, StateGlyphIcon, tintOf } from "../../components/state-badge.js";
import { type StripCell as Cell, cellLabel, sameCell } from "../../model/strip.js";
import { isWrong, type Worst, worstLook } from "../../model/worst.js";
import classes from "./strip.module.css";

/** Loud for what somebody should look at, plain for what simply runs, a shape in between. */
function toneOf(worst: Worst): "silent" | "wrong" | "calm" | "well" | "none" {
  if (worst === "lost" || worst === "late") return "silent";
  if (worst === "none") return "none";
  if (isWrong(worst)) return "wrong";
  return worst === "RUNNING" ? "well" : "calm";
}

function glyphOf(worst: Worst) {
  if (worst === "RUNNING" || worst === "none") return null;
  return worst === "lost" || worst === "late" ? (
    <LivenessIcon liveness={worst} size={11} />
  ) : (
    <StateGlyphIcon state={worst} size={11} />
  );
}

/** Attributes that make an element look as the kind does. */
function looksOf(worst: Worst) {
  const { colour } = worstLook(worst);
  const tint = {
    "--tint": tintOf(colour),
    "--ground": `var(--mantine-color-${colour}-light)`,
    "--word": `var(--mantine-color-${colour}-light-color)`,
  };
  return { "data-tone": toneOf(worst), "data-worst": worst, style: tint as React.CSSProperties };
}

/** The mark alone, for the legend. */
export function WorstMark({ worst }: { readonly worst: Worst }) {
  return (
    <span className={classes.cell} {...looksOf(worst)} aria-hidden>
      {glyphOf(worst)}
    </span>
  );
}

interface StripCellProps {
  readonly cell: Cell;
  readonly named: boolean;
  /** The one cell of the strip that Tab leads to. */
  readonly reachable: boolean;
}

export const StripCell = memo(
  function StripCell({ cell, named, reachable }: StripCellProps) {
    return (
      <li>
        <a
          href={cell.href}
          className={classes.cell}
          aria-label={cellLabel(cell)}
          data-cell={cell.name}
          data-named={named || undefined}
          tabIndex={reachable ? 0 : -1}
          {...looksOf(cell.worst)}
        >
          {glyphOf(cell.worst)}
          {named && <span className={classes.name}>{cell.name}</span>}
        </a>
      </li>
    );
  },
  (a, b) => a.named === b.named && a.reachable === b.reachable && sameCell(a.cell, b.cell),
);
