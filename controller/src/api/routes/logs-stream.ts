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
/** Such streams of one user, each with many logs. */
const MOST_OF_USER = 8;

const CHANNELS = { stdout: ["stdout"], stderr: ["stderr"], both: ["stdout", "stderr"] } as const;

export function logsStreamRoutes(api: TypedApi, world: ApiWorld): void {
  const { agents, streams, fleet } = world;
  /** Users of the streams that are open. */
  const open: string[] = [];

  /** Throws `not-found` for nothing at all, `forbidden` for nothing that may be read. */
  function logsOf(reach: Reach, { selector, channel = "stdout" }: LogsQuery) {
    const located = [...selected(reach.fleet, select(selector))];
    if (located.length === 0) throw new FleetError("not-found", `nothing matches ${selector}`);
    if (located.length > MOST_PROCESSES) {
      throw new FleetError("too-large", `${located.length} processes match: narrow the selector`);
    }
    const targets = located.map(({ instance, process }) => {
      const { group, name, hasStdoutLog, hasStderrLog } = process;
      return { instance: instance.name, group, name, kept: { stdout: hasStdoutLog, stderr: hasStderrLog } };
    });
    const readable = targets.filter((target) => reach.may("logs", target));
    if (readable.length === 0) reach.require("logs", targets);
    const logs = readable
      .sort((a, b) => compareNames(targetName(a.instance, a), targetName(b.instance, b)))
      .flatMap(({ kept, ...target }): FollowedLog[] =>
        CHANNELS[channel].filter((each) => kept[each]).map((each) => ({ ...target, channel: each })),
      );
    return { logs, forbidden: targets.length - readable.length };
  }

  function follow(query: LogsQuery, request: FastifyRequest, reply: FastifyReply): void {
    const { user } = actorOf(request);
    const { logs: all, forbidden } = logsOf(reachOf(request, world), query);
    const logs = all.slice(0, MOST_LOGS);
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
    events.write(frame("logs", { logs: logs.map(named), total: all.length, forbidden } satisfies FollowedLogs));
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
