// Which logs are followed as the fleet changes: what comes, what goes, and what there is no room for. Pure.

/** What a look at the fleet means for what is followed, by keys. */
export interface Difference {
  readonly come: readonly string[];
  /** Followed, and not meant any more. */
  readonly gone: readonly string[];
  /** Meant, and not followed for want of room. */
  readonly left: number;
}

export class Followed {
  readonly #most: number;
  readonly #now = new Set<string>();
  /** Those that ended by themselves: they come again only after they were gone. */
  readonly #shut = new Set<string>();
  readonly #ever = new Set<string>();

  /** At most so many at a time. */
  constructor(most: number) {
    this.#most = most;
  }

  get size(): number {
    return this.#now.size;
  }

  has(key: string): boolean {
    return this.#now.has(key);
  }

  /** Takes what is meant now. Of a list that is not whole (`isWhole` false) nothing can be said to be gone. */
  look(meant: readonly string[], isWhole: boolean): Difference & { readonly before: ReadonlySet<string> } {
    const present = new Set(meant);
    const gone = isWhole ? [...this.#now].filter((key) => !present.has(key)) : [];
    for (const key of gone) this.#now.delete(key);
    if (isWhole) for (const key of this.#shut) if (!present.has(key)) this.#shut.delete(key);
    const wanted = meant.filter((key) => !this.#now.has(key) && !this.#shut.has(key));
    const come = wanted.slice(0, Math.max(0, this.#most - this.#now.size));
    const before = new Set(come.filter((key) => this.#ever.has(key)));
    for (const key of come) {
      this.#now.add(key);
      this.#ever.add(key);
    }
    return { come, gone, left: wanted.length - come.length, before };
  }

  /** One ended by itself. */
  end(key: string): void {
    if (this.#now.delete(key)) this.#shut.add(key);
  }
}
