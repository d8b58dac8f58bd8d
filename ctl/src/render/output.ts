// The formats of `-o`: a table for people, one JSON document, a JSON line an item, or names alone. Pure.
import { FleetError } from "@fleetvisor/proto/vocabulary/errors";

/** `wide` is a table too, with every column and each row on one line. */
export type Output = "table" | "json" | "ndjson" | "name";

/** What stands after `-o`, in the order of the help. */
export const OUTPUTS = ["table", "wide", "json", "ndjson", "name"] as const;

/** Reads `-o`; `allowed` is what the command can print. Throws FleetError `invalid-argument`. */
export function parseOutput(text: string, allowed: readonly Output[]): Output {
  const output = allowed.find((name) => name === (text === "wide" ? "table" : text));
  if (output !== undefined) return output;
  const known = OUTPUTS.filter((name) => allowed.some((each) => each === (name === "wide" ? "table" : name)));
  throw new FleetError("invalid-argument", `-o ${text} is not possible here: choose ${known.join(", ")}`);
}

/** One document for the whole answer. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** Items for scripts, which may come in parts: all of them together are `{ "items": [...] }`, or a line each. */
export class ItemWriter<T> {
  readonly #output: Exclude<Output, "table">;
  readonly #nameOf: (item: T) => string;
  #begun = false;

  constructor(output: Exclude<Output, "table">, nameOf: (item: T) => string) {
    this.#output = output;
    this.#nameOf = nameOf;
  }

  items(items: readonly T[]): string {
    if (this.#output === "name") return items.map((item) => `${this.#nameOf(item)}\n`).join("");
    if (this.#output === "ndjson") return items.map((item) => `${JSON.stringify(item)}\n`).join("");
    return items
      .map((item) => {
        const before = this.#begun ? "," : '{\n  "items": [';
        this.#begun = true;
        return `${before}\n    ${JSON.stringify(item, null, 2).replaceAll("\n", "\n    ")}`;
      })
      .join("");
  }

  /** What is still missing of the document. */
  end(): string {
    if (this.#output !== "json") return "";
    return this.#begun ? "\n  ]\n}\n" : '{\n  "items": []\n}\n';
  }
}

/** All items at once; a table is the caller's. */
export function formatItems<T>(
  output: Exclude<Output, "table">,
  items: readonly T[],
  nameOf: (item: T) => string,
): string {
  const writer = new ItemWriter(output, nameOf);
  return writer.items(items) + writer.end();
}
