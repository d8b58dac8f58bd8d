// The fields that narrow history: selector, time, kind, cause and user.
import { HISTORY_CAUSE_NAMES, HISTORY_KIND_NAMES } from "@fleetvisor/proto/vocabulary/history";
import { NativeSelect } from "@mantine/core";
import { SelectorBox } from "../../components/selector-box.js";
import { TypedInput } from "../../components/typed-input.js";
import { t } from "../../i18n/i18n.js";
import type { EventFilter } from "../../model/events.js";
import { SPANS } from "../../model/spans.js";
import classes from "./events-page.module.css";

interface EventFiltersProps {
  readonly filter: EventFilter;
  readonly show: (part: Partial<EventFilter>) => void;
  /** What the controller says of a selector that it cannot read. */
  readonly problem: string | null;
}

export function EventFilters({ filter, show, problem }: EventFiltersProps) {
  return (
    <search className={classes.filters}>
      <SelectorBox
        className={classes.selector}
        placeholder={t("events:selectorExample")}
        value={filter.selector}
        error={problem}
        onValue={(selector) => show({ selector })}
      />
      <NativeSelect
        aria-label={t("events:time")}
        value={filter.span?.key ?? ""}
        data={[
          { value: "", label: t("events:anyTime") },
          ...SPANS.map(({ key, word }) => ({ value: key, label: t("events:lastSpan", { span: word }) })),
        ]}
        onChange={({ currentTarget: { value } }) => show({ span: SPANS.find(({ key }) => key === value) ?? null })}
      />
      <NativeSelect
        aria-label={t("events:kind")}
        value={filter.kind ?? ""}
        data={[
          { value: "", label: t("events:anyKind") },
          ...HISTORY_KIND_NAMES.map((value) => ({ value, label: t(`events:kinds.${value}`) })),
        ]}
        onChange={({ currentTarget: { value } }) =>
          show({ kind: HISTORY_KIND_NAMES.find((name) => name === value) ?? null })
        }
      />
      <NativeSelect
        aria-label={t("events:cause")}
        value={filter.cause ?? ""}
        data={[
          { value: "", label: t("events:anyCause") },
          ...HISTORY_CAUSE_NAMES.map((value) => ({ value, label: t(`events:causes.${value}`) })),
        ]}
        onChange={({ currentTarget: { value } }) =>
          show({ cause: HISTORY_CAUSE_NAMES.find((name) => name === value) ?? null })
        }
      />
      <TypedInput
        label={t("events:user")}
        placeholder={t("events:user")}
        value={filter.user}
        onValue={(user) => show({ user })}
      />
    </search>
  );
}
