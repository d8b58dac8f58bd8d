// Error kind to gRPC status code, one table.
import { status } from "@grpc/grpc-js";
import type { ErrorKind } from "../vocabulary/errors.js";

export const GRPC_CODES: Readonly<Record<ErrorKind, status>> = {
  "invalid-argument": status.INVALID_ARGUMENT,
  unauthenticated: status.UNAUTHENTICATED,
  forbidden: status.PERMISSION_DENIED,
  "not-found": status.NOT_FOUND,
  conflict: status.ALREADY_EXISTS,
  "too-large": status.RESOURCE_EXHAUSTED,
  "rate-limited": status.RESOURCE_EXHAUSTED,
  unavailable: status.UNAVAILABLE,
  "deadline-exceeded": status.DEADLINE_EXCEEDED,
  "unknown-outcome": status.UNKNOWN,
  internal: status.INTERNAL,
};
