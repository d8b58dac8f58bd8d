// The order in which names are shown: numbers inside names count as numbers, and no two different names are equal.

const natural = new Intl.Collator("en", { numeric: true });

/** web2 before web10; names that only look alike (`a1`, `a01`) fall back to code units, so that the order is total. */
export function compareNames(a: string, b: string): number {
  return natural.compare(a, b) || (a < b ? -1 : a > b ? 1 : 0);
}

/** What an instance may be called: it stands in URLs, selectors, `USER@INSTANCE` and file names without any quoting. */
export const INSTANCE_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
