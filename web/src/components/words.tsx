// What a place says while it has nothing to show: loading, failed, or truly empty, each with a way out.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Button, Skeleton } from "@mantine/core";
import { IconCloudOff, IconLock, type TablerIcon } from "@tabler/icons-react";
import type { ReactNode } from "react";
import { Link } from "react-router";
import { t } from "../i18n/i18n.js";
import { links } from "../model/links.js";
import classes from "./words.module.css";

interface EmptyProps {
  readonly icon?: TablerIcon;
  readonly title: string;
  readonly children?: ReactNode;
}

export function Empty({ icon: Icon, title, children }: EmptyProps) {
  return (
    <div className={classes.empty}>
      {Icon !== undefined && <Icon size={28} stroke={1.5} aria-hidden className={classes.icon} />}
      <p className={classes.title}>{title}</p>
      {children !== undefined && <div className={classes.more}>{children}</div>}
    </div>
  );
}

/** Grey bars of about the height of what will come, so that nothing jumps. */
export function Loading({ rows = 6 }: { readonly rows?: number }) {
  return (
    <div className={classes.loading} role="status">
      <span className="sr-only">{t("words:loading")}</span>
      {Array.from({ length: rows }, (_, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars are all the same
        <Skeleton key={row} height={14} width={`${92 - ((row * 17) % 40)}%`} animate />
      ))}
    </div>
  );
}

interface FailedProps {
  readonly error: unknown;
  readonly what: string;
  readonly retry?: (() => void) | undefined;
  readonly children?: ReactNode;
}

export function Failed({ error, what, retry, children }: FailedProps) {
  const { kind, message } = FleetError.from(error);
  const forbidden = kind === "forbidden";
  return (
    <div role="alert">
      <Empty icon={forbidden ? IconLock : IconCloudOff} title={what}>
        <p className="sentence any-break">{message}</p>
        {forbidden && (
          <p>
            {t("words:forbidden")} <Link to={links.access()}>{t("words:yourAccess")}</Link>
          </p>
        )}
        {retry !== undefined && (
          <Button variant="default" size="xs" onClick={retry}>
            {t("words:tryAgain")}
          </Button>
        )}
        {children}
      </Empty>
    </div>
  );
}
