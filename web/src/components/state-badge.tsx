// A process state as colour, shape and word; an instance's liveness likewise.
import type { Liveness, ProcessState } from "@fleetvisor/proto/vocabulary/states";
import { Badge } from "@mantine/core";
import {
  IconAlertTriangleFilled,
  IconArrowBarDown,
  IconArrowBarUp,
  IconCircleCheckFilled,
  IconClockExclamation,
  IconDoorExit,
  IconHelp,
  IconPlayerPlayFilled,
  IconPlayerStopFilled,
  IconPlugConnectedX,
  IconRefreshAlert,
  type TablerIcon,
} from "@tabler/icons-react";
import { t } from "../i18n/i18n.js";
import { LIVENESS_LOOKS, STATE_LOOKS, type StateGlyph } from "../model/states.js";
import classes from "./state-badge.module.css";

const GLYPHS: Readonly<Record<StateGlyph, TablerIcon>> = {
  bang: IconAlertTriangleFilled,
  retry: IconRefreshAlert,
  question: IconHelp,
  exit: IconDoorExit,
  down: IconArrowBarDown,
  up: IconArrowBarUp,
  square: IconPlayerStopFilled,
  play: IconPlayerPlayFilled,
};

const LIVENESS_GLYPHS: Readonly<Record<Liveness, TablerIcon>> = {
  live: IconCircleCheckFilled,
  late: IconClockExclamation,
  lost: IconPlugConnectedX,
};

/** A kit colour strong enough for a bare shape on the page, light or dark. */
export function tintOf(colour: string): string {
  return `light-dark(var(--mantine-color-${colour}-8), var(--mantine-color-${colour}-4))`;
}

/** The shape alone, for places that give the word themselves. */
export function StateGlyphIcon({ state, size = 14 }: { readonly state: ProcessState; readonly size?: number }) {
  const Icon = GLYPHS[STATE_LOOKS[state].glyph];
  return <Icon size={size} aria-hidden className={classes.glyph} />;
}

interface StateBadgeProps {
  readonly state: ProcessState;
  /** The row is old: the supervisor has not been heard of. */
  readonly stale?: boolean;
  readonly size?: "sm" | "lg";
}

export function StateBadge({ state, stale = false, size = "sm" }: StateBadgeProps) {
  const look = STATE_LOOKS[state];
  return (
    <Badge
      className={classes.badge}
      classNames={{ label: classes.label ?? "" }}
      data-fit={size === "lg" || undefined}
      variant={stale ? "outline" : "light"}
      color={stale ? "gray" : look.colour}
      size={size === "lg" ? "lg" : "md"}
      radius="sm"
      leftSection={<StateGlyphIcon state={state} size={size === "lg" ? 16 : 13} />}
      title={t(stale ? "states:staleTitle" : "states:title", { state, meaning: look.meaning })}
      data-stale={stale || undefined}
    >
      {look.word}
    </Badge>
  );
}

/** For a process whose state says that all is well, while it restarts again and again. */
export function RestlessBadge() {
  return (
    <Badge
      className={classes.badge}
      classNames={{ label: classes.label ?? "" }}
      variant="light"
      color={STATE_LOOKS.BACKOFF.colour}
      size="md"
      radius="sm"
      leftSection={<IconRefreshAlert size={13} aria-hidden className={classes.glyph} />}
      title={t("home:trouble.restlessMeaning")}
    >
      {t("home:trouble.restless")}
    </Badge>
  );
}

export function LivenessIcon({ liveness, size = 16 }: { readonly liveness: Liveness; readonly size?: number }) {
  const Icon = LIVENESS_GLYPHS[liveness];
  return <Icon size={size} aria-hidden className={classes.liveness} data-liveness={liveness} />;
}

interface LivenessBadgeProps {
  readonly liveness: Liveness;
  readonly size?: "sm" | "lg";
}

export function LivenessBadge({ liveness, size = "sm" }: LivenessBadgeProps) {
  const look = LIVENESS_LOOKS[liveness];
  return (
    <Badge
      className={classes.badge}
      classNames={{ label: classes.label ?? "" }}
      data-fit={size === "lg" || undefined}
      variant="light"
      color={look.colour}
      size={size === "lg" ? "lg" : "md"}
      radius="sm"
      leftSection={<LivenessIcon liveness={liveness} size={size === "lg" ? 16 : 13} />}
      title={look.meaning}
    >
      {look.word}
    </Badge>
  );
}
