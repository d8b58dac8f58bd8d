// The formats of `-o`: a table for people, one JSON document, a JSON line an item, or names alone. Pure.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

export type Output = "table" | "json" | "ndjson" | "name";

/** Reads `-o`; `allowed` is what the command can print. Throws FleetError `invalid-argument`. */
export function parseOutput(text: string, allowed: readonly Output[]): Output {
  const output = allowed.find((name) => name === text);
  if (output !== undefined) return output;
  throw new FleetError("invalid-argument", `-o ${text} is not possible here: choose ${allowed.join(", ")}`);
}

/** One document for the whole answer. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Items for scripts; a table is the caller's. */
export function formatItems<T>(
  output: Exclude<Output, "table">,
  items: readonly T[],
  nameOf: (item: T) => string,
): string {
  if (output === "json") return toJson({ items });
  return items.map((item) => `${output === "name" ? nameOf(item) : JSON.stringify(item)}\n`).join("");
}
