// The value that stands at a place of many, without putting all of them in order: they are counted in buckets of equal width, and only
// those of one bucket are looked at closer.
import type { Steps } from "./steps.js";

/** Buckets of a round; so many values or fewer are sorted. */
const BUCKETS = 4_096;

export interface Nth {
  readonly value: number;
  /** How many of the same value come before that place. */
  readonly left: number;
}

type Lists = readonly (readonly number[])[];

/** Costs what there are, and yields after each look at all of them. Null for a place where there is none. */
export function* nth(lists: Lists, place: number): Steps<Nth | null> {
  let rest = lists;
  let left = place;
  let { size, low, high } = extentOf(rest);
  if (place < 0 || place >= size) return null;
  while (size > BUCKETS && low < high) {
    yield;
    const [from, width] = [low, (high - low) / BUCKETS];
    // The highest of all belongs into the last.
    const bucketOf = (value: number) => Math.min(BUCKETS - 1, Math.floor((value - from) / width));
    const counts = new Array<number>(BUCKETS).fill(0);
    for (const list of rest) {
      for (const value of list) {
        const bucket = bucketOf(value);
        counts[bucket] = (counts[bucket] ?? 0) + 1;
      }
    }
    yield;
    let bucket = 0;
    for (let count = counts[0] ?? 0; left >= count; count = counts[bucket] ?? 0) {
      left -= count;
      bucket += 1;
    }
    rest = rest.map((list) => list.filter((value) => bucketOf(value) === bucket));
    ({ size, low, high } = extentOf(rest));
  }
  if (low === high) return { value: low, left };
  const sorted = rest.flat().sort((a, b) => a - b);
  const value = sorted[left] ?? low;
  return { value, left: left - sorted.indexOf(value) };
}

function extentOf(lists: Lists): { size: number; low: number; high: number } {
  let size = 0;
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const list of lists) {
    size += list.length;
    for (const value of list) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return { size, low, high };
}
