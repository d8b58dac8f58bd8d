// The web interface: which address is which page or action, with supervisord's redirects (supervisor 4.x web.py).
import type { IncomingHttpHeaders } from "node:http";
import { hostname } from "node:os";
import { Fault } from "@fleetvisor/proto/vocabulary/faults";
import { dispatch } from "./dispatch.js";
import { quote } from "./html.js";
import { confirmPage, statusPage, tailPage } from "./pages.js";
import { isOwnRequest } from "./request-origin.js";
import type { RpcContext } from "./rpc-context.js";
import { faultWords, perform } from "./status-actions.js";
import { statusRows } from "./status-view.js";
import { STYLESHEET } from "./stylesheet.js";

/** The least that a tail shows. */
const TAIL_BYTES = 1024;

export interface WebAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface WebRequest {
  readonly method: "GET" | "HEAD" | "POST";
  readonly query: string;
  /** The form of a POST, else empty. */
  readonly body: string;
  readonly headers: IncomingHttpHeaders;
}

const HTML_HEADERS = {
  "Content-Type": "text/html;charset=utf-8",
  Pragma: "no-cache",
  "Cache-Control": "no-cache",
  Expires: "Thu, 01 Jan 1970 00:00:00 GMT",
  // Nothing but its own style, no script at all, no frame around it, and no address of it told to others.
  "Content-Security-Policy":
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "X-Content-Type-Options": "nosniff",
  "X-Frame-Options": "DENY",
  "Referrer-Policy": "same-origin",
} as const;

const PAGES: ReadonlySet<string> = new Set(["index.html", "tail.html", "ok.html"]);

/** The page that a path means, any number of slashes before it; null for none. */
export function pageOf(path: string): string | null {
  const name = path.replace(/;.*$/s, "").replace(/^\/+/, "") || "index.html";
  return PAGES.has(name) ? name : null;
}

/** Answers a request for one of the pages; null when it asks for an action that does not exist. */
export async function webPage(context: RpcContext, page: string, request: WebRequest): Promise<WebAnswer | null> {
  if (page === "ok.html") return { status: 200, headers: { "Content-Type": "text/plain" }, body: "OK" };
  const form = formOf(request);
  if (page === "tail.html") return htmlAnswer(200, await tail(context, form));
  // Whoever asks for the head of a page wants to see, not to do.
  const action = request.method === "HEAD" ? null : (form.get("action") ?? null);
  if (action === null) return htmlAnswer(200, status(context, form.get("message") ?? null));
  const name = form.get("processname") ?? null;
  if (!isOwnRequest(request.headers)) return htmlAnswer(403, confirmPage(action, name));
  const message = await perform(context, action, name);
  if (message === null) return null;
  const location = `${serverUrl(request.headers)}/?message=${quote(message)}`;
  return { ...htmlAnswer(301, ""), headers: { ...HTML_HEADERS, Location: location } };
}

/** A file of the interface; null for none. */
export function webFile(path: string): WebAnswer | null {
  if (path.replace(/^\/+/, "") !== "stylesheets/supervisor.css") return null;
  return { status: 200, headers: { "Content-Type": "text/css", "Cache-Control": "no-cache" }, body: STYLESHEET };
}

const htmlAnswer = (status: number, body: string): WebAnswer => ({ status, headers: HTML_HEADERS, body });

/** Query and form; an empty value is none, the first of a query counts, and the last of a form before it. */
function formOf({ query, body }: WebRequest): Map<string, string> {
  const form = new Map<string, string>();
  const given = [...new URLSearchParams(query)].reverse().concat([...new URLSearchParams(body)]);
  for (const [name, value] of given) if (value !== "") form.set(name, value);
  return form;
}

/** Where the client thinks we are; nothing when it does not say, which is a path on the same host. */
function serverUrl({ host }: IncomingHttpHeaders): string {
  const name = host?.trim().replace(/:80$/, "") ?? "";
  return name === "" ? "" : `http://${name}`;
}

function status(context: RpcContext, message: string | null): string {
  const { supervisor } = context;
  const nowMs = supervisor.clock.wallMs();
  return statusPage({
    rows: statusRows(supervisor.processes, nowMs),
    message,
    identification: context.identification(),
    host: hostname(),
    version: context.version,
    year: new Date(nowMs).getFullYear(),
    mood: supervisor.mood,
  });
}

async function tail(context: RpcContext, form: ReadonlyMap<string, string>): Promise<string> {
  const process = form.get("processname") ?? null;
  const limit = form.get("limit") ?? "";
  const limitBytes = Math.max(TAIL_BYTES, /^\d{1,15}$/.test(limit) ? Number(limit) : 0);
  if (process === null) return tailPage({ process, text: "No process name found", limitBytes });
  const text = await dispatch(context, "supervisor.readProcessStdoutLog", [process, -limitBytes, 0]).then(
    String,
    (error: unknown) =>
      error instanceof Fault && error.fault === "NO_FILE" ? `No file for ${process}` : `ERROR: ${faultWords(error)}`,
  );
  return tailPage({ process, text, limitBytes });
}
