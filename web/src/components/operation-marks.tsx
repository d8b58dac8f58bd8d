// State and progress of operations as colour, shape and word.
import type { OperationState, TargetResult } from "@fleetvisor/proto/vocabulary/operations";
import { Badge } from "@mantine/core";
import {
  IconAlertTriangleFilled,
  IconCircleCheckFilled,
  IconDots,
  IconEye,
  IconHelp,
  IconPlayerSkipForwardFilled,
  IconSend,
  type TablerIcon,
} from "@tabler/icons-react";
import { t } from "../i18n/i18n.js";
import { formatCount } from "../lib/format.js";
import { operationLook, type Progress, RESULT_LOOKS, type ResultLook, resultWords } from "../model/operations.js";
import classes from "./operation-marks.module.css";
import { tintOf } from "./state-badge.js";

const GLYPHS: Readonly<Record<ResultLook["glyph"], TablerIcon>> = {
  dots: IconDots,
  send: IconSend,
  eye: IconEye,
  check: IconCircleCheckFilled,
  bang: IconAlertTriangleFilled,
  question: IconHelp,
  skip: IconPlayerSkipForwardFilled,
};

export function OperationBadge({ state, large = false }: { readonly state: OperationState; readonly large?: boolean }) {
  const { word, colour, meaning } = operationLook(state);
  return (
    <Badge
      className={classes.badge ?? ""}
      classNames={{ label: classes.label ?? "" }}
      variant="light"
      color={colour}
      radius="sm"
      size={large ? "lg" : "md"}
      title={meaning}
    >
      {word}
    </Badge>
  );
}

export function ResultMark({ result }: { readonly result: TargetResult }) {
  const { word, colour, glyph } = RESULT_LOOKS[result];
  const Icon = GLYPHS[glyph];
  return (
    <span className={classes.result}>
      <span className={classes.glyph} style={{ color: tintOf(colour) }}>
        <Icon size={15} aria-hidden />
      </span>
      {word}
    </span>
  );
}

export function ResultIcon({ result, size = 13 }: { readonly result: TargetResult; readonly size?: number }) {
  const Icon = GLYPHS[RESULT_LOOKS[result].glyph];
  return <Icon size={size} aria-hidden />;
}

/** How the targets divide over the results: a bar for the eye, words for the ear. */
export function ProgressBar({ progress, label }: { readonly progress: Progress; readonly label: string }) {
  const { counts, done, total } = progress;
  return (
    <div className={classes.progress}>
      <div
        className={classes.bar}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
        aria-valuetext={resultWords(counts)}
      >
        {counts.map(({ result, count }) => (
          <span
            key={result}
            className={classes.part}
            data-rest={result === "pending" || undefined}
            style={{ flexGrow: count, background: `var(--mantine-color-${RESULT_LOOKS[result].colour}-6)` }}
          />
        ))}
      </div>
      <span className="num no-break">
        {t("operations:doneOf", { done: formatCount(done), total: formatCount(total) })}
      </span>
    </div>
  );
}
