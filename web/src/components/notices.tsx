// Notices in the corner: what became of an operation or a request. Good ones go by themselves, bad ones stay.
import type { Operation, OperationTarget } from "@fleetvisor/proto/api/v1";
import { Button, Notification, Progress } from "@mantine/core";
import { IconAlertTriangle, IconCheck } from "@tabler/icons-react";
import { createContext, type ReactNode, useCallback, useContext, useEffect, useMemo, useState } from "react";
import { Link } from "react-router";
import { useOperation } from "../api/queries.js";
import { t } from "../i18n/i18n.js";
import { formatCount } from "../lib/format.js";
import { links } from "../model/links.js";
import { buildOperation } from "../model/operation-notice.js";
import classes from "./notices.module.css";

type Notice =
  | { readonly id: number; readonly type: "operation"; readonly operation: Operation }
  | { readonly id: number; readonly type: "problem"; readonly title: string; readonly message: string };

interface Notices {
  readonly operation: (operation: Operation) => void;
  readonly problem: (title: string, message: string) => void;
}

const NoticesContext = createContext<Notices | null>(null);

export function useNotices(): Notices {
  const notices = useContext(NoticesContext);
  if (notices === null) throw new Error("useNotices outside of its provider");
  return notices;
}

/** More than these at once would cover the page. */
const MOST = 4;
const GOOD_MS = 5_000;
/** Failed targets shown by name in a notice. */
const MOST_FAILURES = 6;

let nextId = 1;

export function NoticesProvider({ children }: { readonly children: ReactNode }) {
  const [list, setList] = useState<readonly Notice[]>([]);
  const dismiss = useCallback((id: number) => setList((old) => old.filter((notice) => notice.id !== id)), []);
  const notices = useMemo<Notices>(() => {
    const add = (notice: Notice) => setList((old) => [...old.slice(1 - MOST), notice]);
    return {
      operation: (operation) => add({ id: nextId++, type: "operation", operation }),
      problem: (title, message) => add({ id: nextId++, type: "problem", title, message }),
    };
  }, []);
  return (
    <NoticesContext value={notices}>
      {children}
      <section className={classes.region} aria-label={t("operations:notices.region")} aria-live="polite">
        {list.map((notice) =>
          notice.type === "operation" ? (
            <OperationNotice key={notice.id} started={notice.operation} close={() => dismiss(notice.id)} />
          ) : (
            <Notification
              key={notice.id}
              className={classes.notice}
              classNames={{ description: classes.description ?? "" }}
              color="red"
              icon={<IconAlertTriangle size={18} />}
              title={notice.title}
              onClose={() => dismiss(notice.id)}
              closeButtonProps={{ "aria-label": t("operations:notices.close") }}
              withBorder
            >
              <span className="any-break">{notice.message}</span>
            </Notification>
          ),
        )}
      </section>
    </NoticesContext>
  );
}

function linkOf({ instance, group, name }: OperationTarget): string {
  return group === null || name === null ? links.instance(instance) : links.process({ instance, group, name });
}

function OperationNotice({ started, close }: { readonly started: Operation; readonly close: () => void }) {
  const operation = useOperation(started);
  const view = buildOperation(operation);
  const [all, setAll] = useState(false);
  useEffect(() => {
    if (view.tone !== "good") return;
    const timer = setTimeout(close, GOOD_MS);
    return () => clearTimeout(timer);
  }, [view.tone, close]);
  const failures = all ? view.failures : view.failures.slice(0, MOST_FAILURES);
  const targets = new Map(operation.targets.map((target) => [target.target, target]));
  return (
    <Notification
      className={classes.notice}
      classNames={{ description: classes.description ?? "" }}
      color={view.tone === "bad" ? "red" : view.tone === "good" ? "green" : "indigo"}
      loading={view.tone === "busy"}
      icon={
        view.tone === "busy" ? undefined : view.tone === "good" ? (
          <IconCheck size={18} />
        ) : (
          <IconAlertTriangle size={18} />
        )
      }
      title={<span className="any-break">{view.title}</span>}
      onClose={close}
      closeButtonProps={{ "aria-label": t("operations:notices.close") }}
      withBorder
      data-tone={view.tone}
    >
      {view.tone === "busy" && view.total > 1 && (
        <>
          <span className="num">
            {t("operations:finishedOf", {
              done: formatCount(view.finished),
              what: t("process", { count: view.total }),
            })}
          </span>
          <Progress
            value={(100 * view.finished) / view.total}
            size="sm"
            mt={4}
            aria-label={t("operations:notices.progress")}
          />
        </>
      )}
      {failures.length > 0 && (
        <ul className={`plain-list ${classes.failures}`}>
          {failures.map(({ target, message }) => {
            const named = targets.get(target);
            return (
              <li key={target} className="any-break">
                {named === undefined ? target : <Link to={linkOf(named)}>{target}</Link>}: {message}
              </li>
            );
          })}
        </ul>
      )}
      <Link className={classes.details} to={links.operation(operation.id)}>
        {t("operations:notices.show")}
      </Link>
      {failures.length < view.failures.length && (
        <Button variant="subtle" size="compact-xs" onClick={() => setAll(true)}>
          {t("operations:notices.showAll", { n: formatCount(view.failures.length) })}
        </Button>
      )}
    </Notification>
  );
}
