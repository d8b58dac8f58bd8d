// How far back a page looks, chosen by the URL's `span`.
import { SegmentedControl } from "@mantine/core";
import { useSearchParams } from "react-router";
import { t } from "../i18n/i18n.js";
import { parseSpan, SPANS, type Span } from "../model/spans.js";

export function useSpan(): Span {
  const [params] = useSearchParams();
  return parseSpan(params.get("span"));
}

export function SpanChoice() {
  const [, setParams] = useSearchParams();
  return (
    <SegmentedControl
      size="xs"
      aria-label={t("spans.label")}
      data={SPANS.map(({ key, word }) => ({ value: key, label: word }))}
      value={useSpan().key}
      onChange={(span) =>
        setParams(
          (old) => {
            old.set("span", span);
            return old;
          },
          { replace: true },
        )
      }
    />
  );
}
