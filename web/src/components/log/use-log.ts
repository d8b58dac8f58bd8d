// A followed log as a value of a component: begins with it, ends with it.
import { useEffect, useState } from "react";
import { LogFollow, type LogSource, type LogView, NO_LOG_YET } from "../../api/log-follow.js";

export interface FollowedLog {
  readonly view: LogView;
  readonly clear: () => void;
  readonly again: () => void;
}

export function useLog({ instance, group, name, channel }: LogSource): FollowedLog {
  const [view, setView] = useState<LogView>(NO_LOG_YET);
  const [follow, setFollow] = useState<LogFollow | null>(null);
  useEffect(() => {
    const created: LogFollow = new LogFollow({ instance, group, name, channel }, () => setView(created.view));
    setView(NO_LOG_YET);
    setFollow(created);
    created.start();
    return () => created.stop();
  }, [instance, group, name, channel]);
  return { view, clear: () => follow?.clear(), again: () => follow?.again() };
}
