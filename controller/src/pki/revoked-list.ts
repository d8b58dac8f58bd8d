// The ids of agents that were removed from the fleet, in a file beside the authority: who is out stays out when the store cannot be read.
import { join } from "node:path";
import { readIfThere, writeSecret } from "./secret-file.js";

export class RevokedList {
  readonly #file: string;
  readonly #ids: Set<string>;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(file: string, ids: readonly string[]) {
    this.#file = file;
    this.#ids = new Set(ids);
  }

  /** One id a line in `pki/revoked`. */
  static async open(dataDir: string): Promise<RevokedList> {
    const file = join(dataDir, "pki/revoked");
    const text = (await readIfThere(file)) ?? "";
    return new RevokedList(
      file,
      text.split("\n").filter((line) => line !== ""),
    );
  }

  has(agentId: string): boolean {
    return this.#ids.has(agentId);
  }

  /** Adds those that are not in it. Rejects when the file cannot be written; they count all the same until the end of this process. */
  add(agentIds: readonly string[]): Promise<void> {
    const before = this.#ids.size;
    for (const id of agentIds) this.#ids.add(id);
    if (this.#ids.size === before) return Promise.resolve();
    const write = () => writeSecret(this.#file, [...this.#ids, ""].join("\n"));
    const written = this.#last.then(write, write);
    this.#last = written;
    return written;
  }
}
