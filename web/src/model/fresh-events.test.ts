import assert from "node:assert/strict";
import { test } from "node:test";
import type { HistoryEvent, HistoryPage } from "@fleetvisor/proto/api/v1";
import { countNews, MOST_FOLLOWED, takeIn } from "./fresh-events.js";

const page = (ids: readonly number[], nextCursor: string | null = null): HistoryPage => ({
  items: ids.map((id) => ({ id }) as HistoryEvent),
  nextCursor,
});
const ids = (pages: readonly HistoryPage[]) => pages.map(({ items }) => items.map(({ id }) => id));

test("what is newer than all that is shown is counted and taken in at the head", () => {
  const shown = [page([5, 4], "4"), page([3, 1])];
  const fresh = page([9, 7, 5, 4], "4");
  assert.deepEqual(countNews(shown, fresh), { count: 2, orMore: false });
  assert.deepEqual(ids(takeIn(shown, fresh)), [
    [9, 7, 5, 4],
    [3, 1],
  ]);
  assert.equal(takeIn(shown, page([5, 4], "4")), shown);
  assert.deepEqual(countNews(shown, undefined), { count: 0, orMore: false });
});

test("where more came than a page holds, nothing is left out between: the list begins anew", () => {
  const shown = [page([5, 4])];
  const fresh = page([20, 19], "19");
  assert.deepEqual(countNews(shown, fresh), { count: 2, orMore: true });
  assert.deepEqual(takeIn(shown, fresh), [fresh]);
});

test("the first events of all are no gap", () => {
  assert.deepEqual(countNews([page([])], page([2, 1], "1")), { count: 2, orMore: false });
  assert.deepEqual(ids(takeIn([page([])], page([2, 1]))), [[2, 1]]);
});

test("a list that is followed for days stays small", () => {
  const long = [page(Array.from({ length: MOST_FOLLOWED }, (_, n) => MOST_FOLLOWED - n))];
  assert.deepEqual(ids(takeIn(long, page([MOST_FOLLOWED + 1, MOST_FOLLOWED]))), [[MOST_FOLLOWED + 1, MOST_FOLLOWED]]);
});
