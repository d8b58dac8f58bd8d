// An event of history of which nothing is known, for tests to say the rest.
import type { HistoryEvent } from "./v1.js";

export const BLANK_EVENT: HistoryEvent = {
  id: 1,
  kind: "process-state",
  atMs: 0,
  instance: "web-1",
  group: null,
  name: null,
  fromState: null,
  toState: null,
  pid: null,
  exitCode: null,
  exitSignal: null,
  exitExpected: null,
  coreDumped: false,
  oomKilled: false,
  spawnError: null,
  uptimeMs: null,
  cpuMs: null,
  peakMemoryBytes: null,
  stdoutTail: null,
  stderrTail: null,
  operationId: null,
  user: null,
  detail: null,
};
