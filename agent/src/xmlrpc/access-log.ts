// A line of the activity log for each answered request, at level trace, as supervisord's HTTP server writes it
// (supervisor 4.2.5 http.py, deferring_http_request.log).
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { ActivityLog } from "../run/ports.js";

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** What each connection had been sent when its last answer was done: answers of one are done in order. */
const sentBytes = new WeakMap<Socket, number>();

/** Writes the line when the answer is done; of one that is broken off there is none. Costs nothing above level debug. */
export function logAccess(log: ActivityLog, request: IncomingMessage, response: ServerResponse, wallMs: () => number) {
  if (!log.isDebug) return;
  const { socket, method, url, httpVersion } = request;
  // A unix socket's peer has no address.
  const peer = `${socket.remoteAddress ?? "localhost"}:${socket.remotePort ?? 0}`;
  response.once("finish", () => {
    const bytes = socket.bytesWritten - (sentBytes.get(socket) ?? 0);
    sentBytes.set(socket, socket.bytesWritten);
    const line = `"${method} ${url} HTTP/${httpVersion}" ${response.statusCode} ${bytes}`;
    log.trace(`${peer} - - [${stamp(new Date(wallMs()))}] ${line}`);
  });
}

/** `21/Nov/2026:04:34:30 +0000`, local time. */
function stamp(at: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  const east = -at.getTimezoneOffset();
  const zone = `${east < 0 ? "-" : "+"}${two(Math.floor(Math.abs(east) / 60))}${two(Math.abs(east) % 60)}`;
  const time = [at.getHours(), at.getMinutes(), at.getSeconds()].map(two).join(":");
  return `${two(at.getDate())}/${MONTHS[at.getMonth()]}/${at.getFullYear()}:${time} ${zone}`;
}
