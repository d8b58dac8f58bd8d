// How far back a page looks: the choices and their lengths.
import type { en } from "../i18n/en/index.js";
import { t } from "../i18n/i18n.js";

type SpanKey = Exclude<keyof typeof en.common.spans, "label">;

export interface Span {
  readonly key: SpanKey;
  readonly word: string;
  readonly ms: number;
}

const HOUR = 3_600_000;

const span = (key: SpanKey, ms: number): Span => ({
  get word() {
    return t(`spans.${key}`);
  },
  ...{ key, ms },
});

const FIRST = span("1h", HOUR);

export const SPANS: readonly Span[] = [
  FIRST,
  span("6h", 6 * HOUR),
  span("24h", 24 * HOUR),
  span("7d", 7 * 24 * HOUR),
  span("30d", 30 * 24 * HOUR),
];

/** The span that a URL names, else an hour. */
export function parseSpan(text: string | null): Span {
  return SPANS.find(({ key }) => key === text) ?? FIRST;
}
