// History of the fleet: narrowed by selector, time, cause and user, page after page, or all of it as a file. The URL is the filter.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { HISTORY_CAUSE_NAMES, HISTORY_CAUSES } from "@fleetvisor/proto/vocabulary/history";
import { Button, NativeSelect } from "@mantine/core";
import { IconDownload, IconFilterOff, IconRefresh, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { useSearchParams } from "react-router";
import { exportEvents, useEvents } from "../../api/events.js";
import { useLive } from "../../api/live-context.js";
import { useNotices } from "../../components/notices.js";
import { Panel } from "../../components/panel.js";
import { TypedInput } from "../../components/typed-input.js";
import { Empty, Failed, Loading } from "../../components/words.js";
import { download } from "../../lib/download.js";
import { formatCount } from "../../lib/format.js";
import { usePageTitle } from "../../lib/page-title.js";
import { ANY_EVENT, type EventFilter, eventFilterParams, isFiltered, parseEventFilter } from "../../model/events.js";
import { buildHistory } from "../../model/history.js";
import { SPANS } from "../../model/spans.js";
import { EventRows } from "./event-rows.js";
import classes from "./events-page.module.css";

export function EventsPage() {
  usePageTitle("Events");
  const [params, setParams] = useSearchParams();
  const filter = useMemo(() => parseEventFilter(params), [params]);
  const events = useEvents(filter);
  const rows = useMemo(() => buildHistory(events.data?.pages.flatMap(({ items }) => items) ?? []), [events.data]);
  const error = events.isError ? FleetError.from(events.error) : null;
  const badSelector = error?.kind === "invalid-argument" ? error.message : null;
  const show = (part: Partial<EventFilter>) => setParams(eventFilterParams({ ...filter, ...part }), { replace: true });
  return (
    <div className={classes.page}>
      <h1 className="sr-only">Events</h1>
      <search className={classes.filters}>
        <TypedInput
          className={classes.selector}
          label="Selector"
          placeholder="Selector: web-*/api:*  role=db  state=FATAL"
          icon={<IconSearch size={17} />}
          value={filter.selector}
          error={badSelector}
          onValue={(selector) => show({ selector })}
        />
        <NativeSelect
          aria-label="Time"
          value={filter.span?.key ?? ""}
          data={[
            { value: "", label: "Any time" },
            ...SPANS.map(({ key, word }) => ({ value: key, label: `Last ${word}` })),
          ]}
          onChange={({ currentTarget: { value } }) => show({ span: SPANS.find(({ key }) => key === value) ?? null })}
        />
        <NativeSelect
          aria-label="Cause"
          value={filter.cause ?? ""}
          data={[
            { value: "", label: "Any cause" },
            ...Object.entries(HISTORY_CAUSES).map(([value, label]) => ({ value, label })),
          ]}
          onChange={({ currentTarget: { value } }) =>
            show({ cause: HISTORY_CAUSE_NAMES.find((name) => name === value) ?? null })
          }
        />
        <TypedInput label="User" placeholder="User" value={filter.user} onValue={(user) => show({ user })} />
      </search>
      <Panel
        title="Events, newest first"
        flush
        actions={
          <>
            <Button
              variant="default"
              size="xs"
              leftSection={<IconRefresh size={15} />}
              loading={events.isRefetching}
              onClick={() => void events.refetch()}
            >
              Look again
            </Button>
            <Export filter={filter} disabled={rows.length === 0} />
          </>
        }
      >
        {events.isPending ? (
          <Loading rows={12} />
        ) : badSelector !== null ? (
          <Empty icon={IconFilterOff} title="The selector cannot be read" />
        ) : rows.length === 0 && error !== null ? (
          <Failed error={error} what="History cannot be shown" retry={() => void events.refetch()} />
        ) : rows.length === 0 && isFiltered(filter) ? (
          <Empty icon={IconFilterOff} title="No event matches">
            <Button variant="default" size="xs" onClick={() => show(ANY_EVENT)}>
              Show every event
            </Button>
          </Empty>
        ) : rows.length === 0 ? (
          <Empty title="Nothing has happened yet" />
        ) : (
          <EventRows rows={rows} />
        )}
        {events.hasNextPage && (
          <div className={classes.more}>
            <Button
              variant="default"
              size="xs"
              loading={events.isFetchingNextPage}
              onClick={() => void events.fetchNextPage()}
            >
              Earlier
            </Button>
          </div>
        )}
      </Panel>
    </div>
  );
}

function Export({ filter, disabled }: { readonly filter: EventFilter; readonly disabled: boolean }) {
  const { state } = useLive();
  const notices = useNotices();
  const [busy, setBusy] = useState(false);
  async function save() {
    setBusy(true);
    try {
      const { text, count, cut } = await exportEvents(filter, Date.now() + state.clockOffsetMs);
      download("fleetvisor-events.ndjson", "application/x-ndjson", text);
      if (cut)
        notices.problem(
          "Not everything is in the file",
          `It holds the newest ${formatCount(count)} events: narrow the filter.`,
        );
    } catch (error) {
      notices.problem("Could not export", FleetError.from(error).message);
    }
    setBusy(false);
  }
  return (
    <Button
      variant="default"
      size="xs"
      leftSection={<IconDownload size={15} />}
      loading={busy}
      disabled={disabled}
      onClick={() => void save()}
    >
      Export as ndjson
    </Button>
  );
}
