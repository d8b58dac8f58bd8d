// Error kind to HTTP status, one table, and the body that every refusal has.
import type { ApiError } from "@fleetvisor/proto/api/v1";
import { type ErrorKind, FleetError } from "@fleetvisor/proto/vocabulary/errors";
import type { FastifySchemaValidationError } from "fastify";

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

/** What a request breaks in its schema, with the name of the field: the validator's own words leave out what is surplus. */
export function validationError(errors: readonly FastifySchemaValidationError[], dataVar: string): FleetError {
  const place = dataVar === "querystring" ? "query" : dataVar;
  return new FleetError("invalid-argument", errors.map((error) => mistake(error, place)).join("; "));
}

function mistake({ instancePath, keyword, params, message }: FastifySchemaValidationError, place: string): string {
  const field = instancePath === "" ? place : instancePath.slice(1).replaceAll("/", ".");
  const { additionalProperty, missingProperty, allowedValues } = params;
  if (keyword === "additionalProperties") return `${field}: there is no ${String(additionalProperty)}`;
  if (keyword === "required") return `${field}: ${String(missingProperty)} is missing`;
  if (keyword === "enum" && Array.isArray(allowedValues)) return `${field} must be one of ${allowedValues.join(", ")}`;
  return `${field} ${message ?? "is wrong"}`;
}

/** The body of a refusal. A defect's own words stay in the log: they may name what nobody should read. */
export function errorBody(error: FleetError): ApiError {
  const message = error.kind === "internal" ? "the controller failed; its log says why" : error.message;
  return { error: { kind: error.kind, message } };
}
