// Several logs as one stream of server-sent events, in the order in which their lines come: one connection, which is all a browser has to spare.

import {
  type FollowedLogState,
  type FollowedLogs,
  type LogsChunk,
  LogsQuery,
  MOST_LOGS,
} from "@fleetvisor/proto/api/logs";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Actor } from "../../access/actor.js";
import { selected } from "../../core/listing.js";
import { compareNames } from "../../core/names.js";
import { select } from "../../core/selection.js";
import { type FollowedLog, FollowLogs } from "../../run/follow-logs.js";
import { type ApiWorld, actorOf, reachOf, type TypedApi } from "../context.js";
import { frame } from "../event-stream.js";
import { PacedEvents } from "../paced-events.js";
import { Reach } from "../reach.js";
import { targetName } from "../views.js";

const DEFAULT_TAIL_BYTES = 4_096;
/** Looked through for logs. */
const MOST_PROCESSES = 10_000;
/** Processes that come together are looked at together. */
const GATHER_MS = 1_000;
/** Such streams of one user, each with many logs. */
const MOST_OF_USER = 8;

const CHANNELS = { stdout: ["stdout"], stderr: ["stderr"], both: ["stdout", "stderr"] } as const;

export function logsStreamRoutes(api: TypedApi, world: ApiWorld): void {
  const { agents, streams, fleet } = world;
  /** Users of the streams that are open. */
  const open: string[] = [];
  /** Has each stream look for processes that came to match. */
  const renewals = new Set<() => void>();
  let planned: NodeJS.Timeout | null = null;
  fleet.subscribe({
    changes(changes) {
      if (renewals.size === 0 || planned !== null) return;
      if (!changes.some((change) => change.type === "process" && change.before === null)) return;
      planned = setTimeout(() => {
        planned = null;
        for (const renew of renewals) renew();
      }, GATHER_MS);
      planned.unref();
    },
    events() {},
  });

  /** Throws `not-found` for nothing at all, `forbidden` for nothing that may be read. */
  function logsOf(reach: Reach, query: LogsQuery) {
    const { targets, ...rest } = found(reach, query);
    if (targets.length === 0) throw new FleetError("not-found", `nothing matches ${query.selector}`);
    if (rest.forbidden === targets.length) reach.require("logs", targets);
    return rest;
  }

  /** Throws `too-large`. */
  function found(reach: Reach, { selector, channel = "stdout" }: LogsQuery) {
    const located = [...selected(reach.fleet, select(selector))];
    if (located.length > MOST_PROCESSES) {
      throw new FleetError("too-large", `${located.length} processes match: narrow the selector`);
    }
    const targets = located.map(({ instance, process }) => {
      const { group, name, hasStdoutLog, hasStderrLog } = process;
      return { instance: instance.name, group, name, kept: { stdout: hasStdoutLog, stderr: hasStderrLog } };
    });
    const readable = targets.filter((target) => reach.may("logs", target));
    const logs = readable
      .sort((a, b) => compareNames(targetName(a.instance, a), targetName(b.instance, b)))
      .flatMap(({ kept, ...target }): FollowedLog[] =>
        CHANNELS[channel].filter((each) => kept[each]).map((each) => ({ ...target, channel: each })),
      );
    return { targets, logs, forbidden: targets.length - readable.length };
  }

  function follow(query: LogsQuery, request: FastifyRequest, reply: FastifyReply): void {
    const { user } = actorOf(request);
    const { logs: all, forbidden } = logsOf(reachOf(request, world), query);
    let logs = all.slice(0, MOST_LOGS);
    const mayRead = (actor: Actor) => {
      const reach = new Reach(actor, fleet);
      return logs.every((log) => reach.may("logs", log));
    };
    // It may be refused, and then nothing is opened.
    const stream = streams.open(
      request,
      reply,
      () => {
        open.splice(open.indexOf(user), 1);
        renewals.delete(renew);
        following.stop();
      },
      mayRead,
    );
    open.push(user);
    const events = new PacedEvents(stream);
    const named = (log: FollowedLog) => ({ target: targetName(log.instance, log), channel: log.channel });
    const following = new FollowLogs(
      logs,
      query.tailBytes ?? DEFAULT_TAIL_BYTES,
      (instance, asked, reader) => {
        const known = fleet.fleet.instances.get(instance);
        if (known === undefined) throw new FleetError("not-found", `there is no instance ${instance}`);
        return agents.instance(known.id).openLog(asked, reader);
      },
      {
        chunk(log, text, facts, taken) {
          events.write(frame("chunk", { ...named(log), text, ...facts } satisfies LogsChunk), taken);
        },
        state(log, reason) {
          events.write(frame("state", { ...named(log), reason } satisfies FollowedLogState));
        },
      },
    );
    const tell = (total: number, hidden: number) =>
      events.write(frame("logs", { logs: logs.map(named), total, forbidden: hidden } satisfies FollowedLogs));
    const foundNow = () => {
      try {
        return found(reachOf(request, world), query);
      } catch {
        // So many match by now that nobody would be helped by more of them.
        return null;
      }
    };
    /** Those that are followed stay; what came to match is followed as far as there is room. */
    const renew = () => {
      const now = foundNow();
      if (now === null) return;
      const known = new Set(logs.map((log) => JSON.stringify(named(log))));
      const fresh = now.logs.filter((log) => !known.has(JSON.stringify(named(log))));
      const added = fresh.slice(0, Math.max(0, MOST_LOGS - logs.length));
      if (added.length === 0) return;
      logs = [...logs, ...added];
      tell(logs.length + fresh.length - added.length, now.forbidden);
      following.add(added);
    };
    renewals.add(renew);
    tell(all.length, forbidden);
    following.start();
  }

  api.get(
    API_PATHS.logsStream,
    {
      config: { permission: "covered" },
      schema: {
        tags: ["logs"],
        summary: "Several logs as they are written, as server-sent events",
        description: `Events: logs (FollowedLogs) first, chunk (LogsChunk), state (FollowedLogState). At most ${MOST_LOGS} logs are followed.`,
        querystring: LogsQuery,
        produces: ["text/event-stream"],
      },
    },
    async (request, reply) => {
      const { user } = actorOf(request);
      if (open.filter((each) => each === user).length >= MOST_OF_USER) {
        throw new FleetError(
          "rate-limited",
          `${user} follows several logs ${MOST_OF_USER} times already: end some first`,
        );
      }
      follow(request.query, request, reply);
    },
  );
}
