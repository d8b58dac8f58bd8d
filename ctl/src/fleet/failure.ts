// What went wrong between fvctl and the controller, in one line: refused answers, lost connections, strangers answering. Pure.
import type { ApiError } from "@fleetvisor/proto/api/v1";
import { ERROR_KINDS, type ErrorKind, FleetError } from "@fleetvisor/proto/vocabulary/errors";

/** Failures before anything was sent: code of the system or of TLS, and what it means of an address. */
const NEVER_SENT: Readonly<Record<string, string>> = {
  ECONNREFUSED: "nobody listens there: is the controller running?",
  ENOTFOUND: "no host has that name",
  EAI_AGAIN: "the name could not be looked up",
  EHOSTUNREACH: "there is no way to that host",
  ENETUNREACH: "there is no way to that network",
  CONNECT_TIMEOUT: "no answer to the attempt to connect",
  DEPTH_ZERO_SELF_SIGNED_CERT: "its certificate is signed by itself; name its CA in NODE_EXTRA_CA_CERTS",
  SELF_SIGNED_CERT_IN_CHAIN: "its certificate is of an unknown CA; name that in NODE_EXTRA_CA_CERTS",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "its certificate is of an unknown CA; name that in NODE_EXTRA_CA_CERTS",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "its certificate is of an unknown CA; name that in NODE_EXTRA_CA_CERTS",
  CERT_HAS_EXPIRED: "its certificate has expired",
  ERR_TLS_CERT_ALTNAME_INVALID: "its certificate is for another name",
};

/** The error below `fetch failed`, where the reason is. */
function rootOf(thrown: unknown): { readonly code: string; readonly message: string } {
  let error = thrown;
  for (;;) {
    if (error instanceof AggregateError && error.errors.length > 0) error = error.errors[0];
    else if (error instanceof Error && error.cause instanceof Error) error = error.cause;
    else break;
  }
  const code = error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : "";
  return { code, message: error instanceof Error ? error.message : String(error) };
}

/** A request that got no answer. One that changes something may have been done when it was sent at all. */
export function connectionFailure(url: string, changes: boolean, thrown: unknown): FleetError {
  const { code, message } = rootOf(thrown);
  const why = NEVER_SENT[code];
  if (why !== undefined) return new FleetError("unavailable", `cannot reach ${url}: ${why}`, { cause: thrown });
  const isBroken = code === "ECONNRESET" || code === "EPIPE";
  const what = isBroken ? `the connection to ${url} broke` : `no answer from ${url} (${message || code})`;
  if (!changes) return new FleetError("unavailable", what, { cause: thrown });
  return new FleetError("unknown-outcome", `${what}: whether it was done is not known`, { cause: thrown });
}

const BY_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: "invalid-argument",
  401: "unauthenticated",
  403: "forbidden",
  404: "not-found",
  409: "conflict",
  413: "too-large",
  429: "rate-limited",
};

/** An answer that is not 2xx: the controller's own words, or what an answer of somebody else can mean. */
export function refusal(url: string, status: number, body: string, changes: boolean): FleetError {
  const error = apiError(body);
  if (error !== null) return new FleetError(error.kind, faultInWords(error.message));
  const told = errorPage(body);
  if (told !== null) return new FleetError(BY_STATUS[status] ?? "unavailable", told);
  if (status >= 500 && changes) {
    return new FleetError("unknown-outcome", `${url} answered with status ${status}: whether it was done is not known`);
  }
  if (status === 404 || (status >= 300 && status < 400)) return stranger(url, `status ${status}`);
  return new FleetError(BY_STATUS[status] ?? "unavailable", `${url} answered with status ${status}`);
}

/** Something answers, but it does not speak the API. */
export function stranger(url: string, what: string): FleetError {
  return new FleetError(
    "unavailable",
    `${url} does not answer like a fleetvisor controller (${what}): check the address`,
  );
}

/** What the page says with which the XML-RPC gateway refuses, in supervisord's form; null for any other. */
function errorPage(body: string): string | null {
  const lines = body.split(/\r?\n/);
  const reason = lines[lines.findIndex((line) => line.startsWith("<p>Message: ")) + 1];
  if (lines[1] !== "<title>Error response</title>" || !reason?.startsWith("<p>")) return null;
  return reason.slice("<p>".length).replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** `NO_FILE: /var/log/x` as `no file: /var/log/x`: a fault that an agent answered. */
function faultInWords(message: string): string {
  return message.replace(/^[A-Z]+(?:_[A-Z]+)+(?=: )/, (name) => name.toLowerCase().replaceAll("_", " "));
}

function apiError(body: string): ApiError["error"] | null {
  try {
    const { error } = JSON.parse(body) as Partial<ApiError>;
    return error !== undefined && Object.hasOwn(ERROR_KINDS, error.kind) ? error : null;
  } catch {
    return null;
  }
}
