// Writing to the standard input of a process: once, and in the audit before it is done.

import { StdinRequest } from "@fleetvisor/proto/api/logs";
import { API_PATHS } from "@fleetvisor/proto/api/paths";
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";
import { FAULTS } from "@fleetvisor/proto/vocabulary/faults";
import { formatTarget } from "@fleetvisor/proto/vocabulary/namespec";
import { decodeResponse, encodeCall, type XmlRpcResponse } from "@fleetvisor/proto/xmlrpc/codec";
import { Type } from "typebox";
import { type ApiWorld, audit, reachOf, type TypedApi } from "../context.js";
import { ProcessPath } from "./fleet.js";

const ANSWER_WITHIN_MS = 15_000;

export function stdinRoutes(api: TypedApi, world: ApiWorld): void {
  api.post(
    API_PATHS.processStdin,
    {
      config: { permission: "covered" },
      schema: {
        tags: ["fleet"],
        summary: "Write to the standard input of a process",
        description: "Done at most once: without a clear answer it is not known whether it was.",
        params: ProcessPath,
        body: StdinRequest,
        response: { 204: Type.Null() },
      },
    },
    async (request, reply) => {
      const { instance: asked, group, name } = request.params;
      const reach = reachOf(request, world);
      const { instance } = reach.process(asked, group, name);
      const process = { group, name };
      reach.require("stdin", [{ instance: instance.name, ...process }]);
      const { text } = request.body;
      // What was written stays out of it: it may be a password.
      const subject = `${formatTarget(instance.name, group, name)} (${Buffer.byteLength(text)} bytes)`;
      await audit(world.store, request, { action: "process.stdin", subject, outcome: "done" });
      const answer = await world.agents.instance(instance.id).call({
        xml: encodeCall("supervisor.sendProcessStdin", [`${group}:${name}`, text]),
        orderId: null,
        scope: [process],
        timeoutMs: ANSWER_WITHIN_MS,
        // It leaves at once: that who asked has gone would only hide what became of it.
        signal: new AbortController().signal,
      });
      const result = read(answer);
      if (!result.ok) throw refusalOf(result);
      return reply.code(204).send(null);
    },
  );
}

/** Throws `unknown-outcome` for what is no answer. */
function read(xml: string): XmlRpcResponse {
  try {
    return decodeResponse(xml);
  } catch (error) {
    throw new FleetError("unknown-outcome", "the agent's answer cannot be read: whether it was written is not known", {
      cause: error,
    });
  }
}

/** In the agent's own words. */
function refusalOf({ code, text }: Extract<XmlRpcResponse, { readonly ok: false }>): FleetError {
  if (code === FAULTS.BAD_NAME) return new FleetError("not-found", text);
  return new FleetError(code === FAULTS.NOT_RUNNING || code === FAULTS.NO_FILE ? "conflict" : "unavailable", text);
}
