// Several followed logs as a value of a page: begins with it, ends with it.
import { useEffect, useState } from "react";
import { LogsFollow, type LogsSource, type LogsView, NO_LOGS_YET } from "../../api/logs-follow.js";

export interface FollowedLogs {
  readonly view: LogsView;
  readonly clear: () => void;
  readonly again: () => void;
}

/** Null follows none. */
export function useLogs(source: LogsSource | null): FollowedLogs {
  const [view, setView] = useState<LogsView>(NO_LOGS_YET);
  const [follow, setFollow] = useState<LogsFollow | null>(null);
  const selector = source?.selector ?? "";
  const channel = source?.channel ?? "stdout";
  useEffect(() => {
    setView(NO_LOGS_YET);
    if (selector === "") return setFollow(null);
    const created: LogsFollow = new LogsFollow({ selector, channel }, () => setView(created.view));
    setFollow(created);
    created.start();
    return () => created.stop();
  }, [selector, channel]);
  return { view, clear: () => follow?.clear(), again: () => follow?.again() };
}
