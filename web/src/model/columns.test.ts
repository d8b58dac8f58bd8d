import assert from "node:assert/strict";
import { test } from "node:test";
import {
  areUsual,
  COLUMN_IDS,
  columnTracks,
  formatColumns,
  leastWidth,
  parseColumns,
  toggleColumn,
  USUAL_COLUMNS,
} from "./columns.js";

test("a choice of columns is read as it was written, in the order of the table and never without the name", () => {
  assert.deepEqual(parseColumns(formatColumns(USUAL_COLUMNS)), USUAL_COLUMNS);
  assert.deepEqual(parseColumns("memory,cpu,state,magic"), ["state", "name", "cpu", "memory"]);
  assert.equal(parseColumns(null), null);
  assert.equal(parseColumns("magic"), null);
});

test("ticking a column puts it in its place, and again takes it out", () => {
  const more = toggleColumn(USUAL_COLUMNS, "cpu");
  assert.deepEqual(more, ["state", "name", "instance", "detail", "cpu", "since", "actions"]);
  assert.ok(!areUsual(more) && areUsual(toggleColumn(more, "cpu")));
});

test("the usual columns fit a tablet, all of them together need more than most screens", () => {
  assert.deepEqual(columnTracks(["state", "name"]), ["2.2rem", "7.6rem", "minmax(9rem, 3fr)"]);
  assert.ok(leastWidth(USUAL_COLUMNS) * 16 < 900, `${leastWidth(USUAL_COLUMNS)}`);
  assert.ok(leastWidth(COLUMN_IDS) * 16 > 1_440);
});
