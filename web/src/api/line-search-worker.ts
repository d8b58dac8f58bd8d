// The thread of the browser in which a search runs: lines in, hits out. Whatever a pattern costs, it costs here.
import { type LineMatch, lineMatch, NOTHING_WANTED, type Wanted } from "../model/line-match.js";
import type { LineHits, SearchedLine } from "./line-search.js";

export type SearchOrder = { readonly wanted: Wanted } | { readonly lines: readonly SearchedLine[] };

/** A worker's own side of its channel: the page's types know only windows. */
const channel = globalThis as unknown as {
  onmessage: (event: { readonly data: SearchOrder }) => void;
  postMessage(hits: readonly LineHits[]): void;
};

let match: LineMatch = lineMatch(NOTHING_WANTED);

channel.onmessage = ({ data }) => {
  if ("wanted" in data) {
    match = lineMatch(data.wanted);
    // No hits, and a word that it is there.
    channel.postMessage([]);
  } else channel.postMessage(data.lines.map(({ id, text }) => ({ id, ranges: match(text) })));
};
