// The one error type for operators' mistakes and the world's failures, and the list of its kinds.

/** Every kind of failure, with what it means to the person who reads it. Wire codes derive from it. */
export const ERROR_KINDS = {
  "invalid-argument": "the request itself is wrong",
  unauthenticated: "who is asking is not known",
  forbidden: "who is asking may not do this",
  "not-found": "the thing named does not exist",
  conflict: "it exists already, or its state forbids this",
  "too-large": "over a stated size limit",
  "rate-limited": "too often; try later",
  unavailable: "not reachable or not ready now; trying again may help",
  "deadline-exceeded": "not finished in the time given",
  "unknown-outcome": "whether it was done cannot be said",
  internal: "a defect of ours",
} as const;

export type ErrorKind = keyof typeof ERROR_KINDS;

/** A failure with a kind. The message is one line that names the thing and, where possible, what to do. */
export class FleetError extends Error {
  constructor(
    readonly kind: ErrorKind,
    message: string,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = "FleetError";
  }

  /** The one way in from a catch: what is a FleetError already stays, anything else becomes `internal`. */
  static from(thrown: unknown, kind: ErrorKind = "internal"): FleetError {
    if (thrown instanceof FleetError) return thrown;
    const message = thrown instanceof Error ? thrown.message : String(thrown);
    return new FleetError(kind, message, { cause: thrown });
  }
}

/** `errno` name of a failed system call (`ENOENT`), or null when the value is no such error. */
export function errnoOf(thrown: unknown): string | null {
  if (!(thrown instanceof Error) || !("code" in thrown)) return null;
  return typeof thrown.code === "string" && /^E[A-Z0-9]+$/.test(thrown.code) ? thrown.code : null;
}
