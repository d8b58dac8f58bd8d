// The value at a place, against sorting them all.
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type Nth, nth } from "./nth.js";
import { atOnce } from "./steps.js";

const found = (lists: readonly (readonly number[])[], place: number) => atOnce(nth(lists, place));

function expected(lists: readonly (readonly number[])[], place: number): Nth | null {
  const sorted = lists.flat().sort((a, b) => a - b);
  const value = sorted[place];
  return value === undefined ? null : { value, left: place - sorted.indexOf(value) };
}

test("few values are those of the sorted list", () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
  fc.assert(
    fc.property(fc.array(fc.array(value)), fc.integer({ min: -1, max: 60 }), (lists, place) => {
      assert.deepEqual(found(lists, place), expected(lists, place));
    }),
  );
});

test("so are many: evenly spread, mostly equal, and far apart", () => {
  const spreads: readonly ((at: number) => number)[] = [
    (at) => (at * 7_919) % 30_011,
    (at) => (at % 100 === 0 ? at : 5),
    (at) => 2 ** (at % 900) * (at % 2 === 0 ? 1 : -1),
    () => 1,
    (at) => at / 1e9,
  ];
  for (const spread of spreads) {
    const lists = Array.from({ length: 30 }, (_, list) =>
      Array.from({ length: 1_000 }, (_, at) => spread(list * 1_000 + at)),
    );
    for (const place of [0, 1, 14_999, 29_998, 29_999, 30_000]) {
      assert.deepEqual(found(lists, place), expected(lists, place));
    }
  }
});
