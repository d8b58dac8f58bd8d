// The part of a log before its end, as a value of a component.
import { useEffect, useState } from "react";
import type { LogSource } from "../../api/log-follow.js";
import { LogPast, NO_PAST, type PastView } from "../../api/log-past.js";

export interface Past {
  readonly view: PastView;
  /** Null until the component is on the page. */
  readonly reader: LogPast | null;
}

export function usePast({ instance, group, name, channel }: LogSource): Past {
  const [view, setView] = useState<PastView>(NO_PAST);
  const [reader, setReader] = useState<LogPast | null>(null);
  useEffect(() => {
    const created: LogPast = new LogPast({ instance, group, name, channel }, () => setView(created.view));
    setView(NO_PAST);
    setReader(created);
    return () => created.stop();
  }, [instance, group, name, channel]);
  return { view, reader };
}
