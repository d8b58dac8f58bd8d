// The lines of several logs, each coloured and labelled by whose it is: search, pause, hide one.
import { ActionIcon, Button, Tooltip } from "@mantine/core";
import {
  IconArrowDown,
  IconClearAll,
  IconDownload,
  IconPlayerPauseFilled,
  IconPlayerPlayFilled,
  IconTextWrap,
} from "@tabler/icons-react";
import { type ReactNode, useMemo, useRef, useState } from "react";
import { type LinesHandle, LogLines } from "../../components/log/log-lines.js";
import viewer from "../../components/log/log-viewer.module.css";
import { SearchBar } from "../../components/log/search-bar.js";
import { useLineSearch } from "../../components/log/use-line-search.js";
import { Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { download } from "../../lib/download.js";
import { formatTimeOfDay } from "../../lib/time-of-day.js";
import type { Wanted } from "../../model/line-match.js";
import { buildHits, nextHit } from "../../model/log-hits.js";
import { buildSources, type LogMerge, missingWords } from "../../model/log-merge.js";
import classes from "./merged-logs.module.css";
import { Sources } from "./sources.js";
import type { FollowedLogs } from "./use-logs.js";

const NOTHING_HIDDEN: ReadonlySet<number> = new Set();

interface MergedLogsProps {
  readonly logs: FollowedLogs;
  readonly wanted: Wanted;
  readonly only: boolean;
  readonly onSearch: (part: { readonly wanted?: Wanted; readonly only?: boolean }) => void;
}

export function MergedLogs({ logs: { view, clear, again }, wanted, only, onSearch }: MergedLogsProps) {
  const [frozen, setFrozen] = useState<LogMerge | null>(null);
  const [wrap, setWrap] = useState(true);
  const [hidden, setHidden] = useState(NOTHING_HIDDEN);
  const [hitId, setHitId] = useState<number | null>(null);
  const [following, setFollowing] = useState(true);
  const lines = useRef<LinesHandle>(null);
  const merge = frozen ?? view.merge;
  const sources = useMemo(() => buildSources(view.logs ?? []), [view.logs]);
  const kept = useMemo(
    () => merge.rows.filter(({ source }) => source === null || !hidden.has(source)),
    [merge.rows, hidden],
  );
  const rows = useMemo(() => kept.map(({ row }) => row), [kept]);
  const whose = useMemo(() => new Map(kept.map((merged) => [merged.row.id, merged])), [kept]);
  const search = useLineSearch(rows, wanted);
  const isOnly = only && wanted.text !== "" && search.problem === null;
  const shown = useMemo(
    () => buildHits(rows, search.hits, { currentId: hitId, only: isOnly }),
    [rows, search.hits, hitId, isOnly],
  );
  if (view.logs === null) return <Loading rows={10} />;

  function step(by: 1 | -1) {
    const id = nextHit(shown, by);
    if (id === null) return;
    setHitId(id);
    lines.current?.show(id);
  }

  /** The hit that was found stays in view among the lines around it. */
  function showAll() {
    onSearch({ only: false });
    if (hitId !== null) requestAnimationFrame(() => lines.current?.show(hitId));
  }

  function save() {
    const text = shown.rows.map(({ id, text: line }) => {
      const source = whose.get(id)?.source ?? null;
      return `${source === null ? "" : `${sources[source]?.label}  `}${line}\n`;
    });
    download("fleetvisor-logs.txt", new Blob(text, { type: "text/plain;charset=utf-8" }));
  }

  const waiting = frozen === null ? 0 : view.merge.nextId - frozen.nextId;
  return (
    <div className={classes.box}>
      <Sources sources={sources} hidden={hidden} away={view.away} onHidden={setHidden} />
      <div className={viewer.bar}>
        <SearchBar
          wanted={wanted}
          onWanted={(part) => {
            onSearch({ wanted: { ...wanted, ...part } });
            setHitId(null);
          }}
          only={only}
          onOnly={(next) => (next ? onSearch({ only: true }) : showAll())}
          problem={search.isTooSlow ? t("logs:search.tooSlow") : search.problem}
          count={shown.hitIds.length}
          current={shown.current}
          step={step}
        />
        <div className={viewer.tools}>
          <Tool icon={<IconTextWrap size={16} />} word={t("logs:wrap")} on={wrap} onClick={() => setWrap(!wrap)} />
          <Tool icon={<IconDownload size={16} />} word={t("logs:download.shown")} onClick={save} />
          <Tool
            icon={<IconClearAll size={16} />}
            word={t("logs:clear")}
            onClick={() => {
              setFrozen(null);
              clear();
            }}
          />
          <Button
            className={viewer.pause ?? ""}
            size="compact-sm"
            variant={frozen === null ? "default" : "light"}
            leftSection={frozen === null ? <IconPlayerPauseFilled size={13} /> : <IconPlayerPlayFilled size={13} />}
            onClick={() => setFrozen(frozen === null ? view.merge : null)}
          >
            {frozen === null ? t("logs:pause") : t("logs:resume")}
          </Button>
        </div>
      </div>
      <div className={viewer.area}>
        <LogLines
          ref={lines}
          rows={shown.rows}
          dropped={merge.dropped}
          wrap={wrap}
          hits={search.hits}
          currentId={hitId}
          following={following}
          onFollowing={setFollowing}
          label={({ id }) => {
            const merged = whose.get(id);
            const source = merged?.source == null ? undefined : sources[merged.source];
            if (merged === undefined || source === undefined) return null;
            return (
              <span className={classes.label}>
                <span className={classes.time}>{merged.atMs === null ? "" : formatTimeOfDay(merged.atMs)}</span>
                <span style={{ color: source.colour }}>{source.label}</span>
              </span>
            );
          }}
          empty={
            hidden.size > 0 && merge.rows.length > 0 && rows.length === 0 ? (
              <>
                <p>{t("logs:page.allHidden")}</p>
                <Button variant="default" size="xs" onClick={() => setHidden(NOTHING_HIDDEN)}>
                  {t("logs:page.showAll")}
                </Button>
              </>
            ) : isOnly && rows.length > 0 ? (
              <>
                <p>{t("logs:search.noneShown")}</p>
                <Button variant="default" size="xs" onClick={showAll}>
                  {t("logs:search.showAll")}
                </Button>
              </>
            ) : (
              t("logs:page.nothingYet")
            )
          }
        />
        {!following && (
          <Button
            className={viewer.end ?? ""}
            size="compact-sm"
            leftSection={<IconArrowDown size={14} />}
            onClick={() => setFollowing(true)}
          >
            {t("logs:toEnd")}
          </Button>
        )}
      </div>
      <p className={viewer.status} role="status">
        <span>
          {frozen === null
            ? t(`logs:status.${view.status}`)
            : waiting > 0
              ? t("logs:pausedNew", { count: waiting })
              : t("logs:paused")}
        </span>
        {view.status === "reconnecting" && (
          <Button variant="subtle" size="compact-xs" onClick={again}>
            {t("logs:tryNow")}
          </Button>
        )}
        <span>{t("logs:page.byArrival")}</span>
        {missingWords({ ...view, followed: view.logs.length }).map((words) => (
          <strong key={words}>{words}</strong>
        ))}
        {merge.dropped > 0 && <span>{t("logs:dropped", { count: merge.dropped })}</span>}
      </p>
    </div>
  );
}

interface ToolProps {
  readonly icon: ReactNode;
  readonly word: string;
  readonly on?: boolean;
  readonly onClick: () => void;
}

function Tool({ icon, word, on, onClick }: ToolProps) {
  return (
    <Tooltip label={word}>
      <ActionIcon
        variant={on === true ? "light" : "subtle"}
        color={on === true ? "indigo" : "gray"}
        aria-label={word}
        {...(on === undefined ? {} : { "aria-pressed": on })}
        onClick={onClick}
      >
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
