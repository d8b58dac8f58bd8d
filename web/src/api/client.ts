// The only fetch of the page: one request to the controller's API, its answer, or a FleetError in the server's own words.
import type { ApiError, Session } from "@fleetvisor/proto/api/v1";
import { ERROR_KINDS, type ErrorKind, FleetError } from "@fleetvisor/proto/vocabulary/errors";

let csrfToken = "";

/** Keeps the token that every changing request of a cookie session must carry. */
export function rememberSession(session: Session): Session {
  csrfToken = session.csrfToken;
  return session;
}

type QueryValue = string | number | null | undefined;

export interface Request {
  readonly method?: "GET" | "POST" | "PUT" | "DELETE";
  readonly query?: Readonly<Record<string, QueryValue>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

/**
 * Sends a request to an API path and gives its JSON (undefined for an empty answer). Fails with a FleetError:
 * `unavailable` when the controller cannot be reached, else the kind that the answer names.
 */
export async function call<T>(path: string, request: Request = {}): Promise<T> {
  const text = await callText(path, request);
  return (text === "" ? undefined : JSON.parse(text)) as T;
}

/** The same for an answer that is no JSON. */
export async function callText(path: string, request: Request = {}): Promise<string> {
  const { method = "GET", body, signal } = request;
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET" && csrfToken !== "") headers["x-csrf-token"] = csrfToken;
  let response: Response;
  try {
    response = await fetch(withQuery(path, request.query), {
      method,
      headers,
      credentials: "same-origin",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new FleetError("unavailable", "the controller cannot be reached", { cause: error });
  }
  const text = await response.text();
  if (!response.ok) throw failureOf(response.status, text);
  return text;
}

/** Why a stream is refused, which an EventSource does not tell; null when it is not. */
export async function refusalOf(path: string): Promise<FleetError | null> {
  try {
    const response = await fetch(path, { credentials: "same-origin" });
    if (!response.ok) return failureOf(response.status, await response.text());
    await response.body?.cancel();
    return null;
  } catch (error) {
    return new FleetError("unavailable", "the controller cannot be reached", { cause: error });
  }
}

/** `path` with the query parameters that have a value. */
export function withQuery(path: string, query: Request["query"] = {}): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) {
    if (value !== undefined && value !== null && value !== "") params.set(key, String(value));
  }
  const text = params.toString();
  return text === "" ? path : `${path}?${text}`;
}

function failureOf(status: number, text: string): FleetError {
  try {
    const { error } = JSON.parse(text) as Partial<ApiError>;
    if (error !== undefined && Object.hasOwn(ERROR_KINDS, error.kind)) return new FleetError(error.kind, error.message);
  } catch {
    // Not our server's answer: a proxy's page, or nothing. The status says the rest.
  }
  const kind: ErrorKind = status === 401 ? "unauthenticated" : status === 403 ? "forbidden" : "unavailable";
  return new FleetError(kind, `the controller answered with HTTP status ${status}`);
}
