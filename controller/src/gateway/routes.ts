// The addresses of the XML-RPC gateway: `/RPC2`, `/logtail/...` and `/mainlogtail` as supervisord has them, for the instance that is named
// behind the user (`USER@INSTANCE`), or in the path below `/instances/NAME`.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { parseNamespec } from "@fleetvisor/proto/vocabulary/namespec";
import { XmlRpcSyntaxError } from "@fleetvisor/proto/xmlrpc/codec";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import { type BasicName, readBasicLogin } from "../api/basic-login.js";
import { type ApiWorld, reachOf } from "../api/context.js";
import { HTTP_STATUS, toFleetError } from "../api/errors.js";
import { auditRefusal } from "../api/guard.js";
import { Reach } from "../api/reach.js";
import type { LogRequest } from "../instances/instance.js";
import { sendErrorPage } from "./error-page.js";
import { followLog } from "./follow.js";

/** The largest call; an agent takes no larger message. */
const BODY_BYTES = 1024 * 1024;

const WAYS: readonly { readonly prefix: string; readonly basic: BasicName }[] = [
  { prefix: "", basic: "user@instance" },
  { prefix: "/instances/:instance", basic: "user" },
];

type Log = Pick<LogRequest, "group" | "name" | "channel">;

/** In a part of the server of their own: other routes read bodies and refuse in their own way. */
export async function gatewayRoutes(app: FastifyInstance, world: ApiWorld): Promise<void> {
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", { parseAs: "string" }, (_, body, done) => done(null, body));
    scope.setErrorHandler((thrown, request, reply) => refuse(thrown, request, reply));
    for (const { prefix, basic } of WAYS) {
      const options = {
        config: { permission: "covered", basic },
        schema: { hide: true },
        bodyLimit: BODY_BYTES,
      } as const;
      scope.all(`${prefix}/RPC2`, options, (request, reply) => call(request, reply, basic));
      scope.all(`${prefix}/logtail/*`, options, (request, reply) => tail(request, reply, basic, logOf(request)));
      scope.all(`${prefix}/mainlogtail`, options, (request, reply) => tail(request, reply, basic, MAIN_LOG));
    }
  });

  async function call(request: FastifyRequest, reply: FastifyReply, basic: BasicName): Promise<FastifyReply> {
    const { body } = request;
    if (request.method !== "POST" || typeof body !== "string") return sendErrorPage(reply, 400, "");
    // A page in a browser that knows the login could call in its user's name: XML-RPC clients are no pages.
    if (request.headers.origin !== undefined || isFromElsewhere(request)) return sendErrorPage(reply, 403, "");
    const gone = new AbortController();
    reply.raw.once("close", () => gone.abort());
    const answer = await world.gateway.call({
      reach: reachOf(request, world),
      instance: instanceOf(request, basic),
      xml: body,
      address: request.ip,
      signal: gone.signal,
    });
    return reply.type("text/xml").send(answer);
  }

  async function tail(
    request: FastifyRequest,
    reply: FastifyReply,
    basic: BasicName,
    log: Log | null,
  ): Promise<FastifyReply> {
    if (request.method !== "GET") return sendErrorPage(reply, 400, "");
    const reach = reachOf(request, world);
    const { name: instance, id } = reach.instance(instanceOf(request, basic));
    if (log === null) throw new FleetError("not-found", "there is no such log");
    const isMain = log.channel === "main";
    const target = { instance, group: isMain ? null : log.group, name: isMain ? null : log.name };
    // The daemon's own log is the instance's: who sees a part of that knows that it is there.
    if (!isMain && !reach.sees(target)) throw new FleetError("not-found", "there is no such log");
    reach.require("logs", [target]);
    await followLog({
      log,
      reply,
      open: (asked, reader) => world.agents.instance(id).openLog(asked, reader),
      onBegin: (end) => {
        const mayRead = (actor: Reach["actor"]) => new Reach(actor, world.fleet).may("logs", target);
        return world.streams.keep(request, { end, stillHere: () => {} }, mayRead);
      },
    });
    return reply;
  }

  async function refuse(thrown: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    if (thrown instanceof XmlRpcSyntaxError) return sendErrorPage(reply, 400, thrown.message);
    const error = toFleetError(thrown);
    if (error.kind === "internal")
      request.log.error({ url: request.url, error: error.cause ?? error }, "request failed");
    if (error.kind === "forbidden") await auditRefusal(world, request, error.message);
    return sendErrorPage(reply, HTTP_STATUS[error.kind], error.kind === "internal" ? "" : error.message);
  }
}

const MAIN_LOG: Log = { group: "", name: "", channel: "main" };

/** As `/logtail/NAME[/CHANNEL]` names it; null for what names none. */
function logOf(request: FastifyRequest): Log | null {
  const { "*": path = "" } = request.params as { readonly "*"?: string };
  const [name = "", channel = "stdout", ...rest] = path.split("/");
  if (name === "" || rest.length > 0 || (channel !== "stdout" && channel !== "stderr")) return null;
  const spec = parseNamespec(name);
  return spec.name === null ? null : { group: spec.group, name: spec.name, channel };
}

function instanceOf(request: FastifyRequest, basic: BasicName): string {
  if (basic === "user@instance") return readBasicLogin(request.headers.authorization, basic)?.instance ?? "";
  return (request.params as { readonly instance?: string }).instance ?? "";
}

function isFromElsewhere(request: FastifyRequest): boolean {
  const site = request.headers["sec-fetch-site"];
  return site !== undefined && site !== "none";
}
