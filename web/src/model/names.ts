// The order of names as people expect it: `web-2` before `web-10`, the same in every language.

/** A comparator for sort. Names that read alike keep a fixed order by their letters. */
const collator = new Intl.Collator("en", { numeric: true });

export function byName(a: string, b: string): number {
  return collator.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}
