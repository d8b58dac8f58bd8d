// Logs of processes, read on their hosts: the tail once, or the tail and then what is written, as server-sent events.
import * as v1 from "@fleetvisor/proto/api/v1";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifyReply, FastifyRequest } from "fastify";
import { Type } from "typebox";
import type { Actor } from "../../access/actor.js";
import type { Instance } from "../../core/fleet.js";
import type { LogRequest } from "../../instances/instance.js";
import { type ApiWorld, reachOf, type TypedApi } from "../context.js";
import { frame } from "../event-stream.js";
import { formatPosition } from "../log-position.js";
import { Reach } from "../reach.js";

const DEFAULT_TAIL_BYTES = 16_384;
/** Bytes of a log that may be under way to a reader. */
const WINDOW_BYTES = 256 * 1024;
const TAIL_WITHIN_MS = 15_000;

export const LogPath = Type.Object({
  instance: Type.String(),
  group: Type.String(),
  name: Type.String(),
  channel: Type.Union([Type.Literal("stdout"), Type.Literal("stderr")]),
});

type Where = { instance: string; group: string; name: string; channel: "stdout" | "stderr" };

/**
 * The instance of a log that the caller may read. Throws `not-found` for what the caller cannot see, `forbidden` for what the caller sees
 * and may not read the logs of.
 */
export function requireLog(
  reach: Reach,
  { fleet }: Pick<ApiWorld, "fleet">,
  { instance, group, name }: Omit<Where, "channel">,
): Instance {
  reach.instance(instance);
  // Who may read every log may ask for one that the agent alone knows of.
  if (!reach.everywhere("logs")) {
    reach.process(instance, group, name);
    reach.require("logs", [{ instance, group, name }]);
  }
  const known = fleet.fleet.instances.get(instance);
  if (known === undefined) throw new FleetError("not-found", `there is no instance ${instance}`);
  return known;
}

export function logRoutes(api: TypedApi, world: ApiWorld): void {
  const { agents, streams, fleet } = world;
  const tags = ["logs"];
  const config = { permission: "covered" } as const;

  const requestOf = ({ group, name, channel }: Where, tailBytes: number, follow: boolean): LogRequest => ({
    group,
    name,
    channel,
    tailBytes,
    follow,
    creditBytes: follow ? WINDOW_BYTES : tailBytes,
  });

  /** Rejects with `not-found` for no such process or log, `unavailable`, or `deadline-exceeded`. */
  function readTail(where: Where, id: string, tailBytes: number): Promise<v1.LogTail> {
    return new Promise((resolve, reject) => {
      const chunks: Uint8Array[] = [];
      const log = agents.instance(id).openLog(requestOf(where, tailBytes, false), {
        chunk: (data) => void chunks.push(data),
        end(error) {
          clearTimeout(timer);
          const bytes = Buffer.concat(chunks);
          if (error === null) resolve({ text: bytes.toString("utf8"), bytes: bytes.length });
          else reject(error);
        },
      });
      const timer = setTimeout(() => {
        log.close();
        reject(new FleetError("deadline-exceeded", `${where.instance} did not answer in time`));
      }, TAIL_WITHIN_MS);
    });
  }

  /** The log is opened before the answer begins, so that a host that is away is told as a plain refusal. */
  function follow(
    where: Where & { id: string; tailBytes: number },
    request: FastifyRequest,
    reply: FastifyReply,
  ): void {
    const { instance, group, name, id, tailBytes } = where;
    const target = { instance, group, name };
    const decoder = new TextDecoder();
    const log = agents.instance(id).openLog(requestOf(where, tailBytes, true), {
      chunk(data, skippedBytes, begin) {
        const text = decoder.decode(data, { stream: true });
        const start = begin === null ? null : formatPosition(begin);
        const grant = () => log.grant(data.length);
        if (events.write(frame("chunk", { text, skippedBytes, start } satisfies v1.LogChunk))) grant();
        else events.onceDrained(grant);
      },
      end(error) {
        events.write(frame("end", { reason: error?.message ?? "" }));
        events.end();
      },
    });
    const mayRead = (actor: Actor) => new Reach(actor, fleet).may("logs", target);
    const events = streams.open(request, reply, () => log.close(), mayRead);
  }

  api.get(
    v1.API_PATHS.log,
    {
      config,
      schema: {
        tags,
        summary: "The end of a log",
        params: LogPath,
        querystring: v1.LogQuery,
        response: { 200: v1.LogTail },
      },
    },
    async (request) => {
      const { id } = requireLog(reachOf(request, world), world, request.params);
      return readTail(request.params, id, request.query.tailBytes ?? DEFAULT_TAIL_BYTES);
    },
  );

  api.get(
    v1.API_PATHS.logStream,
    {
      config,
      schema: {
        tags,
        summary: "A log as it is written, as server-sent events",
        description: "Events: chunk (LogChunk); end with reason.",
        params: LogPath,
        querystring: v1.LogQuery,
        produces: ["text/event-stream"],
      },
    },
    async (request, reply) => {
      const { id } = requireLog(reachOf(request, world), world, request.params);
      const { tailBytes = DEFAULT_TAIL_BYTES } = request.query;
      follow({ ...request.params, id, tailBytes }, request, reply);
    },
  );
}
