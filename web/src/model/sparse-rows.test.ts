import assert from "node:assert/strict";
import { test } from "node:test";
import { keepPlaces, keptPages, loadedRows, pagesAround, rowAt, type SparseRows } from "./sparse-rows.js";

/** Pages of three letters each: `{ 0: "abc", 5: "pqr" }`. */
const sparse = (pages: Readonly<Record<number, string>>, total = 100): SparseRows<string> => ({
  total,
  pageRows: 3,
  pages: Object.entries(pages).map(([page, rows]) => ({ page: Number(page), rows: [...rows] })),
});
const letter = (row: string) => row;

test("a row is found where it stands in the whole list, and is missing where its page is not here", () => {
  const rows = sparse({ 0: "abc", 5: "pq" });
  assert.deepEqual(
    [0, 2, 3, 15, 16, 17, 99].map((index) => rowAt(rows, index)),
    ["a", "c", undefined, "p", "q", undefined, undefined],
  );
  assert.deepEqual(loadedRows(rows), ["a", "b", "c", "p", "q"]);
});

test("held rows keep their places within their page; a page that was not here comes as it is", () => {
  const shown = sparse({ 0: "abc", 5: "pqr" });
  const kept = keepPlaces(shown, sparse({ 0: "cxa", 1: "fed", 5: "pqr" }), letter);
  assert.deepEqual(
    kept.pages.map(({ rows }) => rows.join("")),
    ["acx", "fed", "pqr"],
  );
});

test("what is asked for is around the view, and never beyond the end", () => {
  assert.deepEqual(pagesAround({ first: 0, last: 20 }, 40, 500, 0), [0]);
  assert.deepEqual(pagesAround({ first: 0, last: 20 }, 40, 500, 200_000), [0]);
  assert.deepEqual(pagesAround({ first: 450, last: 470 }, 40, 500, 200_000), [0, 1]);
  assert.deepEqual(pagesAround({ first: 199_980, last: 199_999 }, 40, 500, 200_000), [399]);
  assert.deepEqual(pagesAround({ first: 199_980, last: 199_999 }, 40, 500, 700), [1], "the list has become shorter");
});

test("far pages are let go of before near ones, but for those that must stay", () => {
  const never = () => false;
  assert.deepEqual(keptPages([0, 1, 2, 3], [9], never, 3), [2, 3, 9]);
  assert.deepEqual(
    keptPages([0, 1, 2, 3], [9], (page) => page === 0, 3),
    [0, 2, 3, 9],
  );
  assert.deepEqual(keptPages([8, 9], [9, 10], never, 20), [8, 9, 10]);
  assert.deepEqual(keptPages([], [4, 5, 6], never, 2), [4, 5, 6], "what is in view is kept in any case");
});
