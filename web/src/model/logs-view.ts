// What the page of several logs shows, as its address says it.

export const LOGS_CHANNELS = ["stdout", "stderr", "both"] as const;

export interface LogsView {
  /** Empty for none yet. */
  readonly selector: string;
  readonly channel: (typeof LOGS_CHANNELS)[number];
}

export const NO_LOGS: LogsView = { selector: "", channel: "stdout" };

export function logsViewParams({ selector, channel }: LogsView): URLSearchParams {
  const params = new URLSearchParams();
  if (selector !== "") params.set("q", selector);
  if (channel !== NO_LOGS.channel) params.set("channel", channel);
  return params;
}

/** What it cannot read it leaves at its default. */
export function parseLogsView(params: URLSearchParams): LogsView {
  const channel = LOGS_CHANNELS.find((each) => each === params.get("channel"));
  return { selector: params.get("q") ?? "", channel: channel ?? NO_LOGS.channel };
}
