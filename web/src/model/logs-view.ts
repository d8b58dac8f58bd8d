// What the page of several logs shows, as its address says it: whose logs, and what is looked for in them.
import { NOTHING_WANTED, type Wanted } from "./line-match.js";

export const LOGS_CHANNELS = ["stdout", "stderr", "both"] as const;

export interface LogsView {
  /** Empty for none yet. */
  readonly selector: string;
  readonly channel: (typeof LOGS_CHANNELS)[number];
  readonly wanted: Wanted;
  /** Only lines that have it. */
  readonly only: boolean;
}

export const NO_LOGS: LogsView = { selector: "", channel: "stdout", wanted: NOTHING_WANTED, only: false };

export function logsViewParams({ selector, channel, wanted, only }: LogsView): URLSearchParams {
  const params = new URLSearchParams();
  if (selector !== "") params.set("q", selector);
  if (channel !== NO_LOGS.channel) params.set("channel", channel);
  if (wanted.text !== "") params.set(wanted.isPattern ? "pattern" : "find", wanted.text);
  else if (wanted.isPattern) params.set("pattern", "");
  if (wanted.matchCase) params.set("case", "1");
  if (only) params.set("only", "1");
  return params;
}

/** What it cannot read it leaves at its default. */
export function parseLogsView(params: URLSearchParams): LogsView {
  const channel = LOGS_CHANNELS.find((each) => each === params.get("channel"));
  const pattern = params.get("pattern");
  return {
    selector: params.get("q") ?? "",
    channel: channel ?? NO_LOGS.channel,
    wanted: {
      text: pattern ?? params.get("find") ?? "",
      isPattern: pattern !== null,
      matchCase: params.get("case") === "1",
    },
    only: params.get("only") === "1",
  };
}
