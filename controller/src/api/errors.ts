// Error kind to HTTP status, one table, and the body that every refusal has.
import type { ApiError } from "@fleetvisor/proto/api/v1";
import { type ErrorKind, FleetError } from "@fleetvisor/proto/vocabulary/errors";

export const HTTP_STATUS: Readonly<Record<ErrorKind, number>> = {
  "invalid-argument": 400,
  unauthenticated: 401,
  forbidden: 403,
  "not-found": 404,
  conflict: 409,
  "too-large": 413,
  "rate-limited": 429,
  unavailable: 503,
  "deadline-exceeded": 504,
  "unknown-outcome": 502,
  internal: 500,
};

/** What an error of the web server itself means; anything it does not know is a defect of ours. */
const KIND_OF_STATUS: Readonly<Record<number, ErrorKind>> = {
  400: "invalid-argument",
  404: "not-found",
  405: "not-found",
  413: "too-large",
  414: "too-large",
  415: "invalid-argument",
  429: "rate-limited",
  431: "too-large",
  503: "unavailable",
};

/** The FleetError that a thrown value stands for. */
export function toFleetError(thrown: unknown): FleetError {
  if (thrown instanceof FleetError) return thrown;
  if (thrown instanceof Error && "statusCode" in thrown && typeof thrown.statusCode === "number") {
    const kind = KIND_OF_STATUS[thrown.statusCode];
    if (kind !== undefined) return new FleetError(kind, thrown.message, { cause: thrown });
  }
  return FleetError.from(thrown);
}

/** The body of a refusal. A defect's own words stay in the log: they may name what nobody should read. */
export function errorBody(error: FleetError): ApiError {
  const message = error.kind === "internal" ? "the controller failed; its log says why" : error.message;
  return { error: { kind: error.kind, message } };
}
