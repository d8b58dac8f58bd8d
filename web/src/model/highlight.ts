// A log line cut into pieces to draw: terminal colours and search hits laid over each other.
import type { AnsiSpan, AnsiStyle } from "./ansi.js";

export interface Piece {
  readonly text: string;
  readonly style: AnsiStyle | null;
  readonly hit: boolean;
}

/** Where `query` occurs in `text`, without regard to case; an empty query occurs nowhere. Start offsets. */
export function findHits(text: string, query: string): readonly number[] {
  if (query === "") return [];
  const haystack = text.toLowerCase();
  const needle = query.toLowerCase();
  // Lower-casing may change lengths (Turkish dotted I): then offsets would lie, so case counts for such a line.
  const [body, word] = haystack.length === text.length ? [haystack, needle] : [text, query];
  const hits: number[] = [];
  for (let at = body.indexOf(word); at >= 0; at = body.indexOf(word, at + word.length)) hits.push(at);
  return hits;
}

/** The pieces of a line in order; their texts joined are the line. */
export function cutPieces(text: string, spans: readonly AnsiSpan[], query: string): readonly Piece[] {
  const hits = findHits(text, query);
  if (spans.length === 0 && hits.length === 0) return text === "" ? [] : [{ text, style: null, hit: false }];
  const edges = new Set([0, text.length]);
  for (const span of spans) edges.add(span.start).add(span.end);
  for (const hit of hits) edges.add(hit).add(hit + query.length);
  const cuts = [...edges].sort((a, b) => a - b);
  const pieces: Piece[] = [];
  for (let i = 0; i + 1 < cuts.length; i++) {
    const [start = 0, end = 0] = [cuts[i], cuts[i + 1]];
    pieces.push({
      text: text.slice(start, end),
      style: spans.find((span) => span.start <= start && end <= span.end)?.style ?? null,
      hit: hits.some((hit) => hit <= start && end <= hit + query.length),
    });
  }
  return pieces;
}
