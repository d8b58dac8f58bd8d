// Prints items in the format of `-o`, all at once or as they come, never holding what was printed.
import type { Io } from "../io.js";
import type { Colors } from "../render/colors.js";
import { ItemWriter, type Output } from "../render/output.js";
import type { Head, Row, TableWriter } from "../render/table.js";

export interface Listing<T> {
  readonly nameOf: (item: T) => string;
  readonly head: Head;
  readonly rows: (items: readonly T[]) => readonly Row[];
}

export class Printer<T> {
  readonly #io: Io;
  readonly #listing: Listing<T>;
  readonly #options: { readonly output: Output; readonly isWide: boolean; readonly colors: Colors };
  readonly #writer: ItemWriter<T> | null;
  #table: TableWriter | null = null;

  constructor(
    io: Io,
    listing: Listing<T>,
    options: { readonly output: Output; readonly isWide: boolean; readonly colors: Colors },
  ) {
    const { output } = options;
    this.#io = io;
    this.#listing = listing;
    this.#options = options;
    this.#writer = output === "table" ? null : new ItemWriter(output, listing.nameOf);
  }

  /** Resolves when the reader has room for more. Without any item a table is nothing, not a heading. */
  async items(items: readonly T[]): Promise<void> {
    if (items.length === 0) return;
    if (this.#writer !== null) {
      await this.#io.out(this.#writer.items(items));
      return;
    }
    if (this.#table === null) {
      const { TableWriter } = await import("../render/table.js");
      const { colors, isWide } = this.#options;
      this.#table = new TableWriter(this.#listing.head, { columns: this.#io.columns(), colors, isWide });
    }
    await this.#io.out(this.#table.rows(this.#listing.rows(items)));
  }

  /** After the last item. */
  async end(): Promise<void> {
    if (this.#writer !== null) await this.#io.out(this.#writer.end());
  }
}
