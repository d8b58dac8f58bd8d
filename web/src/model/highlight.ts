// A log line cut into pieces to draw: terminal colours and search hits laid over each other.
import type { AnsiSpan, AnsiStyle } from "./ansi.js";

/** Characters `start` to `end` (exclusive) of a line. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export interface Piece {
  readonly text: string;
  readonly style: AnsiStyle | null;
  readonly hit: boolean;
}

/** The pieces of a line in order; their texts joined are the line. Hits are in order and do not overlap. */
export function cutPieces(text: string, spans: readonly AnsiSpan[], hits: readonly Range[]): readonly Piece[] {
  if (spans.length === 0 && hits.length === 0) return text === "" ? [] : [{ text, style: null, hit: false }];
  const edges = new Set([0, text.length]);
  for (const { start, end } of [...spans, ...hits]) {
    if (end <= text.length) edges.add(start).add(end);
  }
  const cuts = [...edges].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [start = 0, end = 0] = [cuts[i], cuts[i + 1]];
    const within = (range: Range) => range.start <= start && end <= range.end;
    pieces.push({ text: text.slice(start, end), style: spans.find(within)?.style ?? null, hit: hits.some(within) });
  }
  return pieces;
}
