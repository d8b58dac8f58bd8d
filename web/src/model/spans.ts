// How far back a page looks: the choices and their lengths.

export interface Span {
  readonly key: string;
  readonly word: string;
  readonly ms: number;
}

const HOUR = 3_600_000;

export const SPANS: readonly Span[] = [
  { key: "1h", word: "1 h", ms: HOUR },
  { key: "6h", word: "6 h", ms: 6 * HOUR },
  { key: "24h", word: "24 h", ms: 24 * HOUR },
  { key: "7d", word: "7 d", ms: 7 * 24 * HOUR },
  { key: "30d", word: "30 d", ms: 30 * 24 * HOUR },
];

const FIRST: Span = { key: "1h", word: "1 h", ms: HOUR };

/** The span that a URL names, else an hour. */
export function parseSpan(text: string | null): Span {
  return SPANS.find(({ key }) => key === text) ?? FIRST;
}
