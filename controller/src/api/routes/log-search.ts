// Searching the logs of many processes where they are; what is found comes as server-sent events.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Actor } from "../../access/actor.js";
import { selected } from "../../core/listing.js";
import { select } from "../../core/selection.js";
import { FleetSearch, type SearchedInstance } from "../../run/log-search.js";
import { type ApiWorld, actorOf, reachOf, type TypedApi } from "../context.js";
import { frame } from "../event-stream.js";
import { PacedEvents } from "../paced-events.js";
import { Reach } from "../reach.js";
import { targetName } from "../views.js";

const DEFAULT_MATCHES = 1_000;
const DEFAULT_NEWEST_BYTES = 128 * 1024 * 1024;
const DEFAULT_TIMEOUT_MS = 60_000;
const MOST_PROCESSES = 10_000;
/** Searches that run at a time: of one user, and of all. */
const MOST_OF_USER = 4;
const MOST_AT_ONCE = 16;

type Channel = (typeof v1.LOG_CHANNELS)[number];

const CHANNELS = {
  stdout: ["stdout"],
  stderr: ["stderr"],
  both: ["stdout", "stderr"],
} as const satisfies Readonly<Record<(typeof v1.LOG_SEARCH_CHANNELS)[number], readonly Channel[]>>;

interface Target {
  readonly instance: string;
  readonly group: string;
  readonly name: string;
}

export function logSearchRoutes(api: TypedApi, world: ApiWorld): void {
  const { agents, streams, fleet } = world;
  /** Users of the searches that run. */
  const running: string[] = [];

  /** Those with a log that was asked for. Throws `not-found` for none at all, `forbidden`, or `too-large`. */
  function targetsOf(reach: Reach, selector: string, channels: readonly Channel[]): Target[] {
    const located = [...selected(reach.fleet, select(selector))];
    if (located.length === 0) throw new FleetError("not-found", `nothing matches ${selector}`);
    if (located.length > MOST_PROCESSES) {
      throw new FleetError(
        "too-large",
        `${located.length} processes match: search at most ${MOST_PROCESSES} at a time`,
      );
    }
    const targets = located.map(({ instance, process: { group, name } }) => ({ instance: instance.name, group, name }));
    reach.require("logs", targets);
    return located
      .filter(({ process: { hasStdoutLog, hasStderrLog } }) =>
        channels.some((channel) => (channel === "stdout" ? hasStdoutLog : hasStderrLog)),
      )
      .map(({ instance, process: { group, name } }) => ({ instance: instance.name, group, name }));
  }

  function byInstance(targets: readonly Target[]): SearchedInstance[] {
    const found = new Map<string, { group: string; name: string }[]>();
    for (const { instance, group, name } of targets) {
      const list = found.get(instance);
      if (list === undefined) found.set(instance, [{ group, name }]);
      else list.push({ group, name });
    }
    return [...found].flatMap(([name, processes]) => {
      const known = fleet.fleet.instances.get(name);
      return known === undefined ? [] : [{ name, instance: agents.instance(known.id), targets: processes }];
    });
  }

  function checkCount(user: string): void {
    if (running.length >= MOST_AT_ONCE || running.filter((each) => each === user).length >= MOST_OF_USER) {
      throw new FleetError("rate-limited", "too many searches of logs run already: try again when one is over");
    }
  }

  function search(query: v1.LogSearchQuery, targets: readonly Target[], request: FastifyRequest, reply: FastifyReply) {
    const { user } = actorOf(request);
    const { literal = false, ignoreCase = false, maxMatches = DEFAULT_MATCHES } = query;
    const mayRead = (actor: Actor) => {
      const reach = new Reach(actor, fleet);
      return targets.every((target) => reach.may("logs", target));
    };
    // It may be refused, and then nothing runs.
    const stream = streams.open(
      request,
      reply,
      () => {
        running.splice(running.indexOf(user), 1);
        fleetSearch.stop();
      },
      mayRead,
    );
    running.push(user);
    const events = new PacedEvents(stream);
    const fleetSearch = new FleetSearch(
      byInstance(targets),
      {
        channels: CHANNELS[query.channel ?? "stdout"],
        pattern: query.pattern,
        literal,
        ignoreCase,
        maxMatches,
        newestBytes: query.newestBytes ?? DEFAULT_NEWEST_BYTES,
        timeoutMs: query.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      },
      {
        matches(instance, matches, taken) {
          const frames = matches.map(({ channel, backup, offset, line, cut, ...process }) => {
            const text = new TextDecoder().decode(line);
            const target = targetName(instance, process);
            return frame("match", { target, channel, backup, offset, text, cut } satisfies v1.LogMatch);
          });
          events.write(frames.join(""), taken);
        },
        instance(instance, reason, { searchedBytes, skippedBytes, unreadable }) {
          const told = { instance, reason, searchedBytes, skippedBytes, unreadable: [...unreadable] };
          events.write(frame("instance", told satisfies v1.LogSearchInstance));
        },
        end(totals) {
          events.write(frame("end", { processes: targets.length, ...totals } satisfies v1.LogSearchEnd));
          events.end();
        },
      },
    );
    fleetSearch.start();
  }

  api.get(
    v1.API_PATHS.logSearch,
    {
      config: { permission: "covered" },
      schema: {
        tags: ["logs"],
        summary: "Lines in current and rotated logs, searched on their hosts, as server-sent events",
        description: "Events: match (LogMatch), instance (LogSearchInstance) when one is done, end (LogSearchEnd).",
        querystring: v1.LogSearchQuery,
        produces: ["text/event-stream"],
      },
    },
    async (request, reply) => {
      const { query } = request;
      checkPattern(query);
      const reach = reachOf(request, world);
      checkCount(reach.actor.user);
      search(query, targetsOf(reach, query.selector, CHANNELS[query.channel ?? "stdout"]), request, reply);
    },
  );
}

/** Throws `invalid-argument` for what is no regular expression. */
function checkPattern({ pattern, literal = false }: v1.LogSearchQuery): void {
  if (literal) return;
  try {
    new RegExp(pattern);
  } catch (thrown) {
    const { message } = FleetError.from(thrown);
    throw new FleetError("invalid-argument", message.replace(/^Invalid/, "invalid"), { cause: thrown });
  }
}
