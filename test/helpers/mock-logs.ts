// Logs of the pretended fleet beyond their end: rotated files and pages of them, several logs as one stream; standard input, configuration.
import type { ConfigReport, FollowedLogs, LogPage, LogsChunk } from "@fleetvisor/proto/api/logs";
import { MOST_LOGS } from "@fleetvisor/proto/api/logs";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { Call, Handler } from "./mock-api.js";
import type { MockFleet } from "./mock-fleet.js";

type Channel = "stdout" | "stderr";

/** Where each log was rotated: places in all that was ever written to it. */
const rotations = new WeakMap<MockFleet, Map<string, number[]>>();

/** What was written so far becomes the rotated file `.1`. */
export function rotateLog(fleet: MockFleet, target: string, channel: Channel = "stdout"): void {
  const all = rotations.get(fleet) ?? new Map<string, number[]>();
  const key = `${target} ${channel}`;
  all.set(key, [...(all.get(key) ?? []), fleet.log(target, channel).length]);
  rotations.set(fleet, all);
}

/** Oldest first; the last is the current file. */
function filesOf(fleet: MockFleet, target: string, channel: Channel): string[] {
  const text = fleet.log(target, channel);
  const cuts = [0, ...(rotations.get(fleet)?.get(`${target} ${channel}`) ?? []), text.length];
  return cuts.slice(1).map((cut, at) => text.slice(cuts[at], cut));
}

/** The end of the current file, and where it begins. */
export function tailOf(fleet: MockFleet, target: string, channel: Channel, bytes: number) {
  const files = filesOf(fleet, target, channel);
  const current = files.at(-1) ?? "";
  const offset = Math.max(0, current.length - bytes);
  return { text: current.slice(offset), start: `f${files.length - 1}@${offset}` };
}

function pageOf(fleet: MockFleet, { names, url }: Call): LogPage {
  const channel = names.channel === "stderr" ? "stderr" : "stdout";
  const files = filesOf(fleet, `${names.instance}/${names.group}:${names.name}`, channel);
  const query = url.searchParams;
  const bytes = Number(query.get("bytes") ?? 65_536);
  const place = (text: string | null) => {
    const [file = "", offset = ""] = (text ?? `f${files.length - 1}@${files.at(-1)?.length ?? 0}`).slice(1).split("@");
    return { file: Number(file), offset: Number(offset) };
  };
  const answer = (file: number, from: number, to: number, found: number | null = null): LogPage => ({
    text: files[file]?.slice(from, to) ?? "",
    bytes: to - from,
    start: `f${file}@${from}`,
    end: `f${file}@${to}`,
    backup: files.length - 1 - file,
    isOldest: file === 0 && from === 0,
    isNewest: file === files.length - 1 && to === files[file]?.length,
    found: found === null ? null : `f${file}@${found}`,
  });
  if (query.get("after") !== null) {
    let { file, offset } = place(query.get("after"));
    if (offset === files[file]?.length && file < files.length - 1) [file, offset] = [file + 1, 0];
    const text = files[file] ?? "";
    const cut = offset + bytes >= text.length ? text.length : text.lastIndexOf("\n", offset + bytes) + 1;
    return answer(file, offset, Math.max(offset, cut));
  }
  let { file, offset } = place(query.get("before"));
  const wanted = query.get("containing");
  let found: number | null = null;
  if (wanted !== null) {
    const at = (each: number, before: number) => files[each]?.slice(0, before).lastIndexOf(wanted) ?? -1;
    let before = offset;
    while (file >= 0 && at(file, before) < 0) before = files[--file]?.length ?? 0;
    if (file < 0) throw new FleetError("not-found", "NO_FILE: those lines are no longer in the log");
    found = at(file, before);
    offset = found + wanted.length;
  } else if (offset === 0 && file > 0) [file, offset] = [file - 1, files[file - 1]?.length ?? 0];
  const start = offset - bytes <= 0 ? 0 : (files[file]?.indexOf("\n", offset - bytes) ?? 0) + 1;
  return answer(file, start, offset, found);
}

function configOf(names: Call["names"]): ConfigReport {
  const option = (name: string, value: string, isMasked = false) => ({ name, value, isMasked });
  if (names.name === undefined) {
    return {
      sections: [
        { title: "supervisord", options: [option("logfile", "/var/log/supervisor/main.log"), option("user", "")] },
        { title: "inet_http_server", options: [option("port", ":9001"), option("password", "", true)] },
        { title: "groups", options: [option("api", "api-0, api-1, api-2, api-3")] },
      ],
    };
  }
  return {
    sections: [
      {
        title: `program:${names.group}`,
        options: [
          option("process_name", names.name),
          option("command", "/srv/app/bin/api --port 8080"),
          option("directory", ""),
          option("autorestart", "unexpected"),
          option("stdout_logfile", "/var/log/app/api.log"),
          option("environment PORT", "8080"),
          option("environment DATABASE_URL", "", true),
        ],
      },
    ],
  };
}

/** What was written to standard inputs: `target text`. */
export const written: string[] = [];

export function logRoutes(
  fleet: MockFleet,
  open: (call: Call) => (type: string, data: unknown) => void,
  taken: symbol,
): Readonly<Record<string, Handler>> {
  return {
    [`GET ${API_PATHS.logPage}`]: (call) => pageOf(fleet, call),
    [`GET ${API_PATHS.processConfig}`]: ({ names }) => configOf(names),
    [`GET ${API_PATHS.instanceConfig}`]: ({ names }) => configOf(names),
    [`POST ${API_PATHS.processStdin}`]: ({ names, body }) => {
      const target = `${names.instance}/${names.group}:${names.name}`;
      if (fleet.process(target).pid === null) throw new FleetError("conflict", `NOT_RUNNING: ${names.name}`);
      written.push(`${target} ${(body as { text: string }).text}`);
      return undefined;
    },
    [`GET ${API_PATHS.logsStream}`]: (call) => {
      const query = call.url.searchParams;
      const asked = query.get("channel") ?? "stdout";
      const channels: readonly Channel[] =
        asked === "both" ? ["stdout", "stderr"] : [asked === "stderr" ? "stderr" : "stdout"];
      const found = fleet.selected(query.get("selector") ?? undefined);
      if (found.length === 0) throw new FleetError("not-found", `nothing matches ${query.get("selector")}`);
      const all = found.flatMap(({ target }) => channels.map((channel) => ({ target, channel })));
      const logs = all.slice(0, MOST_LOGS);
      const send = open(call);
      send("logs", { logs, total: all.length, forbidden: 0 } satisfies FollowedLogs);
      const ends = logs.map(({ target, channel }) => {
        const chunk = (text: string, isTail: boolean) =>
          send("chunk", { target, channel, text, isTail, skippedBytes: 0 } satisfies LogsChunk);
        const tail = tailOf(fleet, target, channel, Number(query.get("tailBytes") ?? 4_096));
        if (tail.text !== "") chunk(tail.text, true);
        const { liveness } = fleet.process(target);
        if (liveness === "lost") send("state", { target, channel, reason: "the agent is not connected" });
        return fleet.onWrite(target, channel, (text) => chunk(text, false));
      });
      call.response.on("close", () => {
        for (const end of ends) end();
      });
      return taken;
    },
  };
}
