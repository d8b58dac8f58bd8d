// Refusals as supervisord's HTTP server words them: XML-RPC clients show their status, and 401 makes supervisorctl ask who it is.
import type { FastifyReply } from "fastify";

const REASONS: Readonly<Record<number, string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  411: "Length Required",
  413: "Request Entity Too Large",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
  504: "Gateway Timeout",
};

/** medusa http_server.py, DEFAULT_ERROR_MESSAGE; the last line, ours, says why. */
export function sendErrorPage(reply: FastifyReply, status: number, why: string): FastifyReply {
  const reason = REASONS[status] ?? "Error";
  const lines = [
    "<head>",
    "<title>Error response</title>",
    "</head>",
    "<body>",
    "<h1>Error response</h1>",
    `<p>Error code ${status}.`,
    `<p>Message: ${reason}.`,
    ...(why === "" ? [] : [`<p>${escapeHtml(why)}`]),
    "</body>",
    "",
  ];
  // A body that is refused is not read to its end.
  if (status === 401 || status === 413) void reply.header("connection", "close");
  if (status === 401) void reply.header("www-authenticate", 'Basic realm="default"');
  return reply.code(status).type("text/html").send(lines.join("\r\n"));
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"]/g, (mark) => `&#${mark.charCodeAt(0)};`);
}
