// History of the fleet as it happens: narrowed by selector, time, kind, cause and user, page after page, or all of it as a file. The URL is the filter.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { Button } from "@mantine/core";
import { IconFilterOff, IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { useEffect, useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { useEvents, useNews } from "../../api/events.js";
import { eventExport } from "../../api/export.js";
import { useLive } from "../../api/live-context.js";
import { ExportMenu } from "../../components/export-menu.js";
import { Panel } from "../../components/panel.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { t } from "../../i18n/i18n.js";
import { usePageTitle } from "../../lib/page-title.js";
import { ANY_EVENT, type EventFilter, eventFilterParams, isFiltered, parseEventFilter } from "../../model/events.js";
import { buildHistory } from "../../model/history.js";
import { EventFilters } from "./event-filters.js";
import { EventRows } from "./event-rows.js";
import classes from "./events-page.module.css";
import { NewsBar } from "./news-bar.js";

export function EventsPage() {
  usePageTitle(t("events:title"));
  const { state } = useLive();
  const [params, setParams] = useSearchParams();
  const filter = useMemo(() => parseEventFilter(params), [params]);
  const [following, setFollowing] = useState(true);
  const events = useEvents(filter);
  const pages = events.isPlaceholderData ? undefined : events.data?.pages;
  const news = useNews(filter, pages, following);
  const rows = useMemo(() => buildHistory(events.data?.pages.flatMap(({ items }) => items) ?? []), [events.data]);
  const { inUse, watch, letGo } = useInUse();
  const takesItself = news.count > 0 && !inUse;
  useEffect(() => {
    // Nobody points at the rows and the newest are in view: they come in by themselves.
    if (takesItself && window.scrollY < NEAR_TOP_PX) news.take();
  });
  const error = events.isError ? FleetError.from(events.error) : null;
  const badSelector = error?.kind === "invalid-argument" ? error.message : null;
  const show = (part: Partial<EventFilter>) => setParams(eventFilterParams({ ...filter, ...part }), { replace: true });
  return (
    <div className={classes.page}>
      <h1 className="sr-only">{t("events:title")}</h1>
      <EventFilters filter={filter} show={show} problem={badSelector} />
      <Panel
        title={t("events:newestFirst")}
        flush
        actions={
          <>
            <Button
              variant="default"
              size="xs"
              leftSection={following ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}
              title={t(following ? "events:pauseTip" : "events:followTip")}
              onClick={() => setFollowing(!following)}
            >
              {t(following ? "events:pause" : "events:follow")}
            </Button>
            <ExportMenu
              source={eventExport(filter, () => Date.now() + state.clockOffsetMs)}
              name="fleetvisor-events"
              disabled={rows.length === 0}
            />
          </>
        }
      >
        {/* On its way to the button the pointer has not left. */}
        <div {...watch}>
          <NewsBar
            news={news}
            onTake={() => {
              news.take();
              letGo();
            }}
          />
          {events.isPending ? (
            <Loading rows={12} />
          ) : badSelector !== null ? (
            <Empty icon={IconFilterOff} title={t("words:selectorUnread")} />
          ) : rows.length === 0 && error !== null ? (
            <Failed error={error} what={t("events:failed")} retry={() => void events.refetch()} />
          ) : rows.length === 0 && isFiltered(filter) ? (
            <Empty icon={IconFilterOff} title={t("events:noneMatches")}>
              <Button variant="default" size="xs" onClick={() => show(ANY_EVENT)}>
                {t("events:showEvery")}
              </Button>
            </Empty>
          ) : rows.length === 0 ? (
            <Empty title={t("events:nothing")} />
          ) : (
            <EventRows rows={rows} />
          )}
        </div>
        {events.hasNextPage && (
          <div className={classes.more}>
            <Button
              variant="default"
              size="xs"
              loading={events.isFetchingNextPage}
              onClick={() => void events.fetchNextPage()}
            >
              {t("events:earlier")}
            </Button>
          </div>
        )}
      </Panel>
    </div>
  );
}

/** Down to here the newest rows are in view. */
const NEAR_TOP_PX = 40;

/** Whether somebody points at the rows or has put the focus among them. */
function useInUse() {
  const [pointed, setPointed] = useState(false);
  const [focused, setFocused] = useState(false);
  return {
    inUse: pointed || focused,
    /** The button under the pointer is gone, and no browser says so. */
    letGo() {
      setPointed(false);
      setFocused(false);
    },
    watch: {
      onPointerMove: () => setPointed(true),
      onPointerLeave: () => setPointed(false),
      onFocus: () => setFocused(true),
      onBlur: ({ currentTarget, relatedTarget }: React.FocusEvent) => {
        if (!currentTarget.contains(relatedTarget)) setFocused(false);
      },
    },
  };
}
