// Refusals as supervisord's HTTP server words them: XML-RPC clients show their status, and 401 makes supervisorctl ask who it is.
import { errorPage } from "@fleetvisor/proto/http/error-page";
import type { FastifyReply } from "fastify";

/** The last line of the page, ours, says why. */
export function sendErrorPage(reply: FastifyReply, status: number, why: string): FastifyReply {
  // A body that is refused is not read to its end.
  if (status === 401 || status === 413) void reply.header("connection", "close");
  if (status === 401) void reply.header("www-authenticate", 'Basic realm="default"');
  return reply.code(status).type("text/html").send(errorPage(status, why));
}
